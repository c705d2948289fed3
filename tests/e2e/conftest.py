"""The installation that the whole way of a picture is tested on: the one named, else one that is started for that.

ONLOOKER_TEST_URL and ONLOOKER_TEST_KEY (with the scope `admin`) name one. What is uploaded to it is deleted afterwards;
the pictures that can never be recognized leave their dead letters.
"""

import os
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest

from installed import Installed, delete_all
from onlooker.client import OnlookerClient, connect
from stack import running_stack

NAMED = os.environ.get("ONLOOKER_TEST_URL", "")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """A running installation."""
    if NAMED:
        yield Installed(NAMED, os.environ["ONLOOKER_TEST_KEY"], several=True)
        return
    with running_stack(tmp_path_factory.mktemp("stack") / "data") as stack:
        yield Installed(stack.running.url, stack.key)


@pytest.fixture(scope="session")
async def client(installed: Installed) -> AsyncIterator[OnlookerClient]:
    """A client of it."""
    async with connect(installed.url, installed.key) as connected:
        yield connected


@pytest.fixture(scope="module")
async def prefix(client: OnlookerClient) -> AsyncIterator[str]:
    """What the keys of these tests begin with."""
    own = f"e2e-{uuid.uuid4().hex[:12]}/"
    yield own
    if NAMED:
        await delete_all(client, own)
