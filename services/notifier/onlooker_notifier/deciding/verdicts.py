"""What becomes of a picture that a rule is about: pure decisions over the rule, what was told before, and the time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.conditions.hours import stretch_at
from onlooker_notifier.deciding.keys import Key
from onlooker_notifier.rules.model import Rule

Reason = Literal["cooling_down", "disabled", "muted", "quiet_hours", "daily_limit", "deleted", "not_escalated"]

MOST_CLAIMED = 97
"""Of what a rule tells of by one picture, how much it will not tell of again for a while. A transaction of DynamoDB
takes 100 items; the others are that it was decided, the notice, and why that is held. What is left over is told once
more: rather that than somebody new in a crowd whom nobody hears of."""
MOST_ABOUT = 6
"""Of what was told before, how much is named."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a picture by one rule."""

    tells: bool
    keys: tuple[Key, ...] = ()
    """What it will not tell of again for a while, as it tells of it now."""
    reason: Reason | None = None
    """Why it does not tell, or not yet."""
    until: float | None = None
    """Until when that is so, in epoch seconds."""
    about: tuple[str, ...] = ()
    """What was told before, in words: the first of it."""


TELLS = Verdict(tells=True)


def decide(rule: Rule, keys: Sequence[Key], told_at: Mapping[str, float], now: float) -> Verdict:
    """Return what becomes of a picture that a rule is about.

    Args:
        rule: the rule.
        keys: what it would tell of, see `keys_of`.
        told_at: by their ids, when each was told last, in epoch seconds.
        now: the time, in epoch seconds.
    """
    if (silence := silent(rule, now)) is not None:
        return silence
    told = told_at_last(rule, now)
    if not rule.cooldown:
        return told
    cold = [key for key in keys if not cools_down(rule.cooldown, told_at.get(key.key_id), now)]
    if cold:
        return replace(told, keys=tuple(cold[:MOST_CLAIMED]))
    until = min(min(told_at[key.key_id], now) + rule.cooldown for key in keys)
    about = tuple(key.words for key in keys if key.words)
    return Verdict(tells=False, reason="cooling_down", until=until, about=about[:MOST_ABOUT])


def fitting(verdicts: Sequence[Verdict], room: int) -> list[Verdict]:
    """Return verdicts of one picture whose keys fit into so many places, but for one of each that has any.

    They get as many places each; what some do not need, the others have.
    """
    fit = list(verdicts)
    by_need = sorted(range(len(fit)), key=lambda place: len(fit[place].keys))
    for before, place in enumerate(by_need):
        share = max(1, room // (len(by_need) - before))
        fit[place] = replace(fit[place], keys=fit[place].keys[:share])
        room -= len(fit[place].keys)
    return fit


def told_at_last(rule: Rule, now: float) -> Verdict:
    """Return that a rule tells of a picture, or holds it until its quiet hours end."""
    quiet = stretch_at(rule.quiet, now + rule.digest_interval) if rule.quiet is not None else None
    return TELLS if quiet is None else Verdict(tells=True, reason="quiet_hours", until=quiet.end)


def silent(rule: Rule, now: float) -> Verdict | None:
    """Return that a rule tells nobody now, whatever it is about; None if it does."""
    if not rule.enabled:
        return Verdict(tells=False, reason="disabled")
    muted_until = rule.muted_until.timestamp() if rule.muted_until is not None else now
    return Verdict(tells=False, reason="muted", until=muted_until) if muted_until > now else None


def cools_down(cooldown: float, told_at: float | None, now: float) -> bool:
    """Whether something that was told at a time is not told again yet.

    What was told later than now cools nothing down, so that no cool-down lasts longer than it says, but for a minute.
    """
    return told_at is not None and now - cooldown < told_at <= now + CLOCKS_DIFFER
