"""CPU work off the event loop, with a bounded queue in front.

A request takes a slot before it fetches or decodes anything, so that what waits in memory is bounded too; when no
slot is left the caller is told at once instead of waiting for ever.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Result = TypeVar("Result")


class QueueFullError(Exception):
    """All workers are busy and the queue has no slot left."""


class Pool:
    """`workers` threads and at most `queue_length` requests that wait for one."""

    def __init__(self, *, workers: int, queue_length: int) -> None:
        self._capacity = workers + queue_length
        self._admitted = 0
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="vision")

    @property
    def admitted(self) -> int:
        """How many requests hold a slot, working or waiting."""
        return self._admitted

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Hold a slot for a request's whole CPU part. Raises QueueFullError at once when there is none."""
        if self._admitted >= self._capacity:
            raise QueueFullError
        self._admitted += 1
        try:
            yield
        finally:
            self._admitted -= 1

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, done by a worker thread; raises what it raises.

        Cancelled while it waits, the work is never begun. Cancelled while it runs, this returns only when the
        thread is free again: a slot must not be given away that is still in use.
        """
        job = self._threads.submit(work)
        outcome = asyncio.wrap_future(job)
        try:
            return await asyncio.shield(outcome)
        except asyncio.CancelledError:
            if not job.cancel():
                await asyncio.wait([outcome])
            raise

    def close(self) -> None:
        """Let running work finish and drop what waits."""
        self._threads.shutdown(wait=True, cancel_futures=True)
