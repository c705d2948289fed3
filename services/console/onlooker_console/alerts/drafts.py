"""A rule as a form has it. A new setting of rules is one line of `SETTINGS`. Pure."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from onlooker_console.alerts import spans
from onlooker_console.alerts.kinds import Field
from onlooker_console.alerts.leaves import LEAVES
from onlooker_console.alerts.rows import Row, Rows, rows_from, rows_of

ABOUT = {
    "when": "What is as follows",
    "recognized": "Every picture that was recognized",
    "failed": "Every picture that could not be recognized",
    "both": "Every picture",
}
EVENTS = {"recognized": ["recognized"], "failed": ["failed"], "both": ["failed", "recognized"]}
SETTINGS = (
    Field("cooldown", "Not again for", "span", "0", "0: as often as it happens."),
    Field("digest_interval", "Gather for", "span", "60", "What comes meanwhile is one message. 0: at once."),
    Field("daily_limit", "Messages a day, at most", "number", "", "Left out: as many as there are."),
)
"""Numbers of a rule, spans in seconds; one without a default may be left out."""
WORDS = (
    Field("subject", "Subject", help="Left out: Onlooker says it in its own words."),
    Field("body", "Text", "lines", help="Both are templates: {{ subject }}, {{ camera }}, {{ time }} and more."),
)
"""Templates of what it says."""
MINUTE = 60
AFTER = "15"
"""Minutes in which somebody is to acknowledge a message."""
QUIET = "quiet-"
"""What the names of the fields of quiet hours begin with in the form; they are those of a time."""
HOURS = LEAVES["time"]
PER = {"person": "person", "camera": "camera", "label": "label"}
"""For what `cooldown` holds separately."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule.

    Attributes:
        name: what it is called.
        enabled: whether it tells anything.
        about: one of `ABOUT`.
        rows: of what it tells, if that is `when`.
        raw: the same as JSON, where somebody writes that; None: they use rows.
        channels: ids of those with records of their own.
        mails: addresses.
        others: channels that forms do not ask for: they stay.
        settings: of `SETTINGS` and `WORDS`, as texts.
        per: of `PER`.
        quiet: whether it has quiet hours.
        hours: those, as the fields of a time.
        urgent: whether it tells in them, too.
        escalates: whether it tells others if nobody acknowledges a message.
        after: in so many minutes.
        escalation: by which channels, by their ids; `escalation_others` are those that forms do not ask for.
        zone: the reader's time zone, in which new hours are.
    """

    name: str = ""
    enabled: bool = True
    about: str = "when"
    rows: Rows = field(default_factory=Rows)
    raw: str | None = None
    channels: tuple[str, ...] = ()
    mails: str = ""
    others: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    per: tuple[str, ...] = ()
    quiet: bool = False
    hours: Mapping[str, str] = field(default_factory=dict)
    urgent: bool = False
    escalates: bool = False
    after: str = AFTER
    escalation: tuple[str, ...] = ()
    escalation_others: tuple[str, ...] = ()
    zone: str = "UTC"

    @property
    def hours_asked(self) -> list[tuple[Field, str]]:
        """The fields of quiet hours with what stands in them."""
        begun = {} if self.quiet else {each.name: each.default for each in HOURS.fields} | {"zone": self.zone}
        return [(each, self.hours.get(each.name, begun.get(each.name, ""))) for each in HOURS.fields]

    @property
    def addresses(self) -> list[str]:
        """Those that are mailed to, each once."""
        return list(dict.fromkeys(self.mails.replace(",", " ").split()))

    def value(self, asked: Field) -> str:
        """Return what stands in a field."""
        return self.settings.get(asked.name, asked.default)

    @property
    def request(self) -> dict[str, Any]:
        """What the notifier is asked for.

        Raises:
            ValueError: what was written is no JSON, or a choice is missing; the words say where.
        """
        asked: dict[str, Any] = {"name": self.name, "enabled": self.enabled, "channels": self._told, "per": self.per}
        asked |= {each.name: _number(self.value(each)) for each in SETTINGS}
        asked |= {each.name: self.value(each) or None for each in WORDS}
        asked |= {"quiet_hours": HOURS.write(self.hours) if self.quiet else None, "urgent": self.urgent}
        asked["escalation"] = self._escalation if self.escalates else None
        if self.about == "when":
            return asked | {"when": self.rows.condition if self.raw is None else _parsed(self.raw)}
        return asked | {"when": None, "events": EVENTS[self.about]}

    @property
    def _told(self) -> list[dict[str, Any]]:
        mails = [{"type": "email", "to": each} for each in self.addresses]
        return [*({"channel": each} for each in self.channels), *mails, *(json.loads(each) for each in self.others)]

    @property
    def _escalation(self) -> dict[str, Any]:
        others = (json.loads(each) for each in self.escalation_others)
        channels = [*({"channel": each} for each in self.escalation), *others]
        if not channels:
            raise ValueError("If nobody sees to it: choose a channel by which others are told.")
        minutes = _number(self.after)
        after = round(minutes * MINUTE, 3) if isinstance(minutes, int | float) else minutes
        return {"after": after, "channels": channels}

    def done(self, action: str) -> "Draft":
        """Return it after a button: `add:GROUP:KIND`, `remove:GROUP:ROW`, `group`, `raw` or `rows`."""
        what, *numbers = action.split(":")
        if what == "raw":
            return replace(self, raw=pretty(self.rows.condition))
        if what == "rows":
            return self._unraw()
        if what == "group":
            return replace(self, rows=self.rows.grouped())
        if what == "add" and len(numbers) == len(("group", "kind")) and numbers[0].isdecimal():
            return replace(self, rows=self.rows.added(int(numbers[0]), numbers[1], {"zone": self.zone}))
        if what == "remove" and len(numbers) == len(("group", "row")) and all(map(str.isdecimal, numbers)):
            return replace(self, rows=self.rows.removed(*map(int, numbers)))
        return self

    def _unraw(self) -> "Draft":
        try:
            found = rows_of(_parsed(self.raw or "{}"))
        except ValueError:
            return self
        return self if found is None else replace(self, rows=found, raw=None)


def draft_of(told: Mapping[str, Any]) -> Draft:
    """Return the form of a rule that there is; as JSON if rows cannot say what it asks."""
    when, events = told.get("when"), sorted(told["events"])
    rows = rows_of(when) if when else Rows()
    written = [each for each in told["channels"] if "channel" not in each]
    return Draft(
        name=told["name"],
        enabled=told["enabled"],
        about="when" if when else next(name for name, them in EVENTS.items() if them == events),
        rows=rows or Rows(),
        raw=pretty(when) if rows is None else None,
        channels=tuple(each["channel"] for each in told["channels"] if "channel" in each),
        mails="\n".join(each["to"] for each in written if each["type"] == "email"),
        others=tuple(json.dumps(each) for each in written if each["type"] != "email"),
        settings=_settings(told),
        per=tuple(told.get("per", ())),
        quiet=bool(told.get("quiet_hours")),
        hours=HOURS.read(told["quiet_hours"]) if told.get("quiet_hours") else {},
        urgent=bool(told.get("urgent")),
        **_escalation_of(told),
    )


def draft_from(form: Sequence[tuple[str, str]], zone: str = "UTC") -> Draft:
    """Return what somebody filled in; `zone` is theirs."""
    texts = dict(form)
    about = texts.get("about", "when")
    return Draft(
        name=texts.get("name", "").strip(),
        enabled="enabled" in texts,
        about=about if about in ABOUT else "when",
        rows=rows_from(form),
        raw=texts.get("raw"),
        channels=tuple(value for name, value in form if name == "channel"),
        mails="\n".join([*(value for name, value in form if name == "mail"), texts.get("mails", "").strip()]).strip(),
        others=tuple(value for name, value in form if name == "other" and _is_object(value)),
        settings={each.name: _setting(each, texts) for each in (*SETTINGS, *WORDS) if each.name in texts},
        per=tuple(value for name, value in form if name == "per"),
        quiet="quiet" in texts,
        hours={each.name: texts.get(f"{QUIET}{each.name}", "").strip() for each in HOURS.fields},
        urgent="urgent" in texts,
        escalates="escalates" in texts,
        after=texts.get("after", AFTER).strip(),
        escalation=tuple(value for name, value in form if name == "escalation"),
        escalation_others=tuple(value for name, value in form if name == "escalation-other" and _is_object(value)),
        zone=zone,
    )


def new(zone: str = "UTC") -> Draft:
    """Return the form of a new rule: of any face, until somebody says otherwise."""
    return Draft(zone=zone).done("add:0:faces")


def mailed(rules: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the addresses that rules mail to: they can be chosen rather than written."""
    told = (each for rule in rules for each in rule["channels"])
    return sorted({each["to"] for each in told if each.get("type") == "email"}, key=str.casefold)


