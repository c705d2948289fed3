"""Amazon's own clients of Rekognition behind one signature; both hold every answer against their service model."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore import xform_name

from emulator import CREDENTIALS
from rekognition_server import STOP_SECONDS, RekognitionServer

Ask = Callable[..., dict[str, Any]]
"""An operation and its parameters, both by Amazon's names, to its answer."""


def by_boto3(server: RekognitionServer) -> Ask:
    """boto3, as programs use it."""
    return lambda operation, **parameters: getattr(server.client, xform_name(operation))(**parameters)


@contextmanager
def by_cli(server: RekognitionServer, folder: Path) -> Iterator[Ask]:
    """The AWS CLI, as a process for the length of a `with` block. Pictures go through files in `folder`."""
    process = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("rekognition_cli.py"))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **CREDENTIALS, "AWS_ENDPOINT_URL_REKOGNITION": server.url},
    )

    def ask(operation: str, **parameters: Any) -> dict[str, Any]:
        options = [word for name, value in parameters.items() for word in _option(name, value, folder)]
        print(json.dumps(["rekognition", xform_name(operation, "-"), *options]), file=process.stdin, flush=True)
        outcome = json.loads(process.stdout.readline())
        assert outcome["status"] == 0, outcome["complaint"]
        assert not outcome["problems"], f"{operation} answers what the CLI's model does not allow"
        return json.loads(outcome["printed"] or "{}")

    try:
        yield ask
    finally:
        process.stdin.close()
        process.wait(STOP_SECONDS)
        process.stdout.close()


def _option(name: str, value: Any, folder: Path) -> list[str]:
    """A parameter as the CLI takes it: the bytes of a picture from a file, what is no text as JSON."""
    option = f"--{xform_name(name, '-')}"
    if isinstance(value, dict) and "Bytes" in value:
        picture = folder / f"{name}.picture"
        picture.write_bytes(value["Bytes"])
        return [f"{option}-bytes", f"fileb://{picture}"]
    return [option, value if isinstance(value, str) else json.dumps(value)]
