"""CPU work off the event loop, with a bounded queue in front.

A request takes a slot before it fetches or decodes anything, so that what waits in memory is bounded too; when no
slot is left the caller is told at once instead of waiting for ever. Workers take what waits in the order it came.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Generic, TypeVar

Result = TypeVar("Result")


class PoolBusyError(Exception):
    """There is more work than can be done."""


class QueueFullError(PoolBusyError):
    """All workers are busy and the queue has no slot left."""


class WaitedTooLongError(PoolBusyError):
    """No worker became free for as long as work may wait."""


class Pool:
    """`workers` threads and at most `queue_length` requests that wait for one, for `queue_seconds` at most.

    `waited` is told, by any thread, how many seconds each work waited before it began.
    """

    def __init__(
        self,
        *,
        workers: int,
        queue_length: int,
        queue_seconds: float | None = None,
        waited: Callable[[float], None] | None = None,
    ) -> None:
        self._capacity = workers + queue_length
        self._queue_seconds = queue_seconds
        self._waited = waited
        self._admitted = 0
        self._submitted = 0
        self._working = 0
        self._counting = threading.Lock()
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="vision")

    @property
    def admitted(self) -> int:
        """How many requests hold a slot: they fetch their picture, wait or are worked on."""
        return self._admitted

    @property
    def waiting(self) -> int:
        """How much work waits for a worker."""
        return max(0, self._submitted - self._working)

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

    async def run(self, work: Callable[[], Result], *, patient: bool = False) -> Result:
        """The result of `work`, done by a worker thread; raises what it raises.

        Raises WaitedTooLongError when no worker has begun it in time, unless it is `patient`. Cancelled while it waits,
        the work is never begun. Cancelled while it runs, this returns only when the thread is free again: a slot must
        not be given away that is still in use.
        """
        ticket = _Ticket(work)
        job = self._threads.submit(self._perform, ticket)
        outcome = asyncio.wrap_future(job)
        self._submitted += 1
        try:
            done, _ = await asyncio.wait([outcome], timeout=None if patient else self._queue_seconds)
            if not done and job.cancel():
                raise WaitedTooLongError
            return await asyncio.shield(outcome)
        except asyncio.CancelledError:
            if not job.cancel():
                await _end_of(outcome)
            raise
        finally:
            self._submitted -= 1
            ticket.work = None

    def close(self) -> None:
        """Let running work finish and drop what waits."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _perform(self, ticket: _Ticket[Result]) -> Result:
        work = ticket.work
        if work is None:
            raise RuntimeError("work was begun that nobody waits for")
        if self._waited is not None:
            self._waited(time.perf_counter() - ticket.since)
        with self._counting:
            self._working += 1
        try:
            return work()
        finally:
            with self._counting:
                self._working -= 1


async def _end_of(outcome: asyncio.Future[Result]) -> None:
    """Wait for it, however often the waiting is cancelled: by a client that has gone, then by a server that stops."""
    while not outcome.done():
        with suppress(asyncio.CancelledError):
            await asyncio.wait([outcome])
    outcome.exception()  # looked at, or asyncio would log as an error what nobody waits for


class _Ticket(Generic[Result]):
    """Work that waits.

    The executor keeps what was cancelled until a thread comes to it; the work, which holds a picture, is let go before.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        self.work: Callable[[], Result] | None = work
        self.since = time.perf_counter()
