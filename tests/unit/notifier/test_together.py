"""Several things at the same time: so many at once, and all of them to the end."""

import asyncio

import pytest

from onlooker_notifier.together import all_of


async def test_so_many_are_worked_on_at_once_and_what_came_of_them_is_in_their_order() -> None:
    running: set[int] = set()
    most = 0

    async def work(thing: int) -> int:
        nonlocal most
        running.add(thing)
        most = max(most, len(running))
        await asyncio.sleep(0)
        running.remove(thing)
        return -thing

    assert await all_of(work, range(10), at_once=3) == [-thing for thing in range(10)]
    assert most == 3


async def test_trouble_with_one_is_told_when_the_others_are_done() -> None:
    done: list[int] = []

    async def work(thing: int) -> None:
        if thing == 0:
            raise ValueError("the first one is broken")
        await asyncio.sleep(0)
        done.append(thing)

    with pytest.raises(ValueError, match="the first one"):
        await all_of(work, range(3), at_once=2)
    assert done == [1, 2]
