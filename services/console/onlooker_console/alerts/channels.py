"""Channels as pages show them, and as forms ask for them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from onlooker_console.alerts import spans
from onlooker_console.alerts.kinds import Field, Kind, kind_of, named

HOUR = 3600
KEPT_HOURS = "24"
INLINE_TARGETS = ("to", "topic_arn")
"""Where the target stands of a channel that is written into a rule."""
TARGETS = ("to", "url", "phone_number", "topic_arn", "service", "topic", "bus", "namespace")
"""Where the target of a channel stands, among its settings."""

WITHOUT = "none"
"""What the notifier says of the secret of a channel that has none."""

State = Literal["good", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Channel:
    """By what somebody is told. `kind` says in words what the icon shows."""

    kind: str
    icon: str
    target: str


@dataclass(frozen=True, slots=True)
class Fuse:
    """Whether a channel takes messages."""

    state: State
    words: str
    since: datetime | None
    again: datetime | None
    """When it is tried again."""
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A channel with a record of its own."""

    channel_id: str
    name: str
    way: Channel
    fuse: Fuse
    version: int
    rules: tuple[str, ...]
    """The names of those that tell by it."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A channel as a form has it."""

    kind: str
    name: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    policy: str = "catch_up"
    hours: str = KEPT_HOURS
    has_secret: bool = False
    """Whether there is one already."""

    @property
    def of(self) -> Kind:
        """What kind it is."""
        return named(self.kind)

    def value(self, asked: Field) -> str:
        """Return what stands in a field."""
        return self.values.get(asked.name, asked.default)


def way(kind: str, target: str) -> Channel:
    """Return by what a message went, by the notifier's name for its type."""
    known = named(kind)
    return Channel(known.title, known.icon, target)


def inline(written: Mapping[str, Any]) -> Channel:
    """Return a channel that is written into a rule."""
    target = next((str(written[name]) for name in INLINE_TARGETS if written.get(name)), "")
    return way(str(written.get("type", "")), target)


def listed(told: Iterable[Mapping[str, Any]], rules: Iterable[Mapping[str, Any]] = ()) -> tuple[Listed, ...]:
    """Return channels with the rules that tell by them, by name."""
    using: dict[str, list[str]] = {}
    for rule in rules:
        told_by = [*rule["channels"], *(rule.get("escalation") or {}).get("channels", ())]
        for channel_id in {each["channel"] for each in told_by if "channel" in each}:
            using.setdefault(channel_id, []).append(rule["name"])
    found = [_listed(each, tuple(sorted(using.get(each["channel_id"], ())))) for each in told]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.channel_id)))


def has_secret(told: Mapping[str, Any]) -> bool:
    """Return whether a channel has a secret."""
    return bool(told["secret"] != WITHOUT)


def draft_of(told: Mapping[str, Any]) -> Draft:
    """Return the form of a channel that there is."""
    values = {name: _written(value) for name, value in told["settings"].items() if value is not None}
    hours = spans.shown_in(HOUR, told["keep"])
    return Draft(kind_of(told["settings"]), told["name"], values, told["policy"], hours, has_secret(told))


def draft_from(kind: str, form: Mapping[str, str], *, has_secret: bool = False) -> Draft:
    """Return what somebody filled in; a flag that is not ticked is not among a form's values."""
    values = {each.name: form.get(each.name, "").strip() for each in named(kind).fields if each.type != "flag"}
    flags = {each.name: form.get(each.name, "false") for each in named(kind).fields if each.type == "flag"}
    policy, hours = form.get("policy", "catch_up"), form.get("hours", KEPT_HOURS).strip() or KEPT_HOURS
    return Draft(kind, form.get("name", "").strip(), values | flags, policy, hours, has_secret)


def asked_for(draft: Draft, secret: str, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what the notifier is asked for.

    Args:
        draft: the form.
        secret: a new one; empty: the one that there is stays.
        known: the settings that there are: those that the form does not ask for stay.
    """
    settings = {**(known or {}), "type": draft.of.type}
    for each in draft.of.fields:
        value = _read(each, draft.values.get(each.name, ""))
        if value in ("", []):
            settings.pop(each.name, None)
        else:
            settings[each.name] = value
    asked = {"name": draft.name, "settings": settings, "policy": draft.policy, "keep": _seconds(draft.hours)}
    return asked | ({"secret": secret} if secret else {})


def _listed(told: Mapping[str, Any], rules: tuple[str, ...]) -> Listed:
    settings = told["settings"]
    target = next((_line(settings[name]) for name in TARGETS if settings.get(name)), "")
    if host := settings.get("host"):
        target = f"{host}: {target}"
    return Listed(
        told["channel_id"], told["name"], way(kind_of(settings), target), _fuse(told["fuse"]), told["version"], rules
    )


def _fuse(told: Mapping[str, Any]) -> Fuse:
    since, again = _moment(told["failing_since"]), _moment(told["open_until"])
    times = "once" if told["failures"] == 1 else f"{told['failures']} times in a row"
    if told["state"] == "closed" and not told["failures"]:
        return Fuse("good", "Works", None, None, "")
    if told["state"] == "closed":
        return Fuse("warn", f"Failed {times}", since, None, told["reason"])
    words = "Left alone" if told["state"] == "open" else "About to be tried"
    return Fuse("bad", f"{words}: failed {times}", since, again, told["reason"])


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _line(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else str(value)


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "\n".join(value) if isinstance(value, list) else str(value)


def _read(asked: Field, text: str) -> Any:
    if asked.type == "lines":
        return text.split()
    if asked.type == "flag":
        return text == "true"
    return int(text) if text.isascii() and text.isdecimal() and asked.name in NUMBERS else text


NUMBERS = ("port", "qos")
"""Settings that the notifier takes as numbers."""


def _seconds(hours: str) -> float | str:
    """Return seconds; what is no number is for the notifier to refuse."""
    try:
        return round(float(hours) * HOUR, 3)
    except ValueError:
        return hours
