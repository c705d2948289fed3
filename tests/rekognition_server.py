"""Starts Rekognition servers for tests, and clients that hold every answer against Amazon's service model."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

from emulator import CREDENTIALS, REGION
from rekognition_conformance import problems

READY = "Rekognition ready: "
MODELS = "ONLOOKER_REKOGNITION_MODELS"
STOP_SECONDS = 30
REAL = ("-m", "onlooker_rekognition")
FAKE = (str(Path(__file__).with_name("rekognition_fakes.py")),)


@dataclass(frozen=True)
class RekognitionServer:
    """A running server."""

    url: str
    process: subprocess.Popen[str]
    data: Path
    http: httpx.Client
    """For what is below boto3; paths are relative to the server."""

    @property
    def log(self) -> Path:
        """What it logged, and its predecessors on the same data."""
        return _log(self.data)

    @cached_property
    def client(self) -> Any:
        """An unmodified boto3 client, which fails a test over any answer that the model does not allow."""
        client = boto3.client(
            "rekognition",
            endpoint_url=self.url,
            region_name=REGION,
            aws_access_key_id="any",
            aws_secret_access_key="any",
            config=Config(retries={"total_max_attempts": 1}),
        )
        client.meta.events.register("after-call.rekognition", _hold_against_model)
        return client

    def kill(self) -> None:
        """End it as a power cut would, without any warning."""
        self.process.kill()
        self.process.wait(STOP_SECONDS)


def _hold_against_model(http_response: Any, model: Any, **_: Any) -> None:
    if http_response.status_code == 200:
        found = problems(model.output_shape, json.loads(http_response.content))
        assert not found, f"{model.name} answers what the model does not allow: {found}"


def _log(data: Path) -> Path:
    return data.with_name(f"{data.name}.log")


@contextmanager
def running_server(
    program: tuple[str, ...], data: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Iterator[RekognitionServer]:
    """A server for the length of a `with` block. It may be stopped or killed in between."""
    with _log(data).open("a") as errors:
        process = subprocess.Popen(
            [sys.executable, *program, "--port", "0", "--data", str(data), "--exit-with-parent", *options],
            stdin=subprocess.PIPE,  # the pipe closes with the test run, however that ends
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**_environment(), **CREDENTIALS, **(environment or {})},
        )
    try:
        line = process.stdout.readline().strip()
        if not line.startswith(READY):
            process.wait(STOP_SECONDS)
            raise RuntimeError(f"the server did not start (exit {process.returncode}): {_log(data).read_text()}")
        url = line.removeprefix(READY)
        with httpx.Client(base_url=url, verify=False) as http:  # there is no TLS, and its certificates load slowly
            yield RekognitionServer(url, process, data, http)
    finally:
        _close(process)


def _environment() -> dict[str, str]:
    """This process's environment without what would change a server, but with where the models are."""
    foreign = [name for name in os.environ if name.startswith(("AWS_", "ONLOOKER_")) and name != MODELS]
    return {name: value for name, value in os.environ.items() if name not in foreign}


def _close(process: subprocess.Popen[str]) -> None:
    process.stdin.close()
    process.stdout.close()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
