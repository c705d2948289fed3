"""The worker that looks after all rules' digests, and after what waits for its channel."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Collection

import structlog

from onlooker_notifier.deciding.departed import Departed
from onlooker_notifier.digests.digests import Digests
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_shared.errors import NotFoundError, describe

LOOK_EVERY = 5.0
"""Seconds between two looks; what is gathered and due sooner brings the next one forward."""
IDLE = 60.0
"""Seconds until a rule is looked after again for which nothing waited. What is gathered for it by this instance brings
that forward; what another one gathered, that one looks after, unless it was killed."""
AT_ONCE = 16
"""Rules that are worked on at the same time: one whose channel hangs delays no other."""
WAITING = ""
"""No rule's id: what waits for its channel is looked after as if it were a rule's."""
ESCALATIONS = "*"
"""Likewise what nobody acknowledged yet."""

log = structlog.stdlib.get_logger(__name__)


class DigestWorker:
    """Looks after all rules' digests until stopped: an `onlooker_shared.service.Runs`."""

    def __init__(
        self,
        rulebook: Rulebook,
        digests: Digests,
        departed: Departed,
        escalations: Escalations,
        *,
        look_every: float = LOOK_EVERY,
        at_once: int = AT_ONCE,
    ) -> None:
        self._rulebook = rulebook
        self._digests = digests
        self._departed = departed
        self._escalations = escalations
        self._look_every = look_every
        self._slots = asyncio.Semaphore(at_once)
        self._busy: set[str] = set()
        self._gathered: set[str] = set()
        """Rules for which something was gathered since they were looked after."""
        self._idle: dict[str, float] = {}
        """Until when, by the loop's clock, rules need not be looked after."""
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
        self._woken.set()

    async def run(self) -> None:
        """See `Runs`. What is begun when it is told to stop is finished."""
        async with asyncio.TaskGroup() as group:
            while not self._stopping:
                self._woken.clear()
                for rule_id, work in await self._work():
                    if rule_id not in self._busy:
                        self._busy.add(rule_id)
                        group.create_task(self._do(rule_id, work))
                await self._rest(self._look_every)

    async def _work(self) -> list[tuple[str, Callable[[], Awaitable[float | None]]]]:
        """Return what there is to look after, by rule."""
        try:
            rules = await self._rulebook.all()
            departed = await self._departed.departed(await self._rulebook.ids())
        except Exception as error:  # noqa: BLE001 - what is pending stays so; the next look tries again
            log.warning("digests.not_looked_after", error=describe(error))
            rules, departed = [], []
        now = asyncio.get_running_loop().time()
        self._idle = {rule_id: until for rule_id, until in self._idle.items() if until > now}
        due = [rule for rule in rules if rule.rule_id in self._gathered or rule.rule_id not in self._idle]
        flushes = [(rule.rule_id, functools.partial(self._flush, rule)) for rule in due]
        forgets = [(rule_id, functools.partial(self._digests.forget, rule_id)) for rule_id in departed]
        return [*flushes, *forgets, (WAITING, self._catch_up), (ESCALATIONS, self._escalations.look)]

    async def _flush(self, rule: Rule) -> float | None:
        """See `Digests.flush`. A thousand rules for which nothing waits must not cost a thousand reads every time."""
        self._gathered.discard(rule.rule_id)
        again_in = await self._digests.flush(rule)
        if again_in is None and rule.rule_id not in self._gathered:
            self._idle[rule.rule_id] = asyncio.get_running_loop().time() + IDLE
        return again_in

    async def _catch_up(self) -> float | None:
        return await self._digests.catch_up(self._rule_of)

    async def _rule_of(self, rule_id: str) -> Rule | None:
        found = next((rule for rule in await self._rulebook.all() if rule.rule_id == rule_id), None)
        try:
            return found or await self._rulebook.get(rule_id)
        except NotFoundError:
            return None

    async def _do(self, rule_id: str, work: Callable[[], Awaitable[float | None]]) -> None:
        """Look after a rule; trouble with one keeps no other waiting."""
        again_in = None
        try:
            async with self._slots:
                if not self._stopping:
                    again_in = await work()
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("digest.not_flushed", rule_id=rule_id, error=describe(error))
        finally:
            self._busy.discard(rule_id)
        if again_in is not None and again_in < self._look_every:
            asyncio.get_running_loop().call_later(again_in, self._woken.set)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)
