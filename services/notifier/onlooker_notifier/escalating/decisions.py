"""Whether a message that nobody acknowledged is told once more: pure decisions over the rule and the time."""

from dataclasses import dataclass

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.conditions.hours import stretch_at
from onlooker_notifier.deciding.verdicts import Reason, silent
from onlooker_notifier.rules.escalation import Escalation
from onlooker_notifier.rules.model import Rule


@dataclass(frozen=True, slots=True)
class Wait:
    """It is not yet time."""

    seconds: float
    counts_from: float
    """Since when is counted, in epoch seconds: later than before, if a clock jumped back."""


@dataclass(frozen=True, slots=True)
class Escalate:
    """It is told now."""

    by: Escalation


@dataclass(frozen=True, slots=True)
class Drop:
    """It is not told, and never will be."""

    reason: Reason
    until: float | None = None
    """Until when that is so, in epoch seconds."""


def next_step(rule: Rule | None, counts_from: float, now: float) -> Wait | Escalate | Drop:
    """Return what is to be done about a message that nobody acknowledged.

    The rule counts as it is now: whoever changes it changes what becomes of what it told before.

    Args:
        rule: whose message it is; None: it was deleted.
        counts_from: since when is waited, in epoch seconds.
        now: the time.
    """
    if rule is None:
        return Drop("deleted")
    if rule.escalation is None:
        return Drop("not_escalated")
    if counts_from > now + CLOCKS_DIFFER:  # it was told before a clock jumped back
        return Wait(rule.escalation.after, now)
    due_in = counts_from + rule.escalation.after - now
    if due_in > 0:
        return Wait(due_in, counts_from)
    if (silence := silent(rule, now)) is not None and silence.reason is not None:
        return Drop(silence.reason, silence.until)
    quiet = stretch_at(rule.quiet, now) if rule.quiet is not None else None
    return Escalate(rule.escalation) if quiet is None else Wait(quiet.end - now, counts_from)
