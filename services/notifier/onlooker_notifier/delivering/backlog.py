"""What waits for a channel that does not take messages, and what it did not take in time."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.delivering.deliveries import Delivery
from onlooker_notifier.delivering.waiting import Job

SHOWN = 50
"""Messages that are told one by one, of either kind."""


class WaitingMessage(BaseModel):
    """A message that waits."""

    model_config = ConfigDict(frozen=True)

    delivery_id: str
    rule_id: str
    rule_name: str
    pictures: int
    begun_at: datetime = Field(description="When it was complete.")
    attempts: int = Field(description="Tries until now.")
    next_at: datetime = Field(description="When it is tried again.")
    kept_until: datetime = Field(description="When it is given up.")
    reason: str = Field(description="Why it was not taken the last time.")


class DroppedMessage(BaseModel):
    """A message that was given up."""

    model_config = ConfigDict(frozen=True)

    delivery_id: str
    rule_id: str
    rule_name: str
    pictures: int
    begun_at: datetime
    given_up_at: datetime
    reason: str | None


class Dropped(BaseModel):
    """What was given up."""

    model_config = ConfigDict(frozen=True)

    count: int
    pictures: int
    since: datetime | None = Field(
        description="Since when that was looked for: as far back as the 500 newest deliveries of all channels go."
        " null: since deliveries are kept."
    )
    messages: tuple[DroppedMessage, ...] = Field(description=f"The newest ones first, {SHOWN} at most.")


class Backlog(BaseModel):
    """What waits for a channel, and what was given up."""

    model_config = ConfigDict(frozen=True)

    count: int
    pictures: int
    next_at: datetime | None = Field(description="When the first of them is tried again; null if none waits.")
    messages: tuple[WaitingMessage, ...] = Field(description=f"In the order in which they are sent, {SHOWN} at most.")
    dropped: Dropped


def backlog(jobs: Sequence[Job], given_up: Sequence[Delivery], since: datetime | None) -> Backlog:
    """Return what waits for a channel.

    Args:
        jobs: those that wait for it, oldest first.
        given_up: what it did not take in time, newest first.
        since: how far back that was looked for.
    """
    return Backlog(
        count=len(jobs),
        pictures=sum(job.pictures for job in jobs),
        next_at=_moment(min(job.next_at for job in jobs)) if jobs else None,
        messages=tuple(map(_waiting, jobs[:SHOWN])),
        dropped=Dropped(
            count=len(given_up),
            pictures=sum(each.pictures for each in given_up),
            since=since,
            messages=tuple(map(_dropped, given_up[:SHOWN])),
        ),
    )


def _waiting(job: Job) -> WaitingMessage:
    return WaitingMessage(
        delivery_id=job.delivery_id,
        rule_id=job.rule_id,
        rule_name=job.rule_name,
        pictures=job.pictures,
        begun_at=_moment(job.begun_at),
        attempts=job.attempts,
        next_at=_moment(job.next_at),
        kept_until=_moment(job.begun_at + job.keep),
        reason=job.reason,
    )


def _dropped(delivery: Delivery) -> DroppedMessage:
    return DroppedMessage(
        delivery_id=delivery.delivery_id,
        rule_id=delivery.rule_id,
        rule_name=delivery.rule_name,
        pictures=delivery.pictures,
        begun_at=delivery.begun_at,
        given_up_at=delivery.outcome.at,
        reason=delivery.outcome.reason,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
