"""Starts the real emulator process for tests: `python -m onlooker.emulator` on a free port, in a folder of its own.

Or names another emulator that runs already: ONLOOKER_TEST_AWS_URL says where, ONLOOKER_TEST_AWS_KIND which it is.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

REGION = "us-east-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}
READY = "Emulator ready: "
START_SECONDS = 60
STOP_SECONDS = 15


class Kind(StrEnum):
    """Which emulator it is."""

    EMBEDDED = "embedded"
    MINISTACK = "ministack"
    LOCALSTACK = "localstack"


@dataclass(frozen=True)
class Cloud:
    """What stands in for Amazon's cloud."""

    url: str
    kind: Kind

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in its environment to use this as if it were Amazon's cloud."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.url}


@dataclass(frozen=True)
class Emulator(Cloud):
    """The embedded emulator: its process, its data folder."""

    process: subprocess.Popen[str]
    data: Path

    def kill(self) -> None:
        """End it as a power cut would, without any warning."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)

    def stop(self) -> int:
        """End it in order; returns its exit code."""
        self.process.terminate()
        return self.process.wait(STOP_SECONDS)


def start_emulator(data: Path, *options: str, port: int = 0) -> Emulator:
    """Start one and wait until it answers. Raises RuntimeError with its output if it ends instead."""
    command = [sys.executable, "-m", "onlooker.emulator", "--data", str(data), "--port", str(port), *options]
    data.mkdir(parents=True, exist_ok=True)
    log = data / "emulator.log"
    with log.open("a") as errors:
        process = subprocess.Popen(
            [*command, "--exit-with-parent"],  # the pipe closes with the test run, however that ends
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    if not line.startswith(READY):
        _close(process)
        raise RuntimeError(f"the emulator did not start (exit code {process.returncode}): {log.read_text()}")
    return Emulator(line.removeprefix(READY), Kind.EMBEDDED, process, data)


def running_already() -> Cloud | None:
    """Return the emulator that the environment names; None if it names none."""
    url = os.environ.get("ONLOOKER_TEST_AWS_URL")
    return None if url is None else Cloud(url.rstrip("/"), Kind(os.environ["ONLOOKER_TEST_AWS_KIND"]))


@contextmanager
def running_emulator(data: Path, *options: str, port: int = 0) -> Iterator[Emulator]:
    """An emulator for the length of a `with` block. It may be stopped or killed in between."""
    emulator = start_emulator(data, *options, port=port)
    try:
        yield emulator
    finally:
        _close(emulator.process)


def _close(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


@contextmanager
def aws_environment(emulator: Cloud) -> Iterator[None]:
    """Point this process's AWS clients at `emulator`; what was there before comes back afterwards."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(emulator.environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
