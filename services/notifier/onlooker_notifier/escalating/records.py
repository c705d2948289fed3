"""What is kept of a message that somebody is to acknowledge."""

import hashlib

from pydantic import BaseModel, ConfigDict

from onlooker_notifier.deciding.verdicts import Reason
from onlooker_notifier.rules.targets import Channel


class Expected(BaseModel):
    """A message that somebody is to acknowledge. It names no picture, so that it stays when one of them is erased."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    escalation_id: str
    rule_id: str
    rule_name: str
    subject: str | None = None
    """The rule's template of it, as it was then."""
    body: str | None = None
    delivery_ids: tuple[str, ...]
    """By every channel of the rule."""
    begun_at: float
    """When the message was complete, in epoch seconds."""
    counts_from: float
    """Since when it is waited."""


class Ending(BaseModel):
    """What became of a message that nobody acknowledged in time."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    at: float
    """Epoch seconds."""
    channels: tuple[Channel, ...] = ()
    """By what it was told once more."""
    within: float = 0.0
    """Seconds in which somebody should have acknowledged it."""
    dropped: Reason | None = None
    """Why it was not told once more, if it was not."""
    until: float | None = None
    """Until when that was so."""


def id_of(digest_id: str, begun_at: float) -> str:
    """Return what names a message however many channels it goes by; a digest has a picture in its id, this has not."""
    return f"{round(begun_at * 1000):013d}-{hashlib.sha256(f'message:{digest_id}'.encode()).hexdigest()[:16]}"
