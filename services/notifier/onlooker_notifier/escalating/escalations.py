"""Tells what nobody acknowledged once more, by the channels that a rule escalates to."""

import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import structlog

from onlooker_notifier.deciding.decisions import Decided, Decision, moment
from onlooker_notifier.delivering.deliveries import DeliveryPage
from onlooker_notifier.delivering.delivering import AT_ONCE, Delivering
from onlooker_notifier.delivering.outcomes import Progress
from onlooker_notifier.delivering.standing import Acknowledgement
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.escalating.decisions import Drop, Escalate, Wait, next_step
from onlooker_notifier.escalating.records import Ending, Expected, id_of
from onlooker_notifier.escalating.store import EscalationStore
from onlooker_notifier.gathering.records import Digest
from onlooker_notifier.notices import Notice
from onlooker_notifier.rests import Rests
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.targets import Channel
from onlooker_notifier.together import all_of
from onlooker_notifier.wording.local_time import LocalTime
from onlooker_shared.errors import ConflictError, NotFoundError

MOST_AT_A_TIME = 100
"""Messages that are settled in one look, at most."""

log = structlog.stdlib.get_logger(__name__)


class Escalations:
    """Escalates. Any number of instances may do so at the same time.

    Args:
        store: the messages that wait to be acknowledged.
        rulebook: the rules.
        delivering: delivers by one channel.
        decided: where it is recorded that something is not told.
        zone: the readers' time zone.
        clock: epoch seconds.
    """

    def __init__(
        self,
        *,
        store: EscalationStore,
        rulebook: Rulebook,
        delivering: Delivering,
        decided: Decided,
        zone: ZoneInfo,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._rulebook = rulebook
        self._delivering = delivering
        self._decided = decided
        self._zone = zone
        self._clock = clock
        self._rests = Rests()
        self._stopping = False

    def stop(self) -> None:
        """Escalate nothing else: other instances do, or this one when it starts again."""
        self._stopping = True

    async def expect(self, rule: Rule, digest: Digest, jobs: Sequence[Job], notices: Sequence[Notice]) -> None:
        """Wait for somebody to acknowledge a message that is about to be told, if its rule escalates.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer.
        """
        if rule.escalation is None or not jobs:
            return
        expected = Expected(
            escalation_id=id_of(digest.digest_id, digest.begun_at),
            rule_id=rule.rule_id,
            rule_name=rule.name,
            subject=rule.subject,
            body=rule.body,
            delivery_ids=tuple(job.delivery_id for job in jobs),
            begun_at=digest.begun_at,
            counts_from=self._clock(),
        )
        await self._store.expect(expected, notices)

    async def acknowledge(
        self, escalation_id: str, *, by: str | None, delivery_id: str | None
    ) -> Acknowledgement | None:
        """Note that somebody has seen to a message, also one that was escalated.

        Args:
            escalation_id: the message.
            by: whose access key it was; None: it was a link.
            delivery_id: by which of its deliveries.

        Returns the acknowledgement that counts, the first one; None: there is no such message (any more).
        """
        how = Acknowledgement(at=moment(self._clock()), by=by, delivery_id=delivery_id)
        counts = await self._store.acknowledge(escalation_id, how)
        if counts == how:
            log.info("alert.acknowledged", escalation_id=escalation_id, delivery_id=delivery_id)
        return counts

    async def shown(self, page: DeliveryPage) -> DeliveryPage:
        """Return deliveries with what became of their messages."""
        standings = await self._store.standings({each.escalation_id for each in page.deliveries if each.escalation_id})
        if not standings:
            return page
        shown = (
            each.model_copy(update={"standing": standings.get(each.escalation_id or "")}) for each in page.deliveries
        )
        return page.model_copy(update={"deliveries": tuple(shown)})

    async def look(self) -> float | None:
        """Escalate what is due. Returns the seconds until something may be; None if nothing waits.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer. Nothing is lost.
        """
        if (rest := self._rests.left()) > 0:
            return rest
        due: list[Expected] = []
        waits = float("inf")
        looked_at = 0
        async for expected, wait in self._all():
            looked_at += 1
            if wait is not None:
                waits = min(wait, waits)
            elif len(due) <= MOST_AT_A_TIME:  # one more than is settled, which says that there are more
                due.append(expected)
        settled = await all_of(self._settle, due[:MOST_AT_A_TIME], at_once=AT_ONCE)
        if len(due) > MOST_AT_A_TIME and None in settled:
            return 0.0
        self._rests.after(looked_at)
        soonest = min([waits, *(each for each in settled if each is not None)])
        return None if soonest == float("inf") else soonest

    async def _all(self) -> AsyncIterator[tuple[Expected, float | None]]:
        """Yield what waits, and for how long, by the rules as they are remembered; None: it seems to be due."""
        rules = {rule.rule_id: rule for rule in await self._rulebook.all()}
        known = await self._rulebook.ids()
        async for expected in self._store.each():
            rule = rules.get(expected.rule_id)
            if rule is None and expected.rule_id in known:
                continue  # it cannot be read: until somebody mends it, nothing is decided
            step = next_step(rule, expected.counts_from, self._clock())
            waits = isinstance(step, Wait) and step.counts_from == expected.counts_from
            yield expected, (step.seconds if isinstance(step, Wait) and waits else None)

    async def _settle(self, expected: Expected) -> float | None:
        """Do what is to be done now, by the rule as it is; return the seconds until there is more to do."""
        if self._stopping:
            return None
        standing = (await self._store.standings([expected.escalation_id])).get(expected.escalation_id)
        ending: Ending | None = None
        if standing is not None and standing.over:
            ending = await self._store.ending(expected.escalation_id)
        elif standing is not None and standing.acknowledged is None:
            try:
                rule = await self._rule(expected.rule_id)
            except ConflictError:
                return None  # it cannot be read: until somebody mends it, nothing is decided
            now = round(self._clock(), 3)
            step = next_step(rule, expected.counts_from, now)
            if isinstance(step, Wait):
                if step.counts_from != expected.counts_from:
                    await self._store.count_from(expected, step.counts_from)
                return step.seconds
            ending = await self._store.end(expected.escalation_id, _ending(step, now))
        if ending is not None and (again_in := await self._finish(expected, ending)) > 0:
            return again_in
        await self._store.remove(expected)
        return None

    async def _rule(self, rule_id: str) -> Rule | None:
        try:
            return await self._rulebook.get(rule_id)
        except NotFoundError:
            return None

    async def _finish(self, expected: Expected, ending: Ending) -> float:
        """Do as was decided, be it by another instance that is gone; return the seconds until it must be looked again.

        What was erased meanwhile is not told.
        """
        notices = await self._store.notices_of(expected)
        if not notices:
            return 0.0
        if ending.dropped is not None:
            await self._decided.record(expected.escalation_id, [_decision(expected, ending, notices)])
            return 0.0
        log.info("alert.escalated", rule_id=expected.rule_id, escalation_id=expected.escalation_id)

        async def deliver(channel: Channel) -> Progress:
            return await self._delivering.deliver(self._job(expected, ending, channel), notices)

        progress = await all_of(deliver, ending.channels, at_once=AT_ONCE)
        return max((each.again_in for each in progress), default=0.0)

    def _job(self, expected: Expected, ending: Ending, channel: Channel) -> Job:
        target = hashlib.sha256(f"{expected.escalation_id}:{channel.key}".encode()).hexdigest()[:16]
        return Job(
            delivery_id=f"{round(ending.at * 1000):013d}-{target}",
            digest_id=f"escalation:{expected.escalation_id}",
            rule_id=expected.rule_id,
            rule_name=expected.rule_name,
            subject=expected.subject,
            body=expected.body,
            channel=channel,
            begun_at=ending.at,
            remark=self._remark(expected, ending),
            escalation_id=expected.escalation_id,
            escalates=expected.delivery_ids,
        )

    def _remark(self, expected: Expected, ending: Ending) -> str:
        local = LocalTime(self._zone, moment(ending.at))
        told = local.moment(datetime.fromtimestamp(expected.begun_at, UTC)).removeprefix("at ")
        return f"Nobody acknowledged the message of {told.removeprefix('on ')} within {_lasting(ending.within)}."


def _ending(step: Escalate | Drop, now: float) -> Ending:
    if isinstance(step, Drop):
        return Ending(at=now, dropped=step.reason, until=step.until)
    return Ending(at=now, channels=step.by.channels, within=step.by.after)


def _decision(expected: Expected, ending: Ending, notices: Sequence[Notice]) -> Decision:
    assert ending.dropped is not None  # noqa: S101 - this one was
    return Decision(
        rule_id=expected.rule_id,
        rule_name=expected.rule_name if ending.dropped != "deleted" else "",
        decision="not_escalated",
        reason=ending.dropped,
        until=None if ending.until is None else moment(ending.until),
        image_ids=tuple(notice.image_id for notice in notices if notice.pictured),
        decided_at=moment(ending.at),
    )


def _lasting(seconds: float) -> str:
    """Return a length of time in words: "10 minutes", in the largest unit in which it is a whole number."""
    whole = round(seconds)
    size, name = next((size, name) for size, name in UNITS if whole % size == 0)
    return f"{whole // size} {name}{'' if whole == size else 's'}"


UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
