"""Keeps the stack's child processes running: one that dies is started again, one that keeps dying ends everything."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import structlog

from onlooker.stack.child import Child, ChildFailedError

RESTARTS = 5
"""Restarts of one child that are borne within the window; the next one ends the stack with the child's last words."""
WINDOW = 60.0
"""Seconds."""
PAUSE = 0.5
"""Seconds before a restart, so that a port is free again."""

log = structlog.stdlib.get_logger(__name__)


class Supervisor:
    """Watches children until told to stop.

    Args:
        children: all of them running.
        restart: starts one of them again and does what its end made necessary; if it fails, that is one more death.
    """

    def __init__(self, children: Sequence[Child], restart: Callable[[Child], Awaitable[None]]) -> None:
        self._children = children
        self._restart = restart
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Watch no longer; the children run on."""
        self._stopping.set()

    async def run(self) -> None:
        """Watch until `stop`.

        Raises:
            ChildFailedError: a child keeps dying; its last words are in the text.
        """
        watching = [asyncio.create_task(self._watch(child), name=f"watch {child.name}") for child in self._children]
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            done, _ = await asyncio.wait((*watching, stopping), return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (*watching, stopping):
                task.cancel()
            await asyncio.gather(*watching, stopping, return_exceptions=True)

    async def _watch(self, child: Child) -> None:
        deaths: deque[float] = deque(maxlen=RESTARTS)
        words = await child.ended()
        while True:
            now = time.monotonic()
            if len(deaths) == RESTARTS and now - deaths[0] < WINDOW:
                raise ChildFailedError(f"{words}\nIt was started again {RESTARTS} times within {WINDOW:.0f} s.")
            deaths.append(now)
            log.warning("child.restarting", child=child.name, reason=words)
            await asyncio.sleep(PAUSE)
            try:
                await self._restart(child)
            except Exception as error:  # it died once more, or does not do what it is for
                log.warning("child.restart_failed", child=child.name, exc_info=error)
                await child.stop()
                words = f"The {child.name} could not be started again: {error}"
            else:
                words = await child.ended()
