"""Does something with several things at the same time, so many at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


async def all_of(work: Callable[[S], Awaitable[T]], things: Iterable[S], *, at_once: int) -> list[T]:
    """Return what the work made of each thing, in their order.

    All are worked on to the end; then the first error is raised, if there was one.
    """
    slots = asyncio.Semaphore(at_once)

    async def one(thing: S) -> T:
        async with slots:
            return await work(thing)

    done = await asyncio.gather(*map(one, things), return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return [each for each in done if not isinstance(each, BaseException)]
