"""Work in the background that comes in rounds: now when there is news, and from time to time in any case."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

_log = logging.getLogger(__name__)


class Rounds:
    """Does `work` again and again as long as it says that there was something to do, then after `pause` seconds."""

    def __init__(self, work: Callable[[], Awaitable[bool]], *, pause: float) -> None:
        self._work = work
        self._pause = pause
        self._news = asyncio.Event()
        self._stopped = False

    def wake(self) -> None:
        """Do not wait any longer. To be called on the event loop."""
        self._news.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Go round in the background, until the end of the block cancels the work at hand."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            self._stopped = (
                True  # work that fails while it is cancelled raises that instead, and was the last all the same
            )
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while not self._stopped:
            self._news.clear()
            try:
                busy = await self._work()
            except Exception:  # noqa: BLE001 (a store that is down must not end the rounds; it is asked again)
                _log.exception("work in the background failed; it is tried again")
                busy = False
            if not busy and not self._stopped:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), self._pause)
