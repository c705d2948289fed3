"""One running installation with a console for all tests."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from console_site import Site, running
from emulator import Emulator
from installation import Installation, installation
from onlooker_shared.aws import Aws


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installed(emulator: Emulator, aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(installed: Installation, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """One for all tests with the default settings: use keys and pictures of your own."""
    async with running(installed, tmp_path_factory.mktemp("tagger") / "index.sqlite3") as made:
        yield made
