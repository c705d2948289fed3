"""Waits for an AWS that does not answer yet: whatever starts containers may start an emulator at the same time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_shared.errors import UnavailableError, describe
from onlooker_shared.outages import is_outage

PATIENCE = 60.0
"""Seconds that AWS is waited for, unless told otherwise."""
PAUSE = 0.5
"""Seconds between two attempts; AWS's clients wait longer and longer within each."""

T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)


async def patiently(attempt: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
    """Return what an attempt returns; while AWS does not answer it is made again, until so many seconds are over.

    Raises:
        Exception: what the last attempt raised.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            return await attempt()
        except (BotoCoreError, ClientError, UnavailableError) as error:
            if not is_outage(error) or time.monotonic() > deadline:
                raise
            log.info("aws.waited_for", reason=describe(error))
        await asyncio.sleep(PAUSE)
