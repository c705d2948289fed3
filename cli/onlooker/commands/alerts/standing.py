"""How far a message is that is told once more if nobody acknowledges it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from onlooker import words
from onlooker.commands.alerts.reasons import in_words


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody has seen to it, and what became of it if not."""

    state: Literal["awaited", "acknowledged", "escalated", "dropped"]
    words: str

    @property
    def awaited(self) -> bool:
        """Whether it still helps to acknowledge it."""
        return self.state in {"awaited", "escalated"}


def standing(delivery: Mapping[str, Any]) -> Standing | None:
    """Return how far the message of a delivery is; None if nobody has to acknowledge it."""
    if not delivery["escalation_id"]:
        return None
    told = delivery["standing"] or {}
    if done := told.get("acknowledged"):
        who = done["by"] or "the link in a mail"
        return Standing("acknowledged", f"acknowledged by {who}, {words.minute(done['at'])}")
    if escalated_at := told.get("escalated_at"):
        return Standing("escalated", f"acknowledged by nobody in time, escalated {words.minute(escalated_at)}")
    if dropped := told.get("dropped"):
        return Standing("dropped", f"acknowledged by nobody, and not escalated: {in_words(dropped)}")
    return Standing("awaited", "acknowledged by nobody yet")
