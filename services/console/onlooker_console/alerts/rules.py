"""Alert rules in words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from onlooker_console.alerts.channels import Channel, Listed, inline, way
from onlooker_console.alerts.leaves import LEAVES, in_words

EVENTS = {"recognized": "Pictures that were recognized", "failed": "Pictures that could not be recognized"}
"""In the order in which they are named."""
UNITS = (("hour", 3600), ("minute", 60), ("second", 1))
"""Of time, with their seconds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is told to whom.

    Attributes:
        rule_id: its id.
        version: what a change is decided by.
        name: what people call it.
        enabled: whether it tells anything.
        about: what it tells of.
        channels: by what; none: it tells nobody.
        rhythm: how often.
        escalation: by what and when it tells once more, if it does.
        from_settings: whether it follows the notifier's settings.
        muted_until: until when it tells nobody, if it is muted.
    """

    rule_id: str
    version: int
    name: str
    enabled: bool
    about: str
    channels: tuple[Channel, ...]
    rhythm: str
    from_settings: bool
    muted_until: str | None = None
    escalation: str = ""

    @property
    def tells(self) -> bool:
        """Whether anybody is told anything."""
        return self.enabled and bool(self.channels)


def rules(
    listed: Iterable[Mapping[str, Any]], channels: Iterable[Listed] = (), now: datetime | None = None
) -> tuple[Rule, ...]:
    """Return the rules, those first that tell somebody.

    Args:
        listed: as the notifier tells of them.
        channels: that they may name.
        now: the time, by which some are not muted any more.
    """
    names = {each.channel_id: each for each in channels}
    return tuple(
        sorted((_rule(each, names, now) for each in listed), key=lambda rule: (not rule.tells, rule.name.casefold()))
    )


def _channel(written: Mapping[str, Any], names: Mapping[str, Listed]) -> Channel:
    """Return a channel of a rule; of one with a record of its own the name tells."""
    if "channel" not in written:
        return inline(written)
    known = names.get(written["channel"])
    return way("", written["channel"]) if known is None else replace(known.way, target=known.name)


def _rule(listed: Mapping[str, Any], names: Mapping[str, Listed], now: datetime | None) -> Rule:
    return Rule(
        listed["rule_id"],
        listed["version"],
        listed["name"],
        listed["enabled"],
        _about(listed),
        tuple(_channel(each, names) for each in listed["channels"]),
        f"{_rhythm(listed['digest_interval'])}{_cooldown(listed)}{_quiet(listed)}{_limit(listed)}",
        listed["origin"] == "settings",
        _muted(listed, now),
        _escalation(listed, names),
    )


def _muted(listed: Mapping[str, Any], now: datetime | None) -> str | None:
    until: str | None = listed.get("muted_until")
    return until if until and (now is None or datetime.fromisoformat(until) > now) else None


def _about(listed: Mapping[str, Any]) -> str:
    if listed.get("when"):
        return in_words(listed["when"])
    return ", ".join(words for event, words in EVENTS.items() if event in listed["events"])


def _rhythm(seconds: float) -> str:
    """Return how often a rule tells; the time in the largest unit of which it is a whole number."""
    return f"All that come within {_long(seconds)} in one message" if seconds else "At once"


def _cooldown(listed: Mapping[str, Any]) -> str:
    """Return for how long the same is not told again, if a rule says so."""
    if not listed.get("cooldown"):
        return ""
    same = " and ".join(listed.get("per", ()))
    return f"; then not again for {_long(listed['cooldown'])}{f', of the same {same}' if same else ''}"


def _quiet(listed: Mapping[str, Any]) -> str:
    """Return when a rule is quiet, if it is."""
    if not listed.get("quiet_hours"):
        return ""
    hours = LEAVES["time"].words(listed["quiet_hours"])
    return f"; quiet {hours}{', but it is urgent: told nevertheless' if listed.get('urgent') else ''}"


def _limit(listed: Mapping[str, Any]) -> str:
    """Return how many messages a rule sends a day, if a rule says so."""
    limit = listed.get("daily_limit")
    return f"; at most {limit} message{'' if limit == 1 else 's'} a day" if limit else ""


def _escalation(listed: Mapping[str, Any], names: Mapping[str, Listed]) -> str:
    """Return by what and when a rule tells once more, if it does."""
    known = listed.get("escalation")
    if not known:
        return ""
    targets = ", ".join(_channel(each, names).target for each in known["channels"])
    return f"{targets}, after {_long(known['after'])}"


def _long(seconds: float) -> str:
    unit, count = next(((unit, seconds / size) for unit, size in UNITS if seconds % size == 0), ("second", seconds))
    return f"{count:g} {unit}s" if count != 1 else f"one {unit}"
