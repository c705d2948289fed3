"""Gathers what many callers want written at the same moment into few commits, and tells each how its own write went."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

W = TypeVar("W")

Commit = Callable[[Sequence[W]], Awaitable[Sequence[Exception | None]]]
"""Makes some writes together; returns for each by what it failed. What it raises, all of them failed by."""


class Batches(Generic[W]):
    """Writes, committed one batch after the other.

    Args:
        commit: makes one batch durable.
        size: writes in one batch at most, so that the first of them does not wait for ever.
    """

    def __init__(self, commit: Commit[W], size: int) -> None:
        self._commit = commit
        self._size = size
        self._pending: list[tuple[W, asyncio.Future[None]]] = []
        self._flushing: asyncio.Task[None] | None = None

    async def add(self, write: W) -> None:
        """Have something written; on disk when this returns.

        Raises:
            Exception: what this write failed by.
        """
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._pending.append((write, committed))
        if self._flushing is None:
            self._flushing = asyncio.create_task(self._flush(), name="tagger-flush")
        await committed

    async def close(self) -> None:
        """Wait until everything that was added is committed, or has failed."""
        if self._flushing is not None:
            await self._flushing

    async def _flush(self) -> None:
        """Commit what is pending, batch by batch, until nothing is."""
        while self._pending:
            batch, self._pending = self._pending[: self._size], self._pending[self._size :]
            for (_, committed), error in zip(batch, await self._outcomes([write for write, _ in batch]), strict=True):
                _tell(committed, error)
        self._flushing = None

    async def _outcomes(self, writes: Sequence[W]) -> Sequence[Exception | None]:
        try:
            return await self._commit(writes)
        except Exception as error:  # noqa: BLE001 - handed to everybody whose write this was
            return [error] * len(writes)


def _tell(committed: asyncio.Future[None], error: Exception | None) -> None:
    """Tell one caller how its write ended, unless it was cancelled meanwhile."""
    if committed.done():
        return
    if error is None:
        committed.set_result(None)
    else:
        committed.set_exception(error)
