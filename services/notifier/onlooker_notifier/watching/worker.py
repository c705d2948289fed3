"""The worker that looks, by the clock, after the rules about what is in no picture."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Collection, Sequence

import structlog

from onlooker_notifier.conditions.watches import Watched
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.watching.absences import Absences
from onlooker_notifier.watching.dead_letters import DeadLetterQueues, DeadLetters, asks
from onlooker_notifier.watching.marks import Depths
from onlooker_notifier.watching.pace import Pace
from onlooker_shared.errors import describe

LOOK_EVERY = 5.0
"""Seconds between two looks at absences."""
COUNT_EVERY = 30.0
"""Seconds between two looks at queues: there are five, and each is asked."""
AT_ONCE = 8
"""Rules that are looked after at the same time."""

log = structlog.stdlib.get_logger(__name__)


class Watcher:
    """Looks until stopped: an `onlooker_shared.service.Runs`. Any number of instances may.

    Args:
        rulebook: the rules.
        absences: tells that no picture came.
        dead_letters: tells that messages could not be handled.
        queues: those messages.
        pace: the time.
        wake: called with the rules for which something was gathered.
    """

    def __init__(
        self,
        *,
        rulebook: Rulebook,
        absences: Absences,
        dead_letters: DeadLetters,
        queues: DeadLetterQueues,
        pace: Pace,
        wake: Callable[[Collection[Rule]], None],
    ) -> None:
        self._rulebook = rulebook
        self._absences = absences
        self._dead_letters = dead_letters
        self._queues = queues
        self._pace = pace
        self._wake = wake
        self._looked_after: set[tuple[Watched, str]] = set()
        self._forgotten: set[tuple[Watched, str]] = set()
        self._counted_at = float("-inf")
        self._stopped = asyncio.Event()

    def stop(self) -> None:
        """See `Runs`."""
        self._stopped.set()

    async def run(self) -> None:
        """See `Runs`. What is begun when it is told to stop is finished."""
        while not self._stopped.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - what was known stays so; the next look tries again
                log.warning("watches.not_looked_after", error=describe(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), LOOK_EVERY)

    async def look(self) -> None:
        """Look once after all rules that are on, and forget what is known of those that are not, or are gone."""
        now = self._pace.now()
        watching = {(rule.watch.kind, rule.rule_id): rule for rule in await self._rulebook.all() if rule.watch}
        on = {key: rule for key, rule in watching.items() if rule.enabled and rule.channels}
        off = (watching.keys() | self._looked_after) - on.keys() - self._forgotten
        self._looked_after |= on.keys()
        self._forgotten -= on.keys()
        counts = abs(now - self._counted_at) >= COUNT_EVERY
        if counts:
            self._counted_at = now
        slots = asyncio.Semaphore(AT_ONCE)
        work = [self._do(slots, key[1], functools.partial(self._forget, key)) for key in sorted(off)]
        work += [
            self._do(slots, rule_id, functools.partial(self._look_for_absence, rule))
            for (kind, rule_id), rule in on.items()
            if kind == "absence"
        ]
        if counts:
            work.append(self._count_dead_letters(slots, [rule for rule in on.values() if asks(rule, now)], now))
        await asyncio.gather(*work)

    async def _do(self, slots: asyncio.Semaphore, rule_id: str, work: Callable[[], Awaitable[None]]) -> None:
        """Look after a rule; trouble with one keeps no other waiting."""
        try:
            async with slots:
                await work()
        except Exception as error:  # noqa: BLE001 - the next look tries again
            log.warning("watch.not_looked_after", rule_id=rule_id, error=describe(error))

    async def _look_for_absence(self, rule: Rule) -> None:
        if told := await self._absences.look(rule, self._pace):
            self._wake(told)

    async def _count_dead_letters(self, slots: asyncio.Semaphore, rules: Sequence[Rule], now: float) -> None:
        """Count each queue once for all rules that ask for it."""
        known: dict[str, Depths | None] = {}

        async def read(rule: Rule) -> None:
            known[rule.rule_id] = await self._dead_letters.known(rule)

        async def look(rule: Rule) -> None:
            if told := await self._dead_letters.look(rule, known[rule.rule_id], counted, now):
                self._wake(told)

        await asyncio.gather(*(self._do(slots, rule.rule_id, functools.partial(read, rule)) for rule in rules))
        ready = [rule for rule in rules if rule.rule_id in known]
        counted = await self._queues.depths(sorted({name for rule in ready for name in asks(rule, now)}))
        await asyncio.gather(*(self._do(slots, rule.rule_id, functools.partial(look, rule)) for rule in ready))

    async def _forget(self, key: tuple[Watched, str]) -> None:
        kind, rule_id = key
        await (self._absences if kind == "absence" else self._dead_letters).forget(rule_id)
        self._looked_after.discard(key)
        self._forgotten.add(key)
