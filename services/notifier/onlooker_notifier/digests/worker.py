"""The worker that looks after all rules' digests, and after what waits for its channel."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import structlog

from onlooker_notifier.deciding.departed import Departed
from onlooker_notifier.delivering.catching_up import CatchingUp
from onlooker_notifier.digests.digests import Digests
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_shared.errors import NotFoundError, describe

LOOK_EVERY = 5.0
"""Seconds between two looks; what is gathered and due sooner brings the next one forward."""
IDLE = 60.0
"""Seconds until a rule is looked after again for which nothing waited, or is not due for longer. What is gathered for
it by this instance brings that forward; what another one gathered, that one looks after, unless it was killed."""
AT_ONCE = 16
"""Rules that are worked on at the same time: one whose channel hangs delays no other."""
WAITING = ""
"""No rule's id: what waits for its channel is looked after as if it were a rule's."""
ESCALATIONS = "*"
"""Likewise what nobody acknowledged yet."""

Work = Callable[[], Awaitable[float | None]]
"""Returns the seconds until there is more to do; None: nothing waits."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rest:
    """That a rule need not be looked after."""

    version: int
    """Of the rule; another one may tell sooner."""
    until: float
    """By the loop's clock."""
    gathered_ends_it: bool
    """Whether what is gathered meanwhile may be due before."""


class DigestWorker:
    """Looks after all rules' digests until stopped: an `onlooker_shared.service.Runs`.

    Args:
        rulebook: the rules.
        digests: tells what was gathered.
        departed: knows of rules that were deleted.
        catching_up: delivers what waits for its channel.
        escalations: escalates what nobody acknowledged.
        look_every: seconds between two looks.
        at_once: rules that are worked on at the same time.
    """

    def __init__(
        self,
        rulebook: Rulebook,
        digests: Digests,
        departed: Departed,
        catching_up: CatchingUp,
        escalations: Escalations,
        *,
        look_every: float = LOOK_EVERY,
        at_once: int = AT_ONCE,
    ) -> None:
        self._rulebook = rulebook
        self._digests = digests
        self._departed = departed
        self._catching_up = catching_up
        self._escalations = escalations
        self._look_every = look_every
        self._slots = asyncio.Semaphore(at_once)
        self._busy: set[str] = set()
        self._gathered: set[str] = set()
        """Rules for which something was gathered since they were looked after."""
        self._rests: dict[str, Rest] = {}
        self._looked_at: dict[str, float] = {}
        """When what is no rule's was looked after, by the loop's clock; not what is due."""
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self, rules: Collection[Rule]) -> None:
        """Have a look soon if what was gathered for these rules is due before the next one is made anyway."""
        self._gathered |= {rule.rule_id for rule in rules}
        if any(rule.digest_interval < self._look_every for rule in rules):
            self._woken.set()

    def stop(self) -> None:
        """See `Runs`."""
        self._stopping = True
        self._catching_up.stop()
        self._escalations.stop()
        self._woken.set()

    async def run(self) -> None:
        """See `Runs`. What is begun when it is told to stop is finished."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._woken.clear()
                for key, work in await self._work():
                    if key not in self._busy:
                        self._busy.add(key)
                        group.create_task(self._do(key, work))
                await self._rest(self._look_every)

    async def _work(self) -> list[tuple[str, Work]]:
        """Return what there is to look after now, by rule."""
        try:
            rules = await self._rulebook.all()
            departed = await self._departed.departed(await self._rulebook.ids())
        except Exception as error:  # noqa: BLE001 - what is pending stays so; the next look tries again
            log.warning("digests.not_looked_after", error=describe(error))
            rules, departed = [], []
        flushes = [(rule.rule_id, functools.partial(self._flush, rule)) for rule in rules if not self._rests_now(rule)]
        forgets = [(rule_id, functools.partial(self._forget, rule_id)) for rule_id in departed]
        others: list[tuple[str, Work]] = [(WAITING, self._catch_up), (ESCALATIONS, self._escalations.look)]
        return [*flushes, *forgets, *((key, work) for key, work in others if self._is_time_for(key))]

    def _rests_now(self, rule: Rule) -> bool:
        rest = self._rests.get(rule.rule_id)
        if rest is None or rest.version != rule.version or rest.until <= _now():
            return False
        return not (rest.gathered_ends_it and rule.rule_id in self._gathered)

    def _is_time_for(self, key: str) -> bool:
        """Return whether to look after what is no rule's: not each time that a rule brings a look forward."""
        now = _now()
        if now - self._looked_at.get(key, float("-inf")) < self._look_every / 2:
            return False
        self._looked_at[key] = now
        return True

    async def _flush(self, rule: Rule) -> float | None:
        """See `Digests.flush`. Of a thousand rules those for which nothing is due must not be read of every time."""
        self._gathered.discard(rule.rule_id)
        self._rests.pop(rule.rule_id, None)
        again_in = await self._digests.flush(rule)
        if again_in is None and rule.rule_id in self._gathered:
            return 0.0  # just after it was looked for
        self._let_rest(rule, again_in)
        return again_in

    def _let_rest(self, rule: Rule, again_in: float | None) -> None:
        """Leave a rule alone until there may be something to do.

        What is gathered for it later is due an interval later: it need not end a rest that is no longer than that.
        """
        prompt = rule.digest_interval < self._look_every
        longest = IDLE if again_in is None else min(again_in, IDLE, max(rule.digest_interval, self._look_every))
        early = 0.0 if again_in is None else self._look_every  # to see just before when exactly it is due
        self._rests[rule.rule_id] = Rest(
            rule.version, _now() + longest - early, gathered_ends_it=prompt or again_in is None
        )

    async def _forget(self, rule_id: str) -> float | None:
        self._rests.pop(rule_id, None)
        self._gathered.discard(rule_id)
        return await self._digests.forget(rule_id)

    async def _catch_up(self) -> float | None:
        return await self._catching_up.catch_up(self._rule_of)

    async def _rule_of(self, rule_id: str) -> Rule | None:
        found = next((rule for rule in await self._rulebook.all() if rule.rule_id == rule_id), None)
        try:
            return found or await self._rulebook.get(rule_id)
        except NotFoundError:
            return None

    async def _do(self, key: str, work: Work) -> None:
        """Look after a rule; trouble with one keeps no other waiting."""
        again_in = None
        try:
            async with self._slots:
                if not self._stopping:
                    again_in = await work()
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("digest.not_flushed", rule_id=key, error=describe(error))
        finally:
            self._busy.discard(key)
        if again_in is not None and again_in < self._look_every:
            asyncio.get_running_loop().call_later(again_in, self._look_again, key)

    def _look_again(self, key: str) -> None:
        """Look after something that is due."""
        self._rests.pop(key, None)
        self._looked_at.pop(key, None)
        self._woken.set()

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)


def _now() -> float:
    return asyncio.get_running_loop().time()
