"""More requests than the server can work on: bounded, refused at once, and never in the way of health checks."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ConnectionClosedError

from rekognition_fakes import scene
from rekognition_server import FAKE, RekognitionServer, running_server

WORKERS, QUEUE = 2, 2  # of the fixture `server`


class Gate:
    """A named pipe: whoever looks at a picture with it waits until it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)

    def wait_for_visitor(self) -> int:
        """Blocks until somebody looks at the picture; the picture stays unseen until the result is closed."""
        return os.open(self.path, os.O_WRONLY)


@pytest.fixture
def mortal_server(tmp_path: Path) -> Iterator[RekognitionServer]:
    """A server that a test may end."""
    with running_server(FAKE, tmp_path / "data", "--drain-seconds", "20") as running:
        yield running


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as executor:
        yield executor


def detect(server: RekognitionServer, gate: Gate | None = None, **extra: Any) -> int:
    picture = scene(1, gate=gate.path if gate else None, **extra)
    return len(server.client.detect_faces(Image={"Bytes": picture})["FaceDetails"])


def admitted(server: RekognitionServer) -> float:
    lines = server.http.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("onlooker_rekognition_admitted_requests "))


def until_admitted(server: RekognitionServer, count: int) -> None:
    for _ in range(2000):
        if admitted(server) == count:
            return
    pytest.fail(f"{admitted(server)} requests are admitted, not {count}")


def ask_for_ever(server: RekognitionServer) -> None:
    while True:
        server.http.get("/healthz")


def fill(
    server: RekognitionServer, threads: ThreadPoolExecutor, gates: list[Gate]
) -> tuple[list[Future[int]], list[int]]:
    """Occupies every worker and every place in the queue."""
    answers = [threads.submit(detect, server, gate) for gate in gates[:WORKERS]]
    opened = [gate.wait_for_visitor() for gate in gates[:WORKERS]]
    answers += [threads.submit(detect, server, number=number) for number in range(QUEUE)]
    until_admitted(server, WORKERS + QUEUE)
    return answers, opened


def test_a_full_queue_throttles_at_once_and_health_checks_still_answer(
    server: RekognitionServer, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    gates = [Gate(tmp_path / str(number)) for number in range(WORKERS)]
    answers, opened = fill(server, threads, gates)
    client = server.client
    try:
        with pytest.raises(client.exceptions.ThrottlingException, match="Try again") as refused:
            detect(server)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
        assert server.http.get("/healthz", timeout=2).status_code == 200
        assert client.list_collections()["ResponseMetadata"]["HTTPStatusCode"] == 200, (
            "what needs no picture is not held up"
        )
    finally:
        for pipe in opened:
            os.close(pipe)
    assert [answer.result(20) for answer in answers] == [1] * (WORKERS + QUEUE), "who waited was served"
    assert detect(server) == 1


def test_a_client_that_leaves_the_queue_gives_its_place_free(
    server: RekognitionServer, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    gates = [Gate(tmp_path / str(number)) for number in range(WORKERS)]
    answers = [threads.submit(detect, server, gate) for gate in gates]
    opened = [gate.wait_for_visitor() for gate in gates]
    headers = {"x-amz-target": "RekognitionService.DetectFaces", "content-type": "application/x-amz-json-1.1"}
    timeout = httpx.Timeout(10, read=0.2)
    with httpx.Client(timeout=timeout, verify=False) as impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post(server.url, content=b'{"Image": {"Bytes": "e30="}}', headers=headers)
    until_admitted(server, WORKERS)
    for pipe in opened:
        os.close(pipe)
    assert [answer.result(20) for answer in answers] == [1] * WORKERS


def test_sigterm_lets_running_requests_finish(
    mortal_server: RekognitionServer, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    answer = threads.submit(detect, mortal_server, gate)
    opened = gate.wait_for_visitor()
    mortal_server.process.terminate()
    # What is sent in the moment of the end may be left without an answer, instead of being refused.
    with pytest.raises((httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout)):
        ask_for_ever(mortal_server)
    os.close(opened)
    assert answer.result(20) == 1
    assert mortal_server.process.wait(20) == 0


def test_faces_and_labels_of_one_picture_asked_at_once_are_both_answered(
    server: RekognitionServer, threads: ThreadPoolExecutor
) -> None:
    picture = scene(1, labels=[{"name": "Person", "confidence": 99.0}])
    client = server.client
    together = threading.Barrier(2)

    def ask(method: Any) -> Any:
        together.wait()
        return method(Image={"Bytes": picture})

    faces, labels = threads.map(ask, (client.detect_faces, client.detect_labels))
    assert len(faces["FaceDetails"]) == 1
    assert [label["Name"] for label in labels["Labels"]] == ["Person"]


def test_a_killed_server_is_a_lost_connection_and_not_an_empty_answer(
    mortal_server: RekognitionServer, threads: ThreadPoolExecutor, tmp_path: Path
) -> None:
    gate = Gate(tmp_path / "gate")
    answer = threads.submit(detect, mortal_server, gate)
    opened = gate.wait_for_visitor()
    mortal_server.kill()
    os.close(opened)
    with pytest.raises(ConnectionClosedError):
        answer.result(20)
