"""Looks again and again for what is not there yet, ever more slowly, until it is or time is over."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

FIRST_LOOK = 0.1
LAST_LOOK = 2.0
"""Seconds between two looks: doubled from the first to the last."""


async def until(deadline: float, look: Callable[[], Awaitable[T | None]]) -> T | None:
    """Return what a look finds, None if none does by the deadline; one look is made at least.

    Args:
        deadline: on the monotonic clock.
        look: returns None for what is not there yet.
    """
    pause = FIRST_LOOK
    while (found := await look()) is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        await asyncio.sleep(min(pause, left))
        pause = min(LAST_LOOK, pause * 2)
    return found
