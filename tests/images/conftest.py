"""Fixtures of the tests of images. They need Docker and the images that `make images` builds, and fail without."""

import time
from collections.abc import Iterator

import pytest

from containers import COMMAND, EMULATOR, IMAGES, REKOGNITION, TIGHT, Image, docker, network, running

SECONDS = 60


@pytest.fixture(params=IMAGES, ids=lambda image: image.name)
def image(request: pytest.FixtureRequest) -> Image:
    """Each image in turn."""
    found: Image = request.param
    return found


@pytest.fixture(scope="session")
def aws() -> Iterator[tuple[str, ...]]:
    """Yield the options by which a container reaches an emulator that holds all that Onlooker needs there."""
    with (
        network() as net,
        running(EMULATOR, "--network", net, "--network-alias", "aws") as emulator,
        running(REKOGNITION.reference, *TIGHT, "--network", net, "--network-alias", "rekognition"),
    ):
        options = ["--network", net]
        variables = {"AWS_ENDPOINT_URL": "http://aws:4566", "AWS_REGION": "us-east-1", "ONLOOKER_S3_ADDRESSING": "path"}
        variables["AWS_ENDPOINT_URL_REKOGNITION"] = f"http://rekognition:{REKOGNITION.port}"
        for name, value in {**variables, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}.items():
            options += ["--env", f"{name}={value}"]
        end = time.monotonic() + SECONDS
        while docker("exec", emulator, "python3", "-c", PROBE, check=False).returncode:
            assert time.monotonic() < end, docker("logs", emulator).stdout
            time.sleep(0.2)
        provision = ("--entrypoint", "/opt/onlooker/bin/python", COMMAND.reference, "-m", "onlooker_shared.provision")
        docker("run", "--rm", *TIGHT, *options, *provision)
        yield tuple(options)


PROBE = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:4566/_ministack/health', timeout=2)"
