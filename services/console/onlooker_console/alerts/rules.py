"""Alert rules in words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from onlooker_console.alerts.channels import Channel, Listed, inline, way

EVENTS = {"recognized": "Pictures that were recognized", "failed": "Pictures that could not be recognized"}
"""In the order in which they are named."""
UNITS = (("hour", 3600), ("minute", 60), ("second", 1))
"""Of time, with their seconds."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What is told to whom.

    Attributes:
        name: what people call it.
        enabled: whether it tells anything.
        events: what it tells of.
        channels: by what; none: it tells nobody.
        rhythm: how often.
        from_settings: whether it follows the notifier's settings.
    """

    name: str
    enabled: bool
    events: tuple[str, ...]
    channels: tuple[Channel, ...]
    rhythm: str
    from_settings: bool

    @property
    def tells(self) -> bool:
        """Whether anybody is told anything."""
        return self.enabled and bool(self.channels)


def rules(listed: Iterable[Mapping[str, Any]], channels: Iterable[Listed] = ()) -> tuple[Rule, ...]:
    """Return the rules, those first that tell somebody.

    Args:
        listed: as the notifier tells of them.
        channels: that they may name.
    """
    names = {each.channel_id: each for each in channels}
    return tuple(
        sorted((_rule(each, names) for each in listed), key=lambda rule: (not rule.tells, rule.name.casefold()))
    )


def _channel(written: Mapping[str, Any], names: Mapping[str, Listed]) -> Channel:
    """Return a channel of a rule; of one with a record of its own the name tells."""
    if "channel" not in written:
        return inline(written)
    known = names.get(written["channel"])
    return way("", written["channel"]) if known is None else replace(known.way, target=known.name)


def _rule(listed: Mapping[str, Any], names: Mapping[str, Listed]) -> Rule:
    return Rule(
        listed["name"],
        listed["enabled"],
        tuple(words for event, words in EVENTS.items() if event in listed["events"]),
        tuple(_channel(each, names) for each in listed["channels"]),
        _rhythm(listed["digest_interval"]),
        listed["origin"] == "settings",
    )


def _rhythm(seconds: float) -> str:
    """Return how often a rule tells; the time in the largest unit of which it is a whole number."""
    if not seconds:
        return "At once"
    unit, count = next(((unit, seconds / size) for unit, size in UNITS if seconds % size == 0), ("second", seconds))
    return f"All that come within {f'{count:g} {unit}s' if count != 1 else f'one {unit}'} in one message"
