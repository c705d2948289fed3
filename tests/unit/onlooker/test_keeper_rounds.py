"""What the keeper tells its health check, and what its passes do not wait for."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from onlooker.keeper.copy import Copy
from onlooker.keeper.ready import LASTING, Ready
from onlooker.keeper.rounds import Rounds
from onlooker.keeper.saving import Pass, State


@dataclass
class Surroundings:
    """A keeper's rounds, and all that they meet."""

    folder: Path
    copy: Copy
    keeper: AsyncMock = field(default_factory=AsyncMock)
    sweep: AsyncMock = field(default_factory=AsyncMock)
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.keeper.state.return_value = State.KEPT
        self.keeper.save.return_value = Pass()
        self.ready = Ready(self.folder)
        self.rounds = Rounds(
            folder=self.folder,
            copy=self.copy,
            keeper=self.keeper,
            restorer=AsyncMock(),
            provision=AsyncMock(),
            sweep=self.sweep,
            ready=self.ready,
        )


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    copy = Copy.open(tmp_path)
    yield Surroundings(tmp_path, copy)
    copy.close()


async def test_what_a_killed_keeper_told_holds_for_the_next_one_no_more(around: Surroundings) -> None:
    around.ready.tell(True)
    around.stopping.set()
    assert await around.rounds.run(around.stopping)
    assert not around.ready.is_told


async def test_a_pass_that_could_not_read_everything_is_a_failed_one(around: Surroundings) -> None:
    async def save() -> Pass:
        around.stopping.set()
        return Pass(kept=5, unreadable=1)

    around.keeper.save.side_effect = save
    assert await around.rounds.run(around.stopping) is False
    assert not around.ready.is_told


@pytest.mark.parametrize("seconds", [-LASTING, LASTING], ids=["long ago", "to come"])
def test_a_keeper_that_hangs_since_is_not_ready(tmp_path: Path, seconds: float) -> None:
    ready = Ready(tmp_path)
    ready.tell(True)
    assert ready.is_told
    then = time.time() + 1.1 * seconds
    os.utime(tmp_path / "ready", (then, then))
    assert not ready.is_told


async def test_neither_a_pass_nor_the_end_waits_for_services_that_sweep(around: Surroundings) -> None:
    sweeping = asyncio.Event()

    async def endless() -> bool:
        sweeping.set()
        await asyncio.Event().wait()
        return True

    around.sweep.side_effect = endless
    around.copy.require_sweep()
    running = asyncio.create_task(around.rounds.run(around.stopping))
    await sweeping.wait()
    assert around.ready.is_told
    around.stopping.set()
    assert await running
    assert around.copy.sweep_due is not None


@pytest.mark.parametrize("state", [State.LOST, State.LOST_ITEMS])
async def test_nothing_sweeps_before_all_is_put_back(around: Surroundings, state: State) -> None:
    around.keeper.state.return_value = state
    around.copy.require_sweep()
    await around.rounds.sweep_if_due()
    assert not around.sweep.called
    around.keeper.state.return_value = State.KEPT
    await around.rounds.sweep_if_due()
    assert around.sweep.called
    assert around.copy.sweep_due is None
