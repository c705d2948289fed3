"""Measures how late the event loop is: the time for which one piece of work kept all others from going on."""

import asyncio

from onlooker_shared.telemetry.metrics import LOOP_LAG

INTERVAL = 1.0
"""Seconds from one look to the next."""


class LoopLag:
    """Looks at the clock at regular times until told to stop.

    Args:
        interval: seconds from one look to the next.
    """

    def __init__(self, interval: float = INTERVAL) -> None:
        self._interval = interval
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()

    async def run(self) -> None:
        """Look until `stop`."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            due = loop.time() + self._interval
            try:
                async with asyncio.timeout_at(due):
                    await self._stopping.wait()
            except TimeoutError:
                LOOP_LAG.observe(max(0.0, loop.time() - due))
