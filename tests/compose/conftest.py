"""One deployment for all tests here, on the emulator and the index that ONLOOKER_TEST_COMPOSE names.

`localstack` is docker-compose.yml as it is; `ministack`, or `ministack,sqlite`, puts files of infra/compose over it.
The images are those that are there: build them before (`docker buildx bake`).
"""

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from deployment import Deployment
from installed import Installed
from onlooker.client import OnlookerClient, connect

CHOSEN = os.environ.get("ONLOOKER_TEST_COMPOSE", "localstack")
SETTINGS = {
    "ONLOOKER_NOTIFIER_DIGEST_INTERVAL": "2",
    "ONLOOKER_TAG": os.environ.get("ONLOOKER_TAG", "latest"),
}


@pytest.fixture(scope="session")
def deployment() -> Iterator[Deployment]:
    """Onlooker in containers, running."""
    started = Deployment.named([name for name in CHOSEN.split(",") if name != "localstack"], SETTINGS)
    try:
        started.up()
        yield started
    finally:
        started.down("--volumes", "--remove-orphans")


@pytest.fixture(scope="session")
def installed(deployment: Deployment) -> Installed:
    """What its users need of it."""
    return deployment.installed


@pytest.fixture
async def client(installed: Installed) -> AsyncIterator[OnlookerClient]:
    """A client of it."""
    async with connect(installed.url, installed.key) as connected:
        yield connected
