"""Messages that were sent, or refused. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from onlooker_console.alerts.decisions import WORDS


def latency(delivery: Mapping[str, Any]) -> float:
    """Return the seconds from when a message was complete until it was sent, or refused for good."""
    begun, settled = (datetime.fromisoformat(text) for text in (delivery["begun_at"], delivery["outcome"]["at"]))
    return max(0.0, (settled - begun).total_seconds())


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody has seen to a message that is told once more if nobody does."""

    short: str
    state: Literal["good", "warn", "bad", ""]
    words: str
    at: str | None = None
    awaited: bool = False
    """Whether it still helps to acknowledge it."""


def standing(delivery: Mapping[str, Any]) -> Standing | None:
    """Return how far a message is; None if nobody has to acknowledge it."""
    if not delivery.get("escalation_id"):
        return None
    told = delivery.get("standing") or {}
    if done := told.get("acknowledged"):
        by = f"by {done['by']}" if done["by"] else "by the link in a mail"
        return Standing("Seen to", "good", by, done["at"])
    if at := told.get("escalated_at"):
        return Standing("Escalated", "bad", "by nobody in time: told once more", at, awaited=True)
    if told.get("dropped"):
        why = WORDS.get(told["dropped"], str(told["dropped"]))
        return Standing("Not escalated", "", f"by nobody, and not told once more: {why[:1].lower()}{why[1:]}")
    return Standing("Not seen to yet", "warn", "by nobody yet", awaited=True)
