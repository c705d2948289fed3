"""Every index there is: one suite of behaviour holds for all of them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from onlooker_tagger.index import Index
from onlooker_tagger.sqlite import open_index

OpenIndex = Callable[[Path], AbstractAsyncContextManager[Index]]

INDEXES: dict[str, OpenIndex] = {"sqlite": lambda folder: open_index(folder / "tags.db")}


@pytest.fixture(params=INDEXES)
async def index(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Index]:
    """An empty index."""
    async with INDEXES[request.param](tmp_path) as opened:
        yield opened