def pretty(condition: Any) -> str:
    """Return a condition as JSON for people to read."""
    return json.dumps(condition, indent=2, ensure_ascii=False)


def fields_of(row: Row) -> list[tuple[Field, str]]:
    """Return a row's fields with what stands in them."""
    return [(each, row.values.get(each.name, "")) for each in row.leaf.fields]


def _escalation_of(told: Mapping[str, Any]) -> dict[str, Any]:
    known = told.get("escalation")
    if not known:
        return {}
    return {
        "escalates": True,
        "after": spans.shown_in(MINUTE, known["after"]),
        "escalation": tuple(each["channel"] for each in known["channels"] if "channel" in each),
        "escalation_others": tuple(json.dumps(each) for each in known["channels"] if "channel" not in each),
    }


def _setting(asked: Field, texts: Mapping[str, str]) -> str:
    """Return what was filled in; a span in seconds."""
    text = texts[asked.name].strip()
    return spans.in_seconds(text, texts.get(f"{asked.name}{spans.UNIT}", "1")) if asked.type == "span" else text


def _parsed(text: str) -> Any:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"This is no JSON: {error.msg}, in line {error.lineno}.") from error
    except RecursionError as error:
        raise ValueError("This JSON lies too deep within itself.") from error
    if not isinstance(found, dict):
        raise ValueError("A condition is an object: { … }.")  # noqa: TRY004 - as all that is wrong with the text
    return found


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (json.JSONDecodeError, RecursionError):
        return False


def _settings(told: Mapping[str, Any]) -> dict[str, str]:
    numbers = {each.name: spans.written(float(told[each.name])) for each in SETTINGS if told.get(each.name) is not None}
    return numbers | {each.name: told[each.name] for each in WORDS if told.get(each.name)}


def _number(text: str) -> float | str | None:
    """Return a number, None where there is nothing; what is no number is for the notifier to refuse."""
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number
