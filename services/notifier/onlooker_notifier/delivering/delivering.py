"""Delivers a digest by one channel, once: under a claim, if its fuse lets it, and later if it is not taken."""

import asyncio
import hashlib
import uuid
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier.channels import retries
from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.channels.kinds import GoneSettings
from onlooker_notifier.channels.message import Message, RefusedError, UnansweredError, came_from
from onlooker_notifier.channels.sending import Channels, Target
from onlooker_notifier.deciding import due
from onlooker_notifier.deciding.due import Course
from onlooker_notifier.deciding.verdicts import TELLS, Reason, Verdict
from onlooker_notifier.delivering import packing
from onlooker_notifier.delivering.deliveries import Deliveries, Delivery, Outcome
from onlooker_notifier.delivering.messages import message_of
from onlooker_notifier.delivering.metrics import DELIVERIES
from onlooker_notifier.delivering.waiting import Job, Waiting
from onlooker_notifier.digests.gathering import Digest
from onlooker_notifier.escalating.records import id_of
from onlooker_notifier.links.linking import Linking
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import Channel
from onlooker_shared.claims import AlreadyDone, Claimed, Claims, InProgress
from onlooker_shared.errors import ConflictError, describe

SEND_TIMEOUT = 45.0
"""Seconds that a channel may take."""
LEASE = timedelta(seconds=60)
"""How long a claim on one delivery holds: longer than a channel may take, for else two would send."""
HELD = 10.0
"""Seconds that a claim is held after a channel did not take the message; less than until the next try."""

MAILS = frozenset({"email", "smtp"})
"""Kinds of channels whose messages one reader has, with links by which they may do something."""
AT_ONCE = 16
"""Channels that are sent to at the same time, for one digest or among those that catch up."""

MOST_IN_LINE = 100
"""Deliveries of one channel that are looked after in one go, in their order."""

SILENCED: Mapping[Reason, str] = {
    "deleted": "The rule was deleted while this waited for its channel",
    "disabled": "The rule was switched off while this waited for its channel",
    "muted": "The rule was muted while this waited for its channel",
}
"""Why what waited is not told any more, in words."""

