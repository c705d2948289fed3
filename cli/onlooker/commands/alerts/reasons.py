"""Why something was not told, in words."""

REASONS = {
    "cooling_down": "the same was told shortly before",
    "disabled": "the rule was off",
    "muted": "the rule was muted",
    "deleted": "the rule was deleted",
    "daily_limit": "as many messages were sent as a day may have",
    "quiet_hours": "it came in quiet hours",
    "not_escalated": "the rule does not escalate any more",
}
"""By the notifier's names; of others, that name is shown."""


def in_words(reason: str) -> str:
    """Return why something was not told."""
    return REASONS.get(reason, reason.replace("_", " "))
