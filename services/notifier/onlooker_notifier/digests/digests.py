"""Tells what was gathered: begins digests when they are due and has each channel deliver them, once."""

import asyncio
from collections.abc import Callable
from zoneinfo import ZoneInfo

from onlooker_notifier.deciding import due
from onlooker_notifier.deciding.decisions import Decided, Decision, moment
from onlooker_notifier.deciding.due import Course, Tally
from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.delivering.delivering import AT_ONCE, Delivering, Progress, RuleOf, all_of, job_of
from onlooker_notifier.delivering.waiting import Job
from onlooker_notifier.digests.gathering import Digest, Gathering
from onlooker_notifier.escalating.escalations import Escalations
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule


class Digests:
    """Delivers a rule's digests. Any number of instances may do so at the same time.

    Args:
        gathering: the pending notices.
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
        gathering: Gathering,
        delivering: Delivering,
        escalations: Escalations,
        decided: Decided,
        limit: int,
        zone: ZoneInfo,
        clock: Callable[[], float],
    ) -> None:
        self._gathering = gathering
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
        state = await self._gathering.state(rule.rule_id)
        digest = state.unfinished
        if digest is None:
            first = await self._gathering.pending(rule.rule_id, 1)
            if not first:
                return None
            wait = due.wait(rule, first[0].since, self._clock())
            if wait > 0:
                return wait
            pending = await self._gathering.pending(rule.rule_id, self._limit)
            now, tally = self._clock(), Tally.model_validate_json(state.tally or "{}")
            course = due.course(rule, first[0].since, now, tally, self._zone)
            digest = await self._gathering.begin(
                rule.rule_id,
                state,
                [each.notice_id for each in pending],
                course.model_dump_json(),
                (due.counted(tally, now, self._zone) if course.reason is None else tally).model_dump_json(),
            )
            if digest is None:
                return 0.0
        course = Course.of(digest.note)
        return await (
            self._deliver(rule, digest)
            if course.reason is None
            else self._drop(rule.rule_id, rule.name, digest, course.reason, course.until)
        )

    async def _deliver(self, rule: Rule, digest: Digest) -> float:
        if notices := await self._left(digest):
            slots = asyncio.Semaphore(AT_ONCE)

            async def deliver(job: Job) -> Progress:
                async with slots:
                    return await self._delivering.deliver(job, notices)

            jobs = [job_of(rule, digest, channel) for channel in rule.channels]
            await self._escalations.expect(rule, digest, jobs, notices)
            again_in = max((each.again_in for each in await all_of(map(deliver, jobs))), default=0.0)
            if again_in > 0:
                return again_in
        await self._gathering.finish(digest)
        return 0.0

    async def forget(self, rule_id: str) -> float | None:
        """Record that what waits for a rule that was deleted is not told, and forget it.

        Returns 0 if there may be more; None if nothing is pending.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer. Nothing is lost.
        """
        state = await self._gathering.state(rule_id)
        digest = state.unfinished
        if digest is None:
            pending = [each.notice_id for each in await self._gathering.pending(rule_id, self._limit)]
            if not pending:
                return None
            digest = await self._gathering.begin(rule_id, state, pending, tally=state.tally)
        return 0.0 if digest is None else await self._drop(rule_id, "", digest, "deleted", None)

    async def _left(self, digest: Digest) -> list[Notice]:
        """Return what is left to be told of a digest, without what was erased since it was begun.

        It is nothing if another instance settled it, and is just forgetting its notices.
        """
        notices = await self._gathering.notices_of(digest)
        if len(notices) < len(digest.notice_ids) and await self._gathering.finishing(digest):
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
        await self._gathering.finish(digest)
        return 0.0

    async def catch_up(self, rule_of: RuleOf | None = None) -> float | None:
        """See `Delivering.catch_up`."""
        return await self._delivering.catch_up(rule_of)
