"""Why nothing was told, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SHOWN = 6
"""Pictures of a decision that are shown, at most."""
WORDS = {
    "cooling_down": "The same was told shortly before",
    "disabled": "The rule was off",
    "muted": "The rule was muted",
    "deleted": "The rule was deleted while it waited for the next message",
    "daily_limit": "As many messages were sent as a day may have",
    "quiet_hours": "It came in quiet hours",
    "not_escalated": "The rule does not escalate any more",
}
"""By the notifier's names; of others, that name is shown."""
STATES = {"not_told": "Not told", "held": "Told later", "not_escalated": "Not escalated"}
"""What became of it, by the notifier's names. What was not escalated was told, and nobody acknowledged it."""
UNTIL = {"cooling_down": "not again before", "quiet_hours": "told after", "daily_limit": "again from"}


@dataclass(frozen=True, slots=True)
class Untold:
    """What a rule did not tell, or not at once.

    Attributes:
        rule_id: the rule's.
        rule: its name, as it was then.
        gone: whether it was deleted.
        state: what became of it, in words.
        held: whether it is told later.
        why: in words.
        until: until when that is so, if it ends; `until_words` come before it.
        pictures: that it is about; `more` that are not among them.
        at: when it was decided.
    """

    rule_id: str
    rule: str
    gone: bool
    state: str
    held: bool
    why: str
    until: str | None
    until_words: str
    pictures: tuple[str, ...]
    more: int
    at: str


def untold(decision: Mapping[str, Any], names: Mapping[str, str]) -> Untold:
    """Return a decision as it is shown.

    Args:
        decision: the notifier's.
        names: of the rules that there are, by their ids.
    """
    reason, rule_id, image_ids = decision["reason"], decision["rule_id"], decision["image_ids"]
    why = WORDS.get(reason, str(reason).replace("_", " ").capitalize())
    if decision["about"]:
        why += f": {'; '.join(decision['about'])}"
    return Untold(
        rule_id=rule_id,
        rule=decision["rule_name"] or names.get(rule_id, rule_id),
        gone=reason == "deleted" or rule_id not in names,
        state=STATES.get(decision["decision"], STATES["not_told"]),
        held=decision["decision"] == "held",
        why=why,
        until=decision["until"],
        until_words=UNTIL.get(reason, "until"),
        pictures=tuple(image_ids[:SHOWN]),
        more=max(0, len(image_ids) - SHOWN),
        at=decision["decided_at"],
    )
