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
from onlooker_shared.recognition import Feature

LOOK_EVERY = 60.0
"""Seconds between two looks at what waits."""
AT_ONCE = 100
"""Pictures that one look has completed: those in the queue would wait again, if the budget were spent meanwhile."""
TURN = timedelta(days=1)
"""How long a picture that was asked for is left alone: what a queue loses is asked for again then, what waits in it is
not. It is forgotten when it is answered."""

log = structlog.stdlib.get_logger(__name__)


class Holding:
    """Holds back, and releases until stopped: an `onlooker_shared.service.Runs`.

    Args:
        budget: what a month may cost.
        meter: knows what it has.
        ledger: remembers the pictures of which something was held back.
        ask: has a picture recognized again, and names the turn by which it is told when that is done.
        clock: the time, UTC.
        features: that are switched on.
    """

    def __init__(
        self,
        budget: Budget,
        meter: Meter,
        ledger: Ledger,
        ask: Callable[[Held, datetime], Awaitable[None]],
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

    def held_back(self, features: Sequence[Feature] = ()) -> tuple[Feature, ...]:
        """Return those of some features, else of all that are switched on, that are not to be asked for now."""
        return self._budget.held_back(features or self._features, self._meter.spent)

    def saves(self) -> bool:
        """Whether nothing is to be asked for now that nobody waits for."""
        return self._budget.saves(self._meter.spent)

    async def note(self, image: ImageRef, features: Sequence[Feature]) -> None:
        """Note that some features of a picture wait for the budget; none: that all of it is to be recognized again."""
        await self._ledger.hold(Held(image, tuple(features)))

    async def wait_on(self, image: ImageRef, turn: datetime) -> None:
        """Have a picture whose turn came too late wait on for what is noted of it: by now that may be more."""
        await self._ledger.give_back(image.image_id, turn)

    async def forget(self, image: ImageRef) -> None:
        """Forget whatever waits of a picture: it can never be recognized."""
        await self._ledger.release(image.image_id)

    async def done(self, image: ImageRef, turn: datetime) -> None:
        """Forget what waited of a picture, as its turn was: not what was noted of it since."""
        await self._ledger.done(image.image_id, turn)

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
        """Have some pictures completed if the budget allows it now, and return how many were asked for."""
        released = 0
        for held in await self._ledger.held(AT_ONCE, free_at=self._clock()):
            wanted = tuple(feature for feature in held.features if feature in self._features)
            if self.held_back(wanted):
                continue
            now = self._clock()
            turn = now + TURN
            if not await self._ledger.take(held.image.image_id, now=now, until=turn):
                continue  # another recognizer was faster
            if held.features and not wanted:  # nothing of it is switched on any more
                await self._ledger.done(held.image.image_id, turn)
                continue
            try:
                await self._ask(Held(held.image, wanted), turn)
            except BaseException:
                await self._ledger.give_back(held.image.image_id, turn)
                raise
            released += 1
        return released
