"""Tells what was gathered: begins digests when they are due and has each channel deliver them, once."""

import asyncio
import contextlib
import hashlib
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from botocore.exceptions import BotoCoreError, ClientError

from onlooker_notifier import decisions, letters
from onlooker_notifier.channels import Channels, RefusedError
from onlooker_notifier.deliveries import Deliveries, Delivery, Outcome
from onlooker_notifier.gathering import Digest, Gathering
from onlooker_notifier.letters import Letter
from onlooker_notifier.metrics import DELIVERIES
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Rulebook
from onlooker_notifier.rules.targets import Channel
from onlooker_shared.claims import AlreadyDone, Claimed, Claims, InProgress
from onlooker_shared.errors import describe

LOOK_EVERY = 5.0
"""Seconds between two looks; what is gathered and due sooner brings the next one forward."""
SEND_TIMEOUT = 45.0
"""Seconds that a channel may take."""
LEASE = timedelta(seconds=60)
"""How long a claim on one delivery holds: longer than a channel may take, for else two would send."""
RETRY_AFTER = 15.0
"""Seconds until a channel that did not answer is tried again."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Policy:
    """How digests are made."""

    limit: int
    """Pictures in one message at most; more make another message at once."""
    picture_url: str | None
    """What messages link to, with `{image_id}` for the id."""
    retry_after: float = RETRY_AFTER
    lease: timedelta = LEASE


class Digests:
    """Delivers a rule's digests. Any number of instances may do so at the same time.

    Args:
        gathering: the pending notices.
        claims: make a delivery happen once.
        channels: take the letters.
        deliveries: where what happened is recorded.
        policy: how digests are made.
        clock: epoch seconds.
    """

    def __init__(
        self,
        *,
        gathering: Gathering,
        claims: Claims,
        channels: Channels,
        deliveries: Deliveries,
        policy: Policy,
        clock: Callable[[], float],
    ) -> None:
        self._gathering = gathering
        self._claims = claims
        self._channels = channels
        self._deliveries = deliveries
        self._policy = policy
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
            wait = decisions.wait(rule, first[0].since, self._clock())
            if wait > 0:
                return wait
            pending = await self._gathering.pending(rule.rule_id, self._policy.limit)
            digest = await self._gathering.begin(rule.rule_id, state, [each.notice_id for each in pending])
            if digest is None:
                return 0.0
        return await self._deliver(rule, digest)

    async def _deliver(self, rule: Rule, digest: Digest) -> float:
        notices = await self._gathering.notices_of(digest)
        if len(notices) == len(digest.notice_ids):  # else another instance delivered it and is just finishing it
            letter = letters.write(notices, rule_name=rule.name, picture_url=self._policy.picture_url)
            waits = [await self._deliver_by(channel, rule, digest, notices, letter) for channel in rule.channels]
            if any(waits):
                return max(waits)
        await self._gathering.finish(digest)
        return 0.0

    async def _deliver_by(
        self, channel: Channel, rule: Rule, digest: Digest, notices: Sequence[Notice], letter: Letter
    ) -> float:
        """Deliver by one channel; return 0 if that is settled, or the seconds until it should be tried again."""
        claim_id = f"digest:{digest.digest_id}:{channel.type}:{channel.target}"
        claim = await self._claims.claim(claim_id, str(uuid.uuid4()), self._policy.lease)
        if isinstance(claim, InProgress):
            return max(1.0, claim.until - self._clock())
        if isinstance(claim, AlreadyDone):
            outcome: Outcome | None = Outcome.model_validate_json(claim.result)
        else:
            outcome = await self._send(channel, rule, notices, letter, claim)
        if outcome is None:
            return self._policy.retry_after
        await self._deliveries.record(_delivery(channel, rule, digest, notices, letter, outcome))
        return 0.0

    async def _send(
        self, channel: Channel, rule: Rule, notices: Sequence[Notice], letter: Letter, claimed: Claimed
    ) -> Outcome | None:
        """Send a letter under a claim; None if the channel does not answer: the claim then holds until the next try."""
        try:
            async with asyncio.timeout(SEND_TIMEOUT):
                message_id = await self._channels.send(channel, letter)
        except RefusedError as error:
            outcome = Outcome(status="failed", at=self._now(), reason=error.reason)
            log.warning("alert.refused", rule_id=rule.rule_id, channel=channel.type, code=error.code)
        except (BotoCoreError, ClientError, TimeoutError) as error:
            log.warning("alert.postponed", rule_id=rule.rule_id, channel=channel.type, error=describe(error))
            DELIVERIES.labels(channel.type, "postponed").inc()
            await self._claims.claim(claimed.claim_id, claimed.token, timedelta(seconds=self._policy.retry_after))
            return None
        else:
            outcome = Outcome(status="sent", at=self._now(), message_id=message_id)
            log.info("alert.sent", rule_id=rule.rule_id, channel=channel.type, message_id=message_id)
            for notice in notices:
                log.info("picture.told", image_id=notice.image_id, channel=channel.type, message_id=message_id)
        DELIVERIES.labels(channel.type, outcome.status).inc()
        await self._claims.complete(claimed, outcome.model_dump_json())
        return outcome

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)


class DigestWorker:
    """Looks after all rules' digests until stopped: an `onlooker_shared.service.Runs`."""

    def __init__(self, rulebook: Rulebook, digests: Digests, *, look_every: float = LOOK_EVERY) -> None:
        self._rulebook = rulebook
        self._digests = digests
        self._look_every = look_every
        self._woken = asyncio.Event()
        self._stopping = False

    def wake(self, rules: Iterable[Rule]) -> None:
        """Have a look soon if what was gathered for these rules is due before the next one is made anyway."""
        if any(rule.digest_interval < self._look_every for rule in rules):
            self._woken.set()

    def stop(self) -> None:
        """See `Runs`."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """See `Runs`."""
        while not self._stopping:
            self._woken.clear()
            wait = await self._look()
            if not self._stopping:
                await self._rest(wait)

    async def _look(self) -> float:
        """Flush every rule; return the seconds until the next look."""
        wait = self._look_every
        try:
            for rule in await self._rulebook.all():
                if self._stopping:
                    break
                wait = min(wait, await self._flush(rule))
        except Exception as error:  # noqa: BLE001 - what is pending stays so; the next look tries again
            log.warning("digests.not_looked_after", error=describe(error))
        return wait

    async def _flush(self, rule: Rule) -> float:
        """Flush a rule; trouble with one keeps no other waiting."""
        try:
            wait = await self._digests.flush(rule)
        except Exception as error:  # noqa: BLE001 - as above
            log.warning("digest.not_flushed", rule_id=rule.rule_id, error=describe(error))
            wait = None
        return self._look_every if wait is None else wait

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), seconds)


def _delivery(
    channel: Channel, rule: Rule, digest: Digest, notices: Sequence[Notice], letter: Letter, outcome: Outcome
) -> Delivery:
    """Return the record of a delivery; its id is the same however often it is made."""
    target = hashlib.sha256(f"{digest.digest_id}:{channel.type}:{channel.target}".encode()).hexdigest()[:16]
    return Delivery(
        delivery_id=f"{round(digest.begun_at * 1000):013d}-{target}",
        rule_id=rule.rule_id,
        rule_name=rule.name,
        channel=channel.type,
        target=channel.target,
        outcome=outcome,
        pictures=len(notices),
        image_ids=tuple(notice.image_id for notice in notices),
        subject=letter.subject,
        text=letter.text,
        begun_at=datetime.fromtimestamp(digest.begun_at, UTC),
    )
