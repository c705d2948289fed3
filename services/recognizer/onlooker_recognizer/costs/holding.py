"""Holds back what the budget does not allow, and has it looked for when it does."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog

from onlooker_recognizer.costs.budget import Budget
from onlooker_recognizer.costs.ledger import Held, Ledger
from onlooker_recognizer.costs.meter import Meter
from onlooker_recognizer.metrics import BUDGET_SPENT
from onlooker_shared.errors import describe
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Feature, Missing

LOOK_EVERY = 60.0
"""Seconds between two looks at what waits."""
AT_ONCE = 100
"""Pictures that one look has completed; more would run past the budget before their cost is known."""
TURN = timedelta(minutes=2)
"""How long other recognizers leave a picture to the one that has it completed: each would pay for it."""

log = structlog.stdlib.get_logger(__name__)


class Holding:
    """Holds back, and releases until stopped: an `onlooker_shared.service.Runs`.

    Args:
        budget: what a month may cost.
        meter: knows what it has.
        ledger: remembers the pictures of which something was held back.
        ask: has a picture recognized again, for some features alone.
        clock: the time, UTC.
        features: that are switched on.
    """

    def __init__(
        self,
        budget: Budget,
        meter: Meter,
        ledger: Ledger,
        ask: Callable[[ImageRef, tuple[Feature, ...]], Awaitable[None]],
        *,
        features: tuple[Feature, ...],
        clock: Callable[[], datetime],
    ) -> None:
        self._budget = budget
        self._meter = meter
        self._ledger = ledger
        self._ask = ask
        self._features = features
        self._clock = clock
        self._warned = False
        self._stopped = asyncio.Event()

    def held_back(self) -> tuple[Feature, ...]:
        """Return the features that are not to be asked for now."""
        return self._budget.held_back(self._features, self._meter.spent)

    def saves(self) -> bool:
        """Whether nothing is to be asked for now that nobody waits for."""
        return self._budget.saves(self._meter.spent)

    def missing(self, features: Sequence[Feature]) -> tuple[Missing, ...]:
        """Return what a result says of features that were held back."""
        return self._budget.missing(features)

    async def note(self, image: ImageRef, features: Sequence[Feature]) -> None:
        """Note that some features of a picture wait for the budget."""
        await self._ledger.hold(Held(image, tuple(features)))

    async def postpone(self, image: ImageRef) -> None:
        """Have a picture recognized again when the budget allows all of it."""
        await self.note(image, self._features)

    def stop(self) -> None:
        """See `Runs`."""
        self._stopped.set()

    async def run(self) -> None:
        """See `Runs`."""
        while not self._stopped.is_set():
            try:
                self.warn()
                await self.release()
            except Exception as error:  # noqa: BLE001 - what waits does so until the next look
                log.warning("costs.not_released", error=describe(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK_EVERY)

    def warn(self) -> None:
        """Say once that little of the budget is left, and again when that is so anew."""
        spent, limit = self._meter.spent, self._budget.limit
        BUDGET_SPENT.set(spent / limit if limit else 0.0)
        warns = self._budget.warns(spent)
        if warns and not self._warned:
            log.warning("costs.budget_nearly_spent", spent=round(spent, 2), limit=limit, policy=self._budget.policy)
        self._warned = warns

    async def release(self) -> int:
        """Have some pictures completed if the budget allows it now, and return how many."""
        released = 0
        for held in await self._ledger.held(AT_ONCE):
            if self._budget.held_back(held.features, self._meter.spent):
                continue
            now = self._clock()
            if not await self._ledger.take(held.image.image_id, now=now, until=now + TURN):
                continue  # another recognizer is at it
            await self._ask(held.image, held.features)
            await self._ledger.release(held.image.image_id)
            released += 1
        return released
