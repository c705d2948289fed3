"""Tells what was gathered: begins digests when they are due and has each channel deliver them, once."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from onlooker_notifier.deciding import due
from onlooker_notifier.deciding.decisions import Decided, Decision, moment
from onlooker_notifier.deciding.due import Course, Tally
from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.delivering.delivering import AT_ONCE, Delivering
from onlooker_notifier.delivering.outcomes import Progress
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.digests.jobs import jobs_of
from onlooker_notifier.digests.store import DigestStore
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.gathering.records import Digest, Pending, State
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.together import all_of


class Digests:
    """Delivers a rule's digests. Any number of instances may do so at the same time.

    Args:
        store: the digests, and the notices that wait for one.
        delivering: delivers by one channel.
        escalations: waits for somebody to acknowledge what is told.
        decided: where it is recorded that a digest is not told.
        limit: pictures in one message at most; more make another message at once.
        zone: where a day begins for rules that may send so many messages a day.
        clock: epoch seconds.
    """

    def __init__(
        self,
        *,
        store: DigestStore,
        delivering: Delivering,
        escalations: Escalations,
        decided: Decided,
        limit: int,
        zone: ZoneInfo,
        clock: Callable[[], float],
    ) -> None:
        self._store = store
        self._delivering = delivering
        self._escalations = escalations
        self._decided = decided
        self._limit = limit
        self._zone = zone
        self._clock = clock

    async def flush(self, rule: Rule) -> float | None:
        """Deliver a rule's digest if one is due or unfinished.

        Returns the seconds after which it is worth while to call again; None if nothing is pending.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer. Nothing is lost.
        """
        state = await self._store.state(rule.rule_id)
        digest = state.unfinished
        if digest is None:
            first = await self._store.pending(rule.rule_id, 1)
            if not first:
                return None
            wait = due.wait(rule, first[0].since, self._clock())
            if wait > 0:
                return wait
            digest = await self._begin(rule, state, first[0])
        if digest is None:
            return 0.0
        course = Course.of(digest.note)
        if course.reason is not None:
            return await self._drop(rule.rule_id, rule.name, digest, course.reason, course.until)
        return await self._deliver(rule, digest)

    async def _begin(self, rule: Rule, state: State, first: Pending) -> Digest | None:
        """Begin a digest that is due, and decide what becomes of it; None if another instance was first."""
        pending = await self._store.pending(rule.rule_id, self._limit)
        now, tally = self._clock(), Tally.model_validate_json(state.tally or "{}")
        course = due.course(rule, first.since, now, tally, self._zone)
        if course.reason is None:
            tally = due.counted(tally, now, self._zone)
        notice_ids = [each.notice_id for each in pending]
        return await self._store.begin(
            rule.rule_id, state, notice_ids, course.model_dump_json(), tally.model_dump_json()
        )

    async def _deliver(self, rule: Rule, digest: Digest) -> float:
        jobs = jobs_of(rule, digest)
        if not jobs:  # all its channels were taken from it
            return await self._drop(rule.rule_id, rule.name, digest, "disabled", None)
        if notices := await self._left(digest):
            await self._escalations.expect(rule, digest, jobs, notices)

            async def deliver(job: Job) -> Progress:
                return await self._delivering.deliver(job, notices)

            again_in = max(each.again_in for each in await all_of(deliver, jobs, at_once=AT_ONCE))
            if again_in > 0:
                return again_in
        await self._store.finish(digest)
        return 0.0

    async def forget(self, rule_id: str) -> float | None:
        """Record that what waits for a rule that was deleted is not told, and forget it.

        Returns 0 if there may be more; None if nothing is pending.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer. Nothing is lost.
        """
        state = await self._store.state(rule_id)
        digest = state.unfinished
        if digest is None:
            pending = [each.notice_id for each in await self._store.pending(rule_id, self._limit)]
            if not pending:
                return None
            digest = await self._store.begin(rule_id, state, pending, tally=state.tally)
        return 0.0 if digest is None else await self._drop(rule_id, "", digest, "deleted", None)

    async def _left(self, digest: Digest) -> list[Notice]:
        """Return what is left to be told of a digest, without what was erased since it was begun.

        It is nothing if another instance settled it, and is just forgetting its notices.
        """
        notices = await self._store.notices_of(digest)
        if len(notices) < len(digest.notice_ids) and await self._store.finishing(digest):
            return []
        return notices

    async def _drop(self, rule_id: str, rule_name: str, digest: Digest, reason: Reason, until: float | None) -> float:
        """Record that a digest is not told, and forget it."""
        if notices := await self._left(digest):
            decision = Decision(
                rule_id=rule_id,
                rule_name=rule_name,
                decision="not_told",
                reason=reason,
                until=None if until is None else moment(until),
                image_ids=tuple(notice.image_id for notice in notices if notice.pictured),
                decided_at=moment(digest.begun_at),
            )
            await self._decided.record(digest.digest_id, [decision])
        await self._store.finish(digest)
        return 0.0
