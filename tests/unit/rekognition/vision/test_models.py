"""Only the very models that the lock names are loaded."""

import shutil
from pathlib import Path

import pytest

from onlooker_rekognition.vision import Engine, ModelError, ModelStore
from onlooker_rekognition.weights.lock import default_cache, read_lock


@pytest.fixture
def cache(models: ModelStore, tmp_path: Path) -> Path:
    """A copy of the models, to be tampered with."""
    shutil.copytree(read_lock().folder(default_cache()), read_lock().folder(tmp_path))
    return tmp_path


def test_an_altered_model_is_refused_with_the_way_out(cache: Path) -> None:
    path = read_lock().folder(cache) / "emotion.onnx"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ModelError, match=r"damaged or altered.*onlooker_rekognition.weights --rebuild"):
        Engine(ModelStore(cache))


def test_an_altered_manifest_does_not_vouch_for_an_altered_model(cache: Path) -> None:
    folder = read_lock().folder(cache)
    shutil.copy(folder / "iris.onnx", folder / "emotion.onnx")
    manifest = folder / "manifest.json"
    locked = read_lock().models
    manifest.write_text(manifest.read_text().replace(locked["emotion"].sha256, locked["iris"].sha256))
    with pytest.raises(ModelError, match=r"emotion\.onnx"):
        Engine(ModelStore(cache))


def test_missing_models_are_told_with_the_way_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"To build the models: python -m onlooker_rekognition\.weights"):
        Engine(ModelStore(tmp_path))


def test_a_model_altered_after_the_start_is_refused_when_it_is_first_used(cache: Path) -> None:
    store = ModelStore(cache)
    store.verify()
    (read_lock().folder(cache) / "emotion.onnx").write_bytes(b"other")
    for _ in range(2):
        with pytest.raises(ModelError, match="damaged or altered"):
            store.network("emotion")
    assert store.network("iris").size == 64


def test_a_network_is_loaded_once(models: ModelStore) -> None:
    assert models.network("iris") is models.network("iris")
