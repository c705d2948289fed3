"""Delivers a digest by one channel, once: under a claim, if its fuse lets it, and later if it is not taken."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.channels.kinds import GoneSettings
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError, came_from
from onlooker_notifier.channels.sending import Channels, Target
from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.delivering import outcomes, packing
from onlooker_notifier.delivering.deliveries import Deliveries, Delivery, Outcome
from onlooker_notifier.delivering.messages import message_of
from onlooker_notifier.delivering.outcomes import SETTLED, WAITS, Postponed, Progress
from onlooker_notifier.delivering.waiting import Job, Waiting
from onlooker_notifier.links.linking import Linking
from onlooker_notifier.metrics import DELIVERIES
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.targets import Channel
from onlooker_shared.claims import AlreadyDone, Claimed, Claims, InProgress
from onlooker_shared.errors import describe

SEND_TIMEOUT = 45.0
"""Seconds from a claim until the channel must have taken the message."""
LEASE = timedelta(seconds=SEND_TIMEOUT + CLOCKS_DIFFER + 15)
"""How long a claim on one delivery holds, also by a clock that is ahead: else two would send."""
HELD = 10.0
"""Seconds that a claim is held after a channel did not take the message; less than until the next try."""
AT_ONCE = 16
"""Channels that are sent to at the same time, for one digest or among those that catch up."""
MAILS = frozenset({"email", "smtp"})
"""Kinds of channels whose messages one reader has, with links by which they may do something."""

log = structlog.stdlib.get_logger(__name__)


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
        ends_at = asyncio.get_running_loop().time() + SEND_TIMEOUT
        claim = await self._claims.claim(f"digest:{job.digest_id}:{job.channel.key}", str(uuid.uuid4()), LEASE)
        if isinstance(claim, InProgress):
            return Progress(settled=False, again_in=max(1.0, claim.until - self._clock()))
        target, gone = await self._find(job.channel)
        if isinstance(claim, AlreadyDone):
            await self._record(job, notices, target, Outcome.model_validate_json(claim.result))
            return SETTLED
        if unless is not None:
            return await self._settle(job, target, notices, claim, outcomes.silenced(unless, self._clock()))
        if gone is not None:
            log.warning("alert.refused", rule_id=job.rule_id, channel=target.type, code=gone.code)
            return await self._settle(job, target, notices, claim, outcomes.refused(gone.reason, self._clock()))
        return await self._try(job, target, notices, claim, ends_at)

    async def _find(self, channel: Channel) -> tuple[Target, RefusedError | None]:
        """Return a channel; one that is gone as it is shown, and with it why nothing can be sent by it."""
        try:
            return await self._channels.find(channel), None
        except RefusedError as error:
            return Target(channel.key, "channel", channel.key, GoneSettings()), error

    async def _try(
        self, job: Job, target: Target, notices: Sequence[Notice], claim: Claimed, ends_at: float
    ) -> Progress:
        tried = await self._tried(job, target, notices, ends_at)
        if tried is None:
            return Progress(settled=False, again_in=1.0)
        if isinstance(tried, Postponed):
            return await self._postpone(job, target, notices, claim, tried)
        progress = await self._settle(job, target, notices, claim, tried)  # before all else: nobody sends it again
        await self._fuses.succeeded(target.key)  # it answered
        return progress

    async def _tried(
        self, job: Job, target: Target, notices: Sequence[Notice], ends_at: float
    ) -> Outcome | Postponed | None:
        """Send; return what came of it. None: it got too late, and the claim may have lapsed before it were taken."""
        if (open_until := await self._fuses.open_until(target.key)) is not None:
            return Postponed(job.reason or "The channel kept failing and is left alone.", open_until, tried=False)
        message = await self._message(job, target, notices)
        if asyncio.get_running_loop().time() >= ends_at:
            log.warning("alert.too_late", rule_id=job.rule_id, channel=target.type)
            return None
        wait = 0.0
        try:
            async with asyncio.timeout_at(ends_at):
                receipt = await self._channels.send(target, message)
        except RefusedError as error:
            log.warning("alert.refused", rule_id=job.rule_id, channel=target.type, code=error.code)
            return outcomes.refused(error.reason, self._clock())
        except UnansweredError as error:
            reason, wait = error.reason, error.wait
        except (BotoCoreError, ClientError, TimeoutError) as error:
            reason = describe(error)
        except Exception as error:  # noqa: BLE001 - as any other failure; the log says where it comes from
            reason = type(error).__name__
            log.warning("channel.fault", channel=target.type, rule_id=job.rule_id, error=reason, where=came_from(error))
        else:
            _log_sent(job, target, notices, receipt)
            return outcomes.sent(receipt.message_id, receipt.answer, self._clock())
        fuse = await self._fuses.failed(target.key, reason, wait)
        return Postponed(reason, fuse.until)

    async def _settle(
        self, job: Job, target: Target, notices: Sequence[Notice], claim: Claimed, outcome: Outcome
    ) -> Progress:
        await self._claims.complete(claim, outcome.model_dump_json())
        DELIVERIES.labels(target.type, outcome.status).inc()
        await self._record(job, notices, target, outcome)
        return SETTLED

    async def _postpone(
        self, job: Job, target: Target, notices: Sequence[Notice], claim: Claimed, how: Postponed
    ) -> Progress:
        """Have a delivery wait for its next try, or settle it if there is none."""
        then = outcomes.postponed(job, how, keep=target.keep, pictures=len(notices), now=self._clock())
        said = {"rule_id": job.rule_id, "channel": target.type, "attempts": job.attempts + how.tried}
        if isinstance(then, Outcome):
            log.warning("alert.given_up", **said)
            return await self._settle(job, target, notices, claim, then)
        log.warning("alert.postponed", **said)
        DELIVERIES.labels(target.type, "postponed").inc()
        await self._waiting.put(then, None if job.next_at else notices)
        await self._claims.give_back(claim, timedelta(seconds=HELD))
        return WAITS

    async def _message(self, job: Job, target: Target, notices: Sequence[Notice]) -> Message:
        """Return a message as it is sent: with what its reader may do, where it has one."""
        message = message_of(job, notices, picture_url=self._picture_url, zone=self._zone)
        if self._linking is None or target.type not in MAILS:
            return message
        return replace(message, links=await self._linking.of(job.rule_id, job.escalation_id, job.delivery_id))

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


def _log_sent(job: Job, target: Target, notices: Sequence[Notice], receipt: Receipt) -> None:
    log.info("alert.sent", rule_id=job.rule_id, channel=target.type, message_id=receipt.message_id)
    for notice in notices:
        log.info(
            "picture.told" if notice.pictured else "watch.told",
            image_id=notice.image_id,
            channel=target.type,
            message_id=receipt.message_id,
        )
