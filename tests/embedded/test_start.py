"""What somebody meets who types `onlooker up`: a start that cannot be, a kill, a stop. The processes are real."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest

from onlooker.datafolder import DataFolder
from stack import EMULATOR, REKOGNITION, START_SECONDS, Stack, running_stack

ANY_PORTS = ("--port", "0", "--emulator-port", "0", "--rekognition-port", "0")
STOPS_WITHIN = 10.0
"""Seconds, on a machine that is busy with other things; it takes one or two."""


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A data folder that no process uses any more when the test is over."""
    yield tmp_path / "data"
    assert processes_of(tmp_path / "data") == []


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running stack for the tests that leave one behind. It starts in spite of what the user has set for AWS."""
    nobody = "http://127.0.0.1:9"
    of_the_user = {"AWS_PROFILE": "production", "AWS_ENDPOINT_URL_S3": nobody, "HTTP_PROXY": nobody}
    with running_stack(tmp_path_factory.mktemp("stack") / "data", of_the_user) as running:
        yield running


def up(
    root: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run `onlooker up` until it ends by itself; `before` is called in the new process."""
    return subprocess.run(
        [sys.executable, "-m", "onlooker", "up", "--data", str(root), *ANY_PORTS, *options],
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
        env={**os.environ, **(environment or {})},
        preexec_fn=before,
    )


def processes_of(root: Path) -> list[str]:
    """The command lines of all processes on a data folder."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().decode()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if str(root) in line:
            lines.append(line.replace("\0", " "))
    return lines


def eventually(look: Callable[[], Any], seconds: float = START_SECONDS) -> Any:
    """What `look` returns, once it is true: for what tells nobody that it has happened."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return found


@pytest.mark.parametrize("option", ["--port", "--emulator-port"])
def test_a_port_that_is_taken_is_named(root: Path, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ended = up(root, option, port)
    assert ended.returncode == 1
    assert port in ended.stderr
    assert "another" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_without_models_it_says_how_to_build_them(root: Path, tmp_path: Path) -> None:
    ended = up(root, environment={"ONLOOKER_REKOGNITION_MODELS": str(tmp_path / "empty")})
    assert ended.returncode == 1
    assert "python -m onlooker_rekognition.weights" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_data_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ended = up(tmp_path / "file" / "data")
    assert ended.returncode == 1
    assert f"{tmp_path}/file/data cannot be used: Not a directory" in ended.stderr
    assert "--data" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_disk_that_is_full_from_the_start_is_told_in_words(root: Path) -> None:
    ended = up(root, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)))
    assert ended.returncode == 1
    assert ended.stderr.startswith("The ")  # emulator or Rekognition server, whichever meets it first
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("features", ["faces,mood", " "])
def test_features_that_make_no_sense_are_refused_by_their_variable(root: Path, features: str) -> None:
    ended = up(root, "--features", features)
    assert ended.returncode == os.EX_CONFIG
    assert ended.stderr.startswith("ONLOOKER_RECOGNIZER_FEATURES: ")
    assert "Traceback" not in ended.stderr
    assert not root.exists()


def test_it_can_be_stopped_while_it_starts(root: Path) -> None:
    command = [sys.executable, "-m", "onlooker", "up", "--data", str(root), *ANY_PORTS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        eventually(DataFolder(root).log("rekognition").exists)  # the emulator answers, the models are being loaded
        process.terminate()
        out, errors = process.communicate(timeout=STOPS_WITHIN)
    assert (process.returncode, out, errors) == (0, "", "")
    assert processes_of(root) == []


def test_a_second_one_is_told_who_is_there(stack: Stack) -> None:
    assert stack.process is not None
    second = up(stack.folder.root)
    assert second.returncode == 75
    assert f"in use by process {stack.process.pid}, since 2" in second.stderr


def test_children_that_are_killed_together_and_again_come_back(stack: Stack) -> None:
    dead = set(stack.children().values())
    stack.kill_child(EMULATOR)
    stack.kill_child(REKOGNITION)
    again = eventually(lambda: {stack.children().get(EMULATOR)} - {*dead, None}).pop()
    os.kill(again, signal.SIGKILL)  # while its queues are made, or before
    dead.add(again)
    eventually(
        lambda: stack.children().keys() == {EMULATOR, REKOGNITION} and dead.isdisjoint(stack.children().values())
    )
    eventually(lambda: httpx.get(f"{stack.running.url}/readyz").status_code == 200)


def test_it_starts_at_once_after_it_was_killed(stack: Stack) -> None:
    assert stack.process is not None
    stack.process.kill()
    stack.wait()
    stack.start()
    assert httpx.get(f"{stack.running.url}/readyz").status_code == 200


def test_ctrl_c_stops_all_in_order(stack: Stack) -> None:
    assert stack.process is not None
    began, logged = time.monotonic(), len(stack.log())
    stack.process.send_signal(signal.SIGINT)
    assert stack.wait() == 0
    assert time.monotonic() - began < STOPS_WITHIN
    assert stack.log()[logged:] == ""
    assert processes_of(stack.folder.root) == []
    assert stack.folder.running() is None
