"""A bound on the memory that request bodies take together.

The pool's queue bounds pictures that were read; this bounds those that are being read. Who finds no room waits, and
its bytes stay in the network until there is some.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class MemoryBudget:
    """`total` bytes, lent in the order in which they were asked for. For one event loop."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free = total
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    @property
    def free(self) -> int:
        """Bytes that nobody holds."""
        return self._free

    @asynccontextmanager
    async def hold(self, size: int) -> AsyncIterator[None]:
        """Hold `size` bytes (all of them, if it is more than there are), once they are free."""
        size = min(size, self._total)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((size, turn))
        self._lend()
        try:
            await turn
            yield
        finally:
            if not turn.cancelled():
                self._free += size
            self._lend()

    def _lend(self) -> None:
        while self._waiting:
            size, turn = self._waiting[0]
            if turn.cancelled():  # its request has given up
                self._waiting.popleft()
                continue
            if size > self._free:
                return
            self._waiting.popleft()
            self._free -= size
            turn.set_result(None)
