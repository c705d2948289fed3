"""When what was gathered for a rule is told, and whether it is told at all then: pure."""

from pydantic import BaseModel, ConfigDict

from onlooker_notifier.conditions.hours import stretch_at
from onlooker_notifier.deciding.decisions import Reason, silent
from onlooker_notifier.rules.model import Rule


class Course(BaseModel):
    """What becomes of a digest. It is decided when it is begun, and stored with it: all go by it who work on it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: Reason | None = None
    """Why it is not told; None: it is."""
    until: float | None = None
    """Until when that is so, in epoch seconds."""
    remark: str = ""
    """What the message says besides."""

    @classmethod
    def of(cls, note: str) -> "Course":
        """Return the one that is stored with a digest; one from before there were any is told."""
        return cls.model_validate_json(note or "{}")


def wait(rule: Rule, first_at: float, now: float) -> float:
    """Return the seconds until a digest is due whose first picture came at `first_at` (epoch seconds); 0 if it is.

    In quiet hours none is: all that came is one digest when they end.
    """
    due_at = max(first_at + rule.digest_interval, now)
    quiet = stretch_at(rule.quiet, due_at) if rule.quiet is not None else None
    return (due_at if quiet is None else quiet.end) - now


def course(rule: Rule, first_at: float, now: float) -> Course:
    """Return what becomes of a digest that is due: a rule may have been switched off or muted while it waited.

    Args:
        rule: the rule.
        first_at: when its first picture came, in epoch seconds.
        now: the time.
    """
    if (silence := silent(rule, now)) is not None:
        return Course(reason=silence.reason, until=silence.until)
    return Course(remark=_summary(rule, first_at))


def _summary(rule: Rule, first_at: float) -> str:
    """Return that a digest was held until quiet hours ended; nothing if it was not."""
    quiet = rule.quiet
    if quiet is None or stretch_at(quiet, first_at + rule.digest_interval) is None:
        return ""
    return f"Held until the end of the rule's quiet hours ({quiet.from_} to {quiet.to}, {quiet.zone})."
