"""What the keeper tells its health check."""

import asyncio
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

from onlooker.keeper.copy import Copy
from onlooker.keeper.ready import Ready
from onlooker.keeper.rounds import Rounds
from onlooker.keeper.saving import State


async def test_what_a_killed_keeper_told_holds_for_the_next_one_no_more(tmp_path: Path) -> None:
    keeper, unused = AsyncMock(), AsyncMock()
    keeper.state.return_value = State.NEW
    ready, stopping = Ready(tmp_path), asyncio.Event()
    ready.tell(True)
    stopping.set()
    copy = Copy.open(tmp_path)
    rest: Any = {"restorer": unused, "provision": unused, "sweep": unused}
    assert await Rounds(folder=tmp_path, copy=copy, keeper=keeper, ready=ready, **rest).run(stopping)
    copy.close()
    assert not ready.is_told
