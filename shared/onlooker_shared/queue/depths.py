"""How much is in this process's queues, for Prometheus: SQS is asked when somebody reads the metrics."""

import asyncio
import contextlib
import time
from collections.abc import Sequence

import structlog

from onlooker_shared.errors import describe
from onlooker_shared.queue.operated import OperatedQueue
from onlooker_shared.telemetry.metrics import QUEUE_MESSAGES, QUEUE_OLDEST

FRESH = 5.0
"""Seconds for which SQS is not asked again: whoever reaches the port may read metrics as often as they like."""
PATIENCE = 3.0
"""Seconds that SQS is given to answer: Prometheus takes a process that keeps it waiting for ten for dead."""
STATES = ("waiting", "delayed", "in_work", "dead")
"""Fields of a queue's state, and the metric's label."""

log = structlog.stdlib.get_logger(__name__)


class Depths:
    """Brings the gauges of some queues up to date.

    Args:
        queues: that this process works on.
        fresh: seconds for which what SQS said is taken for true.
    """

    def __init__(self, queues: Sequence[OperatedQueue], *, fresh: float = FRESH) -> None:
        self._queues = queues
        self._fresh = fresh
        self._due = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def refresh(self) -> None:
        """Ask SQS, unless it was asked just before. Where it does not answer, the queue's gauges are gone."""
        async with self._one_at_a_time:
            if time.monotonic() >= self._due:
                await asyncio.gather(*map(_measure, self._queues))
                self._due = time.monotonic() + self._fresh


async def _measure(queue: OperatedQueue) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            state = await queue.state()
    except Exception as error:  # noqa: BLE001 - the other metrics are read all the same
        log.warning("queue.not_measured", queue=queue.name, error=describe(error))
        _forget(queue.name)
        return
    for name in STATES:
        QUEUE_MESSAGES.labels(queue.name, name).set(getattr(state, name))
    QUEUE_OLDEST.labels(queue.name).set(state.oldest_seconds or 0.0)


def _forget(queue: str) -> None:
    """Show no numbers that were true once."""
    for name in STATES:
        with contextlib.suppress(KeyError):
            QUEUE_MESSAGES.remove(queue, name)
    with contextlib.suppress(KeyError):
        QUEUE_OLDEST.remove(queue)
