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

    async def stop(self) -> None:
        pass


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


async def test_a_restart_that_fails_is_tried_again() -> None:
    child = MortalChild("mortal")
    outcomes = [ConnectionError("it died again while its queues were made"), None]
    restarted = asyncio.Event()

    async def restart(_: Child) -> None:
        if failure := outcomes.pop(0):
            raise failure
        restarted.set()

    watcher = Supervisor([child], restart)
    watching = asyncio.create_task(watcher.run())
    child.dying.put_nowait("killed")
    await restarted.wait()
    watcher.stop()
    await watching


async def test_restarts_that_keep_failing_end_it_with_the_reason() -> None:
    child = MortalChild("mortal")

    async def restart(_: Child) -> None:
        raise ConnectionError("the port is taken")

    child.dying.put_nowait("killed")
    with pytest.raises(ChildFailedError, match="the port is taken"):
        await Supervisor([child], restart).run()
