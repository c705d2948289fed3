"""A child that dies is started again; one that keeps dying ends the stack with its last words."""

import asyncio

import pytest

from onlooker.stack import supervisor
from onlooker.stack.child import Child, ChildFailedError
from onlooker.stack.supervisor import RESTARTS, Supervisor


class MortalChild(Child):
    """Dies when told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dying: asyncio.Queue[str] = asyncio.Queue()

    async def ended(self) -> str:
        return await self.dying.get()


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "PAUSE", 0)


async def test_a_dead_child_is_started_again_and_the_others_are_left_alone() -> None:
    mortal, healthy = MortalChild("mortal"), MortalChild("healthy")
    restarted: asyncio.Queue[Child] = asyncio.Queue()
    watcher = Supervisor([mortal, healthy], restarted.put)
    watching = asyncio.create_task(watcher.run())
    mortal.dying.put_nowait("out of memory")
    assert await restarted.get() is mortal
    watcher.stop()
    await watching
    assert restarted.empty()


async def test_a_child_that_keeps_dying_ends_it_with_its_last_words() -> None:
    child = MortalChild("mortal")
    restarts = 0

    async def restart(_: Child) -> None:
        nonlocal restarts
        restarts += 1

    for _ in range(RESTARTS + 1):
        child.dying.put_nowait("a model is damaged")
    with pytest.raises(ChildFailedError, match="a model is damaged"):
        await Supervisor([child], restart).run()
    assert restarts == RESTARTS
