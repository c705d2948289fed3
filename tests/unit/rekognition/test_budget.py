import asyncio

import pytest

from onlooker_rekognition.budget import MemoryBudget


async def settle() -> None:
    """Let every task run as far as it can."""
    for _ in range(5):
        await asyncio.sleep(0)


class Holder:
    """A task that holds bytes until it is told to let go."""

    def __init__(self, budget: MemoryBudget, size: int) -> None:
        self.holds = False
        self._done = asyncio.Event()
        self.task = asyncio.create_task(self._hold(budget, size))

    async def _hold(self, budget: MemoryBudget, size: int) -> None:
        async with budget.hold(size):
            self.holds = True
            await self._done.wait()

    async def let_go(self) -> None:
        self._done.set()
        await self.task
        await settle()


async def test_who_finds_no_room_waits_and_the_order_is_kept() -> None:
    budget = MemoryBudget(10)
    first, large, small = Holder(budget, 6), Holder(budget, 8), Holder(budget, 1)
    await settle()
    assert (first.holds, large.holds, small.holds) == (True, False, False), "the small one does not overtake"
    await first.let_go()
    assert (large.holds, small.holds) == (True, True)
    await large.let_go()
    await small.let_go()
    assert budget.free == 10


async def test_who_asks_for_more_than_there_is_gets_all_of_it() -> None:
    budget = MemoryBudget(10)
    greedy = Holder(budget, 1000)
    await settle()
    assert greedy.holds
    assert budget.free == 0
    await greedy.let_go()
    assert budget.free == 10


async def test_who_gives_up_waiting_makes_room_for_the_next() -> None:
    budget = MemoryBudget(10)
    first, impatient, next_ = Holder(budget, 6), Holder(budget, 8), Holder(budget, 4)
    await settle()
    impatient.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient.task
    await settle()
    assert next_.holds
    await first.let_go()
    await next_.let_go()
    assert budget.free == 10


async def test_who_is_cancelled_in_the_moment_of_its_turn_gives_it_back() -> None:
    budget = MemoryBudget(10)
    first, unlucky = Holder(budget, 10), Holder(budget, 10)
    await settle()
    first._done.set()
    await first.task  # its bytes are lent on, and the next task has not run yet
    unlucky.task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await unlucky.task
    assert budget.free == 10
