"""Alert rules and what was sent by them, in words. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_console.settled import settled

EVENTS = {"recognized": "Pictures that were recognized", "failed": "Pictures that could not be recognized"}
"""In the order in which they are named."""
KINDS = {"email": ("Mail", "mail"), "sns": ("Topic", "topic")}
"""Of channels: what each is called, and its icon. Others are shown by the notifier's word for them."""
UNITS = (("hour", 3600), ("minute", 60), ("second", 1))
"""Of time, with their seconds."""


@dataclass(frozen=True, slots=True)
class Channel:
    """By what somebody is told. `icon` is one of `icons.html`; `kind` says the same to who cannot see it."""

    kind: str
    icon: str
    target: str


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


@dataclass(frozen=True, slots=True)
class Told:
    """A picture that a message told of: gone (deleted since), or known by its name, perhaps with a small picture."""

    image_id: str
    name: str = ""
    version: str = ""
    size: tuple[int, int] | None = None
    """Of its small picture, in pixels."""
    gone: bool = False


def rules(listed: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Return the rules, those first that tell somebody."""
    return tuple(sorted((_rule(each) for each in listed), key=lambda rule: (not rule.tells, rule.name.casefold())))


def channel(kind: str, target: str) -> Channel:
    """Return a channel of the notifier, such as `email` or `sns`; of a topic's ARN its name is what tells."""
    return Channel(*KINDS.get(kind, (kind.capitalize(), "bell")), target)


def told(image_id: str, document: Mapping[str, Any] | None) -> Told:
    """Return a picture from its document; None: it is not there any more."""
    if document is None:
        return Told(image_id, gone=True)
    name, small = document["key"].rpartition("/")[2] or document["key"], document["thumbnail"]
    size = (small["width"], small["height"]) if small else None
    return Told(image_id, name, settled(document), size)


def _rule(listed: Mapping[str, Any]) -> Rule:
    return Rule(
        listed["name"],
        listed["enabled"],
        tuple(words for event, words in EVENTS.items() if event in listed["events"]),
        tuple(_channel(each) for each in listed["channels"]),
        _rhythm(listed["digest_interval"]),
        listed["origin"] == "settings",
    )


def _channel(listed: Mapping[str, Any]) -> Channel:
    """Return whom a rule tells: an address in the rule itself, or a channel by its id."""
    return channel(listed.get("type", "channel"), listed.get("to") or listed.get("topic_arn") or listed["channel"])


def _rhythm(seconds: float) -> str:
    """Return how often a rule tells; the time in the largest unit of which it is a whole number."""
    if not seconds:
        return "At once"
    unit, count = next(((unit, seconds / size) for unit, size in UNITS if seconds % size == 0), ("second", seconds))
    return f"All that come within {f'{count:g} {unit}s' if count != 1 else f'one {unit}'} in one message"
