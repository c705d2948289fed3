"""Has the journal forget what was deleted: until it is written anew, it still has every item as it once was.

That is done some seconds after a deletion, for all until then together, and takes little of the time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

from onlooker.emulator.operations import Kind, kind_of

AFTER = 10.0
"""Seconds after a deletion."""
SHARE = 0.05
"""Of the time that it takes at most."""
_DELETIONS = {"BatchWriteItem": b'"DeleteRequest"', "TransactWriteItems": b'"Delete"'}


def deletes(operation: str, body: bytes) -> bool:
    """Whether a write may delete items, as far as can be told without looking into it closely."""
    if operation in {"DeleteItem", "DeleteTable"}:
        return True
    if operation in _DELETIONS:
        return _DELETIONS[operation] in body
    return kind_of(operation) is Kind.ITEMS and b"DELETE" in body.upper() and b'"Statement' in body


class Forgetting:
    """Calls `forget` some seconds after `require` was called."""

    def __init__(self, forget: Callable[[], Awaitable[None]]) -> None:
        self._forget = forget
        self._due = False
        self._task: asyncio.Task[None] | None = None

    def require(self) -> None:
        """Have it done soon."""
        self._due = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work(), name="journal-forget")

    def stop(self) -> None:
        """Do it no more; the next start does."""
        if self._task is not None:
            self._task.cancel()

    async def _work(self) -> None:
        rest = AFTER
        while self._due:
            await asyncio.sleep(rest)
            self._due = False
            began = time.monotonic()
            await self._forget()
            rest = max(AFTER, (time.monotonic() - began) / SHARE)
