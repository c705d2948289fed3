"""What an operator relies on: waits that end, models loaded when needed, numbers that say so, honest starts."""

import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from onlooker_rekognition.weights.lock import default_cache, read_lock
from rekognition_fakes import scene
from rekognition_server import FAKE, REAL, RekognitionServer, running_server

ASTRONAUT = Path(find_spec("skimage").origin).parent / "data" / "astronaut.png"


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RekognitionServer]:
    """A server with the real models, asked for nothing yet."""
    with running_server(REAL, tmp_path_factory.mktemp("serving") / "data") as running:
        yield running


def metrics(server: RekognitionServer) -> dict[str, float]:
    lines = server.http.get("/metrics").text.splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name.removeprefix("onlooker_rekognition_"): float(value) for name, value in samples}


def loaded(server: RekognitionServer) -> set[str]:
    found = (re.fullmatch(r'model_load_seconds\{model="(\w+)"\}', name) for name in metrics(server))
    return {match[1] for match in found if match}


def test_who_waits_too_long_is_throttled_and_not_worked_for(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    options = ("--workers", "1", "--queue-length", "4", "--queue-seconds", "0.2")
    with running_server(FAKE, tmp_path / "data", *options) as server, ThreadPoolExecutor(1) as threads:
        client = server.client
        first = threads.submit(client.detect_faces, Image={"Bytes": scene(1, gate=gate)})
        opened = os.open(gate, os.O_WRONLY)  # blocks until the only worker looks at the picture
        try:
            with pytest.raises(client.exceptions.ThrottlingException, match="no worker became free in time"):
                client.detect_faces(Image={"Bytes": scene(2)})
            assert metrics(server)["queue_length"] == 0
        finally:
            os.close(opened)
        assert len(first.result(20)["FaceDetails"]) == 1, "what was begun is finished, however long it takes"
        assert len(client.detect_faces(Image={"Bytes": scene(1, 2)})["FaceDetails"]) == 2
        found = metrics(server)
        assert found["queue_wait_seconds_count"] == 2, "the throttled one was never begun"
        assert found['requests_total{code="ThrottlingException",operation="DetectFaces"}'] == 1


def test_models_are_loaded_when_first_needed_and_counted_when_they_run(real: RekognitionServer) -> None:
    picture = {"Bytes": ASTRONAUT.read_bytes()}
    assert loaded(real) == set()
    real.client.detect_faces(Image=picture)
    assert loaded(real) == {"blazeface", "facemesh"}
    real.client.detect_faces(Image=picture, Attributes=["ALL"])
    assert {"faceres", "emotion", "face_expression", "iris"} <= loaded(real)
    assert not {"centernet", "moderation", "face_recognition"} & loaded(real)
    before = metrics(real)['model_seconds_count{model="blazeface"}']
    real.client.detect_labels(Image=picture)
    after = metrics(real)
    assert "centernet" in loaded(real)
    assert after['model_seconds_count{model="centernet"}'] == 1
    assert after['model_seconds_count{model="blazeface"}'] == before
    assert after['model_seconds_sum{model="centernet"}'] > 0
    assert after['model_batch_count{model="iris"}'] == 1
    assert after['model_batch_sum{model="iris"}'] == 2, "both eyes at once"


def test_a_model_that_was_altered_is_refused_before_it_is_ever_used(tmp_path: Path) -> None:
    folder = read_lock().folder(tmp_path / "models")
    shutil.copytree(read_lock().folder(default_cache()), folder)
    (folder / "moderation.onnx").write_bytes(b"another model")
    with (
        pytest.raises(RuntimeError, match=r"can not start: The model .*moderation\.onnx is not the one"),
        running_server(REAL, tmp_path / "data", "--models", str(tmp_path / "models")),
    ):
        pass


@pytest.mark.parametrize(
    ("providers", "complaint"),
    [
        (
            "CUDAExecutionProvider,CPUExecutionProvider",
            r"has no CUDAExecutionProvider\. It has: .*CPUExecutionProvider",
        ),
        ("a graphics card", "providers: String should match pattern"),
    ],
)
def test_a_device_that_is_not_there_is_refused_with_those_that_are(
    tmp_path: Path, providers: str, complaint: str
) -> None:
    with (
        pytest.raises(RuntimeError, match=complaint),
        running_server(REAL, tmp_path / "data", "--providers", providers),
    ):
        pass
