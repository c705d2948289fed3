"""One set of AWS clients for these tests, against the session's emulator."""

from collections.abc import AsyncIterator

import pytest

from emulator import Emulator
from onlooker_shared.aws import Aws
from onlooker_shared.settings import CommonSettings


@pytest.fixture(scope="session")
async def aws(emulator: Emulator) -> AsyncIterator[Aws]:
    """The clients that a process has."""
    async with Aws(CommonSettings()) as opened:
        yield opened
