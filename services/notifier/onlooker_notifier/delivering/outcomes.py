"""How a try to deliver ends: pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from onlooker_notifier.channels import retries
from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.delivering.deliveries import Outcome
from onlooker_notifier.delivering.waiting import Job

SILENCED: Mapping[Reason, str] = {
    "deleted": "The rule was deleted while this waited for its channel",
    "disabled": "The rule was switched off while this waited for its channel",
    "muted": "The rule was muted while this waited for its channel",
}
"""Why what waited is not told any more, in words."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a delivery is."""

    settled: bool
    """Sent, refused or given up: there is nothing left to do."""
    again_in: float = 0.0
    """Seconds until it should be looked at again, by who asked; 0 where it is settled or waits in the table."""


SETTLED, WAITS = Progress(settled=True), Progress(settled=False)


@dataclass(frozen=True, slots=True)
class Postponed:
    """A channel did not take a message."""

    reason: str
    open_until: float | None
    """Until when its fuse is open, if it is."""
    tried: bool = True


def sent(message_id: str | None, answer: str, now: float) -> Outcome:
    """Return that a channel took a message."""
    return Outcome(status="sent", at=_moment(now), message_id=message_id, answer=answer or None)


def refused(reason: str, now: float) -> Outcome:
    """Return that a channel will never take it."""
    return Outcome(status="failed", at=_moment(now), reason=reason)


def silenced(reason: Reason, now: float) -> Outcome:
    """Return that it is not told any more."""
    return refused(f"{SILENCED[reason]}, it was not sent.", now)


def postponed(job: Job, how: Postponed, *, keep: float, pictures: int, now: float) -> Job | Outcome:
    """Return a delivery as it waits for its next try; or how it ended, if there is none.

    Args:
        job: the delivery.
        how: what came of this try.
        keep: seconds that it may wait in all.
        pictures: of how many it tells.
        now: epoch seconds.
    """
    attempts = job.attempts + how.tried
    next_at = retries.next_try(attempts=attempts, told_at=job.begun_at, now=now, keep=keep, open_until=how.open_until)
    if next_at is None:
        reason = _given_up(attempts, now - job.begun_at, how.reason)
        return Outcome(status="failed", at=_moment(now), reason=reason, given_up=True)
    changed = {"attempts": attempts, "next_at": next_at, "keep": keep, "reason": how.reason, "pictures": pictures}
    return job.model_copy(update=changed)


def _given_up(attempts: int, seconds: float, reason: str) -> str:
    tries = "1 try" if attempts == 1 else f"{attempts} tries"
    return f"Given up after {tries} in {timedelta(seconds=round(seconds))}: {reason}"


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
