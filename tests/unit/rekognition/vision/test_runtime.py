"""What models are computed on: refused with words where it does not exist or does not work."""

from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.vision import ModelError, ModelStore, ProviderError, Runtime
from onlooker_rekognition.vision import runtime as module
from onlooker_rekognition.vision.models import BatchingNetwork, Network
from onlooker_rekognition.weights.lock import default_cache, read_lock

DEVICE = "SomeExecutionProvider"
PICTURES = np.random.default_rng(0).integers(0, 256, (5, 64, 64, 3), np.uint8)


class Told:
    """Remembers what the models did."""

    def __init__(self) -> None:
        self.models: list[str] = []
        self.runs: list[tuple[str, int]] = []

    def loaded(self, model: str, seconds: float) -> None:
        assert seconds > 0
        self.models.append(model)

    def ran(self, model: str, pictures: int, seconds: float) -> None:
        assert seconds > 0
        self.runs.append((model, pictures))


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Runtime:
    """A device that this onnxruntime claims to have."""
    monkeypatch.setattr(module.onnxruntime, "get_available_providers", lambda: [DEVICE, module.CPU])
    return Runtime(providers=(DEVICE, module.CPU))


def test_a_provider_that_is_not_installed_is_refused_before_anything_is_loaded() -> None:
    told = Told()
    store = ModelStore(default_cache(), runtime=Runtime(providers=("CUDAExecutionProvider",)), watch=told)
    with pytest.raises(ProviderError, match=r"no CUDAExecutionProvider\. It has: .*CPUExecutionProvider"):
        store.verify()
    assert told.models == []


@pytest.mark.parametrize(("provider", "loads"), [("CUDAExecutionProvider", 1), (DEVICE, 0)])
def test_nvidias_libraries_are_loaded_from_their_packages_where_they_are_needed(
    provider: str, loads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[None] = []
    monkeypatch.setattr(module.onnxruntime, "get_available_providers", lambda: [provider, module.CPU])
    monkeypatch.setattr(module.onnxruntime, "preload_dlls", lambda: loaded.append(None))
    Runtime(providers=(provider, module.CPU)).prepare()
    assert len(loaded) == loads


@pytest.mark.filterwarnings("ignore:Specified provider")  # onnxruntime's own word for it
def test_a_device_that_does_not_take_models_is_refused_at_the_start(device: Runtime) -> None:
    with pytest.raises(ProviderError, match=f"{DEVICE} does not work on this machine.*fell back to CPU"):
        ModelStore(default_cache(), runtime=device).verify()


def test_what_is_no_model_is_told_by_its_name(tmp_path: Path) -> None:
    path = tmp_path / "iris.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"can not load the model .*iris\.onnx"):
        Runtime().open(path)


def test_each_model_is_told_when_it_is_loaded_and_whenever_it_runs() -> None:
    told = Told()
    store = ModelStore(default_cache(), watch=told)
    store.verify()
    assert told.models == [], "nothing is loaded before it is used"
    network = store.network("iris")
    assert told.models == ["iris"]
    network.run(PICTURES)
    assert told.runs == [("iris", 2), ("iris", 2), ("iris", 1)], "in batches that suit a processor"


def test_pictures_looked_at_in_batches_are_seen_as_they_are_alone() -> None:
    network = ModelStore(default_cache()).network("iris")
    together = network.run(PICTURES)["points"]
    alone = np.concatenate([network.run(picture[None])["points"] for picture in PICTURES])
    np.testing.assert_allclose(together, alone, rtol=1e-4, atol=1e-3)


def test_a_device_of_its_own_gets_larger_batches_and_gives_the_same() -> None:
    runs: list[int] = []
    path = read_lock().folder(default_cache()) / "iris.onnx"
    session = Runtime().open(path)
    batching = BatchingNetwork(session, lambda pictures, _: runs.append(pictures), largest=16)
    alone = Network(session, lambda *_: None, largest=1)
    np.testing.assert_allclose(batching.run(PICTURES)["points"], alone.run(PICTURES)["points"], rtol=1e-4, atol=1e-3)
    assert runs == [5]
