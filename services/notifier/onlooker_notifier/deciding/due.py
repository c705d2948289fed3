"""When what was gathered for a rule is told, and whether it is told at all then: pure."""

from pydantic import BaseModel, ConfigDict

from onlooker_notifier.deciding.decisions import Reason, silent
from onlooker_notifier.rules.model import Rule


class Course(BaseModel):
    """What becomes of a digest. It is decided when it is begun, and stored with it: all go by it who work on it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: Reason | None = None
    """Why it is not told; None: it is."""
    until: float | None = None
    """Until when that is so, in epoch seconds."""


def wait(rule: Rule, first_at: float, now: float) -> float:
    """Return the seconds until a digest is due whose first picture came at `first_at` (epoch seconds); 0 if it is."""
    return max(0.0, first_at + rule.digest_interval - now)


def course(rule: Rule, now: float) -> Course:
    """Return what becomes of a digest that is due: a rule may have been switched off or muted while it waited."""
    silence = silent(rule, now)
    return Course() if silence is None else Course(reason=silence.reason, until=silence.until)
