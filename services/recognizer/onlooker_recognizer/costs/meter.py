"""Counts what is asked of Rekognition, and knows what the month has cost so far."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

import structlog

from onlooker_recognizer.costs.ledger import Ledger
from onlooker_recognizer.costs.pricing import Counted, PriceList
from onlooker_recognizer.metrics import COST
from onlooker_shared.errors import describe

WRITE_EVERY = 5.0
"""Seconds; what was counted since is lost if the process is killed."""
READ_EVERY = 12
"""Writes between two looks at what all processes counted."""

log = structlog.stdlib.get_logger(__name__)
_bucket: ContextVar[str] = ContextVar("charged_to", default="")


@contextmanager
def charged_to(bucket: str) -> Iterator[None]:
    """Count the calls inside a `with` block, and of the tasks that begin there, for a bucket's pictures."""
    token = _bucket.set(bucket)
    try:
        yield
    finally:
        _bucket.reset(token)


class Meter:
    """Counts calls until stopped: an `onlooker_shared.service.Runs`.

    Args:
        ledger: where all processes' counts are.
        prices: what calls cost.
        clock: the time, UTC.
    """

    def __init__(self, ledger: Ledger, prices: PriceList, *, clock: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._prices = prices
        self._clock = clock
        self._unwritten: Counter[tuple[str, str, str]] = Counter()
        self._month = ""
        self._calls: Counter[str] = Counter()
        self._stopped = asyncio.Event()

    def count(self, operations: Iterable[str]) -> None:
        """Count a call that was answered, as what it is charged for."""
        day = self._turn_the_page()
        for operation in operations:
            COST.inc(self._prices.next_call(operation, self._calls))
            self._calls[operation] += 1
            self._unwritten[day, _bucket.get(), operation] += 1

    @property
    def spent(self) -> float:
        """What this month has cost, as far as this process knows: others' calls of the last minute are not in it."""
        self._turn_the_page()
        return self._prices.total(self._calls)

    def stop(self) -> None:
        """See `Runs`."""
        self._stopped.set()

    async def run(self) -> None:
        """See `Runs`."""
        round_ = 0
        while not self._stopped.is_set():
            try:
                await self.write()
                if round_ % READ_EVERY == 0:
                    await self.read()
                round_ += 1
            except Exception as error:  # noqa: BLE001 - what is known holds until the next try
                log.warning("costs.not_read", error=describe(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), WRITE_EVERY)
        await self.write()

    async def write(self) -> None:
        """Add what was counted to the ledger."""
        counted, self._unwritten = self._unwritten, Counter()
        left = await self._ledger.add(Counted(*key, calls=calls) for key, calls in counted.items())
        for row in left:
            self._unwritten[row.day, row.bucket, row.operation] += row.calls

    async def read(self) -> None:
        """Learn what all processes counted this month."""
        month = f"{self._clock():%Y-%m}"
        rows = await self._ledger.month(month)
        calls: Counter[str] = Counter()
        for row in rows:
            calls[row.operation] += row.calls
        for (day, _, operation), number in self._unwritten.items():
            calls[operation] += number if day.startswith(month) else 0
        self._month, self._calls = month, calls

    def _turn_the_page(self) -> str:
        """Begin again at nothing with a new month; return the day."""
        day = f"{self._clock():%Y-%m-%d}"
        if (month := day[:7]) != self._month:
            self._month, self._calls = month, Counter()
        return day
