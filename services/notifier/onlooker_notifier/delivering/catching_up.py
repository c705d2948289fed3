"""Delivers what waits for its channel: each channel's in their order, all channels at the same time."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

import structlog
from pydantic import ValidationError

from onlooker_notifier.channels import retries
from onlooker_notifier.deciding import due
from onlooker_notifier.deciding.verdicts import TELLS, Verdict
from onlooker_notifier.delivering.delivering import AT_ONCE, Delivering
from onlooker_notifier.delivering.waiting import Job, Waiting
from onlooker_notifier.rests import Rests
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.together import all_of
from onlooker_shared.errors import ConflictError, describe

MOST_IN_LINE = 100
"""Deliveries of one channel that are looked after in one go, in their order."""
LONGEST_GO = 60.0
"""Seconds that one go may take before another delivery is begun: one channel that is slow must not keep what others
wait for from being seen."""

log = structlog.stdlib.get_logger(__name__)

RuleOf = Callable[[str], Awaitable[Rule | None]]
"""Returns a rule as it is, None if it was deleted; raises ConflictError if it cannot be read."""


class CatchingUp:
    """Catches up. Any number of instances may do so at the same time.

    Args:
        waiting: what waits.
        delivering: delivers by one channel.
        clock: epoch seconds.
    """

    def __init__(self, *, waiting: Waiting, delivering: Delivering, clock: Callable[[], float]) -> None:
        self._waiting = waiting
        self._delivering = delivering
        self._clock = clock
        self._rests = Rests()
        self._stopping = False

    def stop(self) -> None:
        """Begin no other delivery: what a process that ends leaves here waits, what it is killed at is sent twice."""
        self._stopping = True

    async def catch_up(self, rule_of: RuleOf | None = None) -> float | None:
        """Deliver what is due.

        Args:
            rule_of: finds rules, which may have been deleted or fallen silent; None: they did not.

        Returns the seconds until something else is due; None if nothing is.
        """
        if (rest := self._rests.left()) > 0:
            return rest
        now = self._clock()
        lines: dict[str, list[Job]] = defaultdict(list)
        later: float | None = None
        waiting = 0
        async for job in self._waiting.each():
            waiting += 1
            line, due_in = lines[job.channel.key], retries.due_in(job.next_at, now)
            if due_in > 0:
                later = due_in if later is None else min(due_in, later)
            elif len(line) <= MOST_IN_LINE:  # one more than is looked after, which says that there are more
                line.append(job)

        async def go(line: Sequence[Job]) -> bool:
            return await self._go(line, rule_of)

        if any(await all_of(go, lines.values(), at_once=AT_ONCE)):
            return 0.0
        self._rests.after(waiting)
        return later

    async def _go(self, line: Sequence[Job], rule_of: RuleOf | None) -> bool:
        """Look after a channel's deliveries; return whether there are more that are due."""
        ends_at = asyncio.get_running_loop().time() + LONGEST_GO
        for number, job in enumerate(line[:MOST_IN_LINE], start=1):
            if self._stopping:
                return False
            if not await self._catch_up(job, TELLS if rule_of is None else await self._still(job, rule_of)):
                return False  # the others wait for it, or are due themselves soon
            if asyncio.get_running_loop().time() >= ends_at:
                return number < len(line)
        return len(line) > MOST_IN_LINE

    async def _still(self, job: Job, rule_of: RuleOf) -> Verdict:
        try:
            return due.still(await rule_of(job.rule_id), self._clock())
        except ConflictError:
            return TELLS  # it cannot be read; that it is told was decided before

    async def _catch_up(self, job: Job, verdict: Verdict) -> bool:
        """Deliver what waits, or have it wait until quiet hours are over; return whether the next one may go on."""
        if verdict.tells and verdict.until is not None:
            next_at = min(verdict.until, self._clock() + retries.LONGEST_DELAY)
            keep = max(job.keep, verdict.until - job.begun_at)
            await self._waiting.put(job.model_copy(update={"next_at": next_at, "keep": keep}), None)
            return True
        try:
            notices = await self._waiting.notices_of(job)
        except ValidationError as error:  # as with what cannot be read of the others
            log.warning("waiting.unreadable", delivery_id=job.delivery_id, error=describe(error))
            return True
        unless = None if verdict.tells else verdict.reason
        if notices and not (await self._delivering.deliver(job, notices, unless=unless)).settled:
            return False
        await self._waiting.remove(job)
        return True
