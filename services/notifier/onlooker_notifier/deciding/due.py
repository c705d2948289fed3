"""When what was gathered for a rule is told: pure."""

from onlooker_notifier.rules.model import Rule


def wait(rule: Rule, first_at: float, now: float) -> float:
    """Return the seconds until a digest is due whose first picture came at `first_at` (epoch seconds); 0 if it is."""
    return max(0.0, first_at + rule.digest_interval - now)