RuleOf = Callable[[str], Awaitable[Rule | None]]
"""Returns a rule as it is, None if it was deleted; raises ConflictError if it cannot be read."""
T = TypeVar("T")

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a delivery is."""

    settled: bool
    """Sent, refused or given up: there is nothing left to do."""
    again_in: float = 0.0
    """Seconds until it should be looked at again, by who asked; 0 where it is settled or waits in the table."""


SETTLED, WAITS = Progress(settled=True), Progress(settled=False)


@dataclass(frozen=True, slots=True)
class _Postponed:
    """A channel did not take a message."""

    reason: str
    open_until: float | None
    """Until when its fuse is open, if it is."""
    tried: bool = True


class Delivering:
    """Delivers. Any number of instances may do so at the same time.

    Args:
        claims: make a delivery happen once.
        channels: take the messages.
        fuses: which channels are left alone.
        waiting: where a delivery is put that a channel did not take.
        deliveries: where what happened is recorded.
        linking: makes the links of mails; None: they have none.
        picture_url: what messages link to, with `{image_id}` for the id.
        zone: the readers' time zone.
        clock: epoch seconds.
    """

    def __init__(
        self,
        *,
        claims: Claims,
        channels: Channels,
        fuses: Fuses,
        waiting: Waiting,
        deliveries: Deliveries,
        linking: Linking | None,
        picture_url: str | None,
        zone: ZoneInfo,
        clock: Callable[[], float],
    ) -> None:
        self._claims = claims
        self._channels = channels
        self._fuses = fuses
        self._waiting = waiting
        self._deliveries = deliveries
        self._linking = linking
        self._picture_url = picture_url
        self._zone = zone
        self._clock = clock

    async def deliver(self, job: Job, notices: Sequence[Notice], *, unless: Reason | None = None) -> Progress:
        """Deliver, or have it wait for the channel.

        Args:
            job: what by which channel.
            notices: what it tells of.
            unless: why it is not told any more; then that is how it ended, unless it was told already.

        Raises:
            botocore.exceptions.BotoCoreError, ClientError: DynamoDB does not answer. Nothing is lost.
        """
        claim = await self._claims.claim(f"digest:{job.digest_id}:{job.channel.key}", str(uuid.uuid4()), LEASE)
        if isinstance(claim, InProgress):
            return Progress(settled=False, again_in=max(1.0, claim.until - self._clock()))
        if isinstance(claim, AlreadyDone):
            outcome = Outcome.model_validate_json(claim.result)
            await self._record(job, notices, await self._shown(job.channel), outcome)
            return SETTLED
        if unless is not None:
            target = await self._shown(job.channel)
            outcome = Outcome(status="failed", at=self._now(), reason=f"{SILENCED[unless]}, it was not sent.")
            return await self._settle(job, target, notices, claim, outcome)
        return await self._try(job, notices, claim)

    async def catch_up(self, rule_of: RuleOf | None = None) -> float | None:
        """Deliver what waits for its channel and is due; each channel's in their order, all channels at the same time.

        Args:
            rule_of: finds rules, which may have been deleted or fallen silent; None: they did not.

        Returns the seconds until something else is due; None if nothing is.
        """
        now = self._clock()
        lines: dict[str, list[Job]] = defaultdict(list)
        later: list[float] = []
        async for job in self._waiting.each():
            line, due_in = lines[job.channel.key], retries.due_in(job.next_at, now)
            if due_in > 0:
                later = [min([due_in, *later])]
            elif len(line) <= MOST_IN_LINE:  # one more than is looked after, which says that there are more
                line.append(job)
        slots = asyncio.Semaphore(AT_ONCE)

        async def catch_up(line: Sequence[Job]) -> bool:
            async with slots:
                for job in line[:MOST_IN_LINE]:
                    if not await self._catch_up(job, TELLS if rule_of is None else await self._still(job, rule_of)):
                        return False  # the others wait for it, or are due themselves soon
            return len(line) > MOST_IN_LINE

        go_on = await all_of(catch_up(line) for line in lines.values())
        return 0.0 if any(go_on) else min(later, default=None)

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
        notices = await self._waiting.notices_of(job)
        unless = None if verdict.tells else verdict.reason
        if notices and not (await self.deliver(job, notices, unless=unless)).settled:
            return False
        await self._waiting.remove(job)
        return True

    async def _try(self, job: Job, notices: Sequence[Notice], claimed: Claimed) -> Progress:
        target = await self._shown(job.channel)
        outcome: Outcome | _Postponed | None
        try:
            outcome = await self._send(job, await self._channels.find(job.channel), notices)
        except RefusedError as error:
            log.warning("alert.refused", rule_id=job.rule_id, channel=target.type, code=error.code)
            outcome = Outcome(status="failed", at=self._now(), reason=error.reason)
        if isinstance(outcome, _Postponed):
            outcome = await self._postpone(job, target, notices, outcome)
        if outcome is None:
            await self._claims.claim(claimed.claim_id, claimed.token, timedelta(seconds=HELD))
            return WAITS
        return await self._settle(job, target, notices, claimed, outcome)

    async def _settle(
        self, job: Job, target: Target, notices: Sequence[Notice], claimed: Claimed, outcome: Outcome
    ) -> Progress:
        DELIVERIES.labels(target.type, outcome.status).inc()
        await self._claims.complete(claimed, outcome.model_dump_json())
        await self._record(job, notices, target, outcome)
        return SETTLED

    async def _send(self, job: Job, target: Target, notices: Sequence[Notice]) -> Outcome | _Postponed:
        open_until = await self._fuses.open_until(target.key)
        if open_until is not None:
            return _Postponed(job.reason or "The channel kept failing and is left alone.", open_until, tried=False)
        message = await self._linked(
            job, target, message_of(job, notices, picture_url=self._picture_url, zone=self._zone)
        )
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                receipt = await self._channels.send(target, message)
        except UnansweredError as error:
            reason = error.reason
        except (BotoCoreError, ClientError, TimeoutError) as error:
            reason = describe(error)
        except RefusedError:
            await self._fuses.succeeded(target.key)  # it answered
            raise
        except Exception as error:  # noqa: BLE001 - as any other failure; the log says where it comes from
            reason = type(error).__name__
            log.warning("channel.fault", channel=target.type, rule_id=job.rule_id, error=reason, where=came_from(error))
        else:
            await self._fuses.succeeded(target.key)
            log.info("alert.sent", rule_id=job.rule_id, channel=target.type, message_id=receipt.message_id)
            for notice in notices:
                log.info(
                    "picture.told" if notice.pictured else "watch.told",
                    image_id=notice.image_id,
                    channel=target.type,
                    message_id=receipt.message_id,
                )
            return Outcome(status="sent", at=self._now(), message_id=receipt.message_id, answer=receipt.answer or None)
        fuse = await self._fuses.failed(target.key, reason)
        return _Postponed(reason, fuse.until)

    async def _postpone(
        self, job: Job, target: Target, notices: Sequence[Notice], postponed: _Postponed
    ) -> Outcome | None:
        """Have a delivery wait for its next try; return how it ended if there is none."""
        attempts, now = job.attempts + postponed.tried, self._clock()
        next_at = retries.next_try(
            attempts=attempts, told_at=job.begun_at, now=now, keep=target.keep, open_until=postponed.open_until
        )
        log.warning(
            "alert.postponed" if next_at else "alert.given_up",
            rule_id=job.rule_id,
            channel=target.type,
            attempts=attempts,
        )
        if next_at is None:
            reason = _given_up(attempts, now - job.begun_at, postponed.reason)
            return Outcome(status="failed", at=self._now(), reason=reason, given_up=True)
        DELIVERIES.labels(target.type, "postponed").inc()
        again = job.model_copy(
            update={
                "attempts": attempts,
                "next_at": next_at,
                "keep": target.keep,
                "reason": postponed.reason,
                "pictures": len(notices),
            }
        )
        await self._waiting.put(again, None if job.next_at else notices)
        return None

    async def _linked(self, job: Job, target: Target, message: Message) -> Message:
        """Return a message with what its reader may do, where it has one."""
        if self._linking is None or target.type not in MAILS:
            return message
        return replace(message, links=await self._linking.of(job.rule_id, job.escalation_id, job.delivery_id))

    async def _shown(self, channel: Channel) -> Target:
        """Return a channel as it is shown, also one that is gone."""
        try:
            return await self._channels.find(channel)
        except RefusedError:
            return Target(channel.key, "channel", channel.key, GoneSettings())

    async def _record(self, job: Job, notices: Sequence[Notice], target: Target, outcome: Outcome) -> None:
        """Record how a delivery ended; if that was done already, it changes nothing."""
        message = message_of(job, notices, picture_url=self._picture_url, zone=self._zone)
        await self._deliveries.record(
            Delivery(
                delivery_id=job.delivery_id,
                rule_id=job.rule_id,
                rule_name=job.rule_name,
                channel=target.type,
                channel_id=target.channel_id,
                channel_name=target.name,
                target=target.target,
                outcome=outcome,
                attempts=job.attempts + 1,
                pictures=len(notices),
                image_ids=tuple(notice.image_id for notice in notices if notice.pictured),
                subject=message.letter.subject,
                text=message.letter.text,
                begun_at=message.told_at,
                escalation_id=job.escalation_id,
                escalates=job.escalates,
            ),
            packing.packed(message),
        )

    def _now(self) -> datetime:
        return _moment(self._clock())


def job_of(rule: Rule, digest: Digest, channel: Channel) -> Job:
    """Return the delivery of a digest by a channel; its id is the same however often it is made."""
    target = hashlib.sha256(f"{digest.digest_id}:{channel.key}".encode()).hexdigest()[:16]
    return Job(
        delivery_id=f"{round(digest.begun_at * 1000):013d}-{target}",
        digest_id=digest.digest_id,
        rule_id=rule.rule_id,
        rule_name=rule.name,
        subject=rule.subject,
        body=rule.body,
        channel=channel,
        begun_at=digest.begun_at,
        remark=Course.of(digest.note).remark,
        escalation_id=None if rule.escalation is None else id_of(digest.digest_id, digest.begun_at),
    )


async def all_of(some: Iterable[Awaitable[T]]) -> list[T]:
    """Await all, to the end; then raise the first error, if there was one."""
    done = await asyncio.gather(*some, return_exceptions=True)
    for each in done:
        if isinstance(each, BaseException):
            raise each
    return [each for each in done if not isinstance(each, BaseException)]


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _given_up(attempts: int, seconds: float, reason: str) -> str:
    tries = "1 try" if attempts == 1 else f"{attempts} tries"
    return f"Given up after {tries} in {timedelta(seconds=round(seconds))}: {reason}"
