"""Sends a message again that was sent, or refused, before: because somebody asks for it, and once for each request."""

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from pydantic import BaseModel, ConfigDict

from onlooker_notifier.channels.message import RefusedError
from onlooker_notifier.channels.sending import Channels, Target
from onlooker_notifier.channels.trying import Tried, Trying
from onlooker_notifier.delivering.deliveries import Deliveries, Delivery, Outcome
from onlooker_notifier.delivering.delivering import LEASE, MAILS
from onlooker_notifier.delivering.packing import unpacked
from onlooker_notifier.links.linking import Linking
from onlooker_notifier.metrics import DELIVERIES
from onlooker_notifier.rules.targets import Channel, EmailChannel, NamedChannel, SnsChannel
from onlooker_shared.claims import AlreadyDone, Claimed, Claims, InProgress
from onlooker_shared.errors import ConflictError, NotFoundError

BY_HAND = "It is not tried again by itself."

log = structlog.stdlib.get_logger(__name__)


class _Done(BaseModel):
    """What is remembered of a request."""

    model_config = ConfigDict(frozen=True)

    delivery_id: str
    begun_at: datetime
    outcome: Outcome


class Again:
    """Sends again. Any number of instances may do so at the same time.

    Args:
        claims: make a request be done once.
        channels: find the one that it went by.
        trying: sends while somebody waits.
        deliveries: has the message as it was sent, and records the new one.
        linking: makes the links of mails anew, as those that there were are kept nowhere; None: they have none.
        clock: epoch seconds.
    """

    def __init__(
        self,
        *,
        claims: Claims,
        channels: Channels,
        trying: Trying,
        deliveries: Deliveries,
        linking: Linking | None,
        clock: Callable[[], float],
    ) -> None:
        self._claims = claims
        self._channels = channels
        self._trying = trying
        self._deliveries = deliveries
        self._linking = linking
        self._clock = clock

    async def send(self, delivery_id: str, request_id: str) -> Delivery:
        """Send a message again by the same channel, and return the delivery that this is.

        The same request, made again, sends nothing and returns the same.

        Raises:
            NotFoundError: there is no such delivery (any more).
            ConflictError: its channel is gone, the message was not kept, or the request is being worked on.
        """
        found = await self._deliveries.find(delivery_id)
        if found is None:
            raise NotFoundError(f"There is no delivery {delivery_id} (any more).")
        first, message = found
        if not message:
            raise ConflictError("This message was not kept whole, so that it cannot be sent again as it was.")
        claim = await self._claims.claim(f"again:{delivery_id}:{request_id}", str(uuid.uuid4()), LEASE)
        if isinstance(claim, InProgress):
            raise ConflictError("This very request is being worked on: it is being sent. Look again in a moment.")
        if isinstance(claim, AlreadyDone):
            done = _Done.model_validate_json(claim.result)
        else:
            done = await self._send(first, message, claim, request_id)
        again = _recorded(first, done)
        await self._deliveries.record(again, message)  # if that was done already, it changes nothing
        return again

    async def _send(self, first: Delivery, message: str, claim: Claimed, request_id: str) -> _Done:
        begun = round(self._clock() * 1000)
        name = hashlib.sha256(f"again:{first.delivery_id}:{request_id}".encode()).hexdigest()[:16]
        delivery_id = f"{begun:013d}-{name}"
        try:
            target = await self._find(first)
            whole = unpacked(message, first, delivery_id)
        except ConflictError:
            await self._claims.give_back(claim)
            raise
        if self._linking is not None and target.type in MAILS:
            links = await self._linking.of(first.rule_id, first.escalation_id, delivery_id)
            whole = replace(whole, links=links)
        tried = await self._trying.take(target, whole)
        outcome = _outcome(tried, datetime.fromtimestamp(self._clock(), UTC))
        log.info("alert.sent_again", rule_id=first.rule_id, channel=target.type, status=outcome.status)
        DELIVERIES.labels(target.type, outcome.status).inc()
        done = _Done(delivery_id=delivery_id, begun_at=datetime.fromtimestamp(begun / 1000, UTC), outcome=outcome)
        await self._claims.complete(claim, done.model_dump_json())
        return done

    async def _find(self, first: Delivery) -> Target:
        channel = channel_of(first)
        try:
            if channel is not None:
                return await self._channels.find(channel)
        except RefusedError:
            pass  # as below
        raise ConflictError(
            f"The channel {first.channel_name or first.target} is gone, so that nothing can be sent by it."
            " What the rule tells from now on goes by the channels that it has now."
        )


def channel_of(delivery: Delivery) -> Channel | None:
    """Return by what a delivery went; None if it was gone already then."""
    if delivery.channel_id is not None:
        return NamedChannel(channel=delivery.channel_id)
    if delivery.channel == "email":
        return EmailChannel(type="email", to=delivery.target)
    return SnsChannel(type="sns", topic_arn=delivery.target) if delivery.channel == "sns" else None


def _recorded(first: Delivery, done: _Done) -> Delivery:
    return first.model_copy(
        update={
            "delivery_id": done.delivery_id,
            "outcome": done.outcome,
            "attempts": 1,
            "begun_at": done.begun_at,
            "again_of": first.again_of or first.delivery_id,
        }
    )


def _outcome(tried: Tried, now: datetime) -> Outcome:
    if tried.status == "sent":
        return Outcome(status="sent", at=now, message_id=tried.message_id, answer=tried.answer or None)
    reason = tried.answer if tried.status == "refused" else f"{tried.answer} {BY_HAND}"
    return Outcome(status="failed", at=now, reason=reason)
