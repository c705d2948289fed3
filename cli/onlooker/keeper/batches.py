"""Many small pieces of work, a few at a time, in batches: so that neither memory nor the emulator is filled by them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from itertools import islice
from typing import TypeVar

AT_ONCE = 8
"""Calls at a time: an emulator is one process, and has others to answer."""
BATCH = 100
"""Pieces whose results are held together."""

T = TypeVar("T")
R = TypeVar("R")


async def in_batches(pieces: Iterable[T], work: Callable[[T], Awaitable[R]]) -> AsyncIterator[list[R]]:
    """Yield the results, in the order of the pieces, a batch at a time; the first failure is raised."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def in_turn(piece: T) -> R:
        async with turns:
            return await work(piece)

    rest = iter(pieces)
    while batch := list(islice(rest, BATCH)):
        tasks = [asyncio.create_task(in_turn(piece)) for piece in batch]
        try:
            yield await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
