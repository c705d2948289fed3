"""What a rule can ask of a picture, as rows of a form ask for it. A new field of a row is one line here. Pure.

What a row cannot say (a name with a comma, whatever the language learns later) is for the JSON view: `rows` compares.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_console.alerts.kinds import Field
from onlooker_console.filters import EMOTIONS

Values = Mapping[str, str]
Condition = Mapping[str, Any]

DAYS = {"mon": "Mon", "tue": "Tue", "wed": "Wed", "thu": "Thu", "fri": "Fri", "sat": "Sat", "sun": "Sun"}
WHO = {
    "named": "who is called",
    "known": "anybody known",
    "unknown": "somebody unknown",
    "first": "somebody unknown, for the first time",
}
SURE = Field("confidence_at_least", "At least, %", "number", help="How sure")
QUEUES = {
    "": "any",
    "recognizer-images": "pictures to be recognized",
    "recognizer-people": "people to be told again",
    "annotator": "pictures to be drawn",
    "tagger": "pictures for the search",
    "notifier": "pictures to be told of",
}
"""Those whose dead letters are counted, and what waits in them."""
ALIKE = Field("similarity_at_least", "Alike at least, %", "number")
NAMES = Field("names", "Names", help="Ann, Ben", known="persons")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A kind of row.

    Attributes:
        title: what people call it.
        fields: what it asks for.
        write: returns what stands under its key in a condition, from what was filled in.
        read: returns what to fill in, from what stands there.
        words: says in short what stands there.
        negatable: whether it makes sense to ask that it is not so.
    """

    title: str
    fields: tuple[Field, ...]
    write: Callable[[Values], Any]
    read: Callable[[Any], dict[str, str]]
    words: Callable[[Any], str]
    negatable: bool = True


def _number(text: str) -> float | int | str:
    """Return a number; what is none is for the notifier to refuse."""
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _many(text: str) -> str | list[str]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return parts[0] if len(parts) == 1 else parts


def _listed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _or(value: Any) -> str:
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _range(values: Values, name: str = "") -> dict[str, Any]:
    ends = {end: values.get(f"{name}_{end}" if name else end, "") for end in ("at_least", "at_most")}
    return {end: _number(text) for end, text in ends.items() if text}


def _ranged(values: Values, name: str) -> dict[str, Any]:
    found = _range(values, name)
    return {name: found} if found else {}


def _ends(value: Mapping[str, Any], name: str = "") -> dict[str, str]:
    return {f"{name}_{end}" if name else end: f"{number:g}" for end, number in value.items()}


def _span(value: Mapping[str, Any], unit: str = "") -> str:
    words = {"at_least": "at least", "at_most": "at most"}
    return " and ".join(f"{words[end]} {number:g}{unit}" for end, number in value.items() if end in words)


def _sure(value: Mapping[str, Any], name: str = "confidence") -> str:
    return f" ({_span(value[name], ' %')})" if value.get(name) else ""


def _write_person(values: Values) -> dict[str, Any]:
    who, names = values.get("who", "named"), _many(values.get("names", ""))
    if who == "named":
        person: dict[str, Any] = {"name": names} if isinstance(names, str) else {"any_of": names}
    elif who == "first":
        person = {"unknown": True, "times": 1}
    else:
        person = {who: True}
        if who == "unknown" and values.get("times_at_least"):
            person["times"] = {"at_least": _number(values["times_at_least"])}
    return person | _ranged(values, "similarity")


def _read_person(value: Mapping[str, Any]) -> dict[str, str]:
    found = _ends(value.get("similarity", {}), "similarity")
    if value.get("unknown"):
        times = value.get("times")
        if times == 1:
            return {"who": "first", **found}
        seen = {"times_at_least": f"{times['at_least']}"} if times else {}
        return {"who": "unknown", **seen, **found}
    if value.get("known"):
        return {"who": "known", **found}
    return {"who": "named", "names": _listed(value.get("name") or value.get("any_of")), **found}


def _person_words(value: Mapping[str, Any]) -> str:
    if value.get("unknown"):
        times = value.get("times")
        seen = f", seen {_span(times)} times" if isinstance(times, dict) else ""
        return f"somebody unknown{', for the first time' if times == 1 else seen}"
    who = "anybody known" if value.get("known") else _or(value.get("name") or value.get("any_of"))
    return f"{who}{_sure(value, 'similarity')}"


def _emotion_words(value: Mapping[str, Any]) -> str:
    found = value["is"] if isinstance(value["is"], list) else [value["is"]]
    return f"a face that looks {_or([(EMOTIONS.get(each) or str(each)).lower() for each in found])}{_sure(value)}"


def _write_named(values: Values) -> dict[str, Any]:
    names = _many(values.get("is", ""))
    return ({"is": names} if names else {}) | _ranged(values, "confidence")


def _read_named(value: Mapping[str, Any]) -> dict[str, str]:
    named = {"is": _listed(value["is"])} if value.get("is") else {}
    return named | _ends(value.get("confidence", {}), "confidence")


def _write_face(values: Values) -> dict[str, Any]:
    return {"person": _write_person(values), "emotion": _write_named(values)}


def _read_face(value: Mapping[str, Any]) -> dict[str, str]:
    return _read_person(value["person"]) | _read_named(value["emotion"])


def _face_words(value: Mapping[str, Any]) -> str:
    parts = [_person_words(value["person"])] if value.get("person") else []
    return " as ".join([*parts, *([_emotion_words(value["emotion"])] if value.get("emotion") else [])])


def _write_time(values: Values) -> dict[str, Any]:
    days = [day for day in DAYS if values.get(day) == "true"]
    return {
        "from": values.get("from") or "00:00",
        "to": values.get("to") or "24:00",
        **({"days": days} if days else {}),
        "zone": values.get("zone") or "UTC",
    }


def _read_time(value: Mapping[str, Any]) -> dict[str, str]:
    days = dict.fromkeys(value.get("days", ()), "true")
    return {name: str(value[name]) for name in ("from", "to", "zone") if name in value} | days


def _time_words(value: Mapping[str, Any]) -> str:
    days = value.get("days", ())
    on = f"{', '.join(DAYS.get(day, day) for day in ([days] if isinstance(days, str) else days))} " if days else ""
    return f"{on}{value.get('from', '00:00')} to {value.get('to', '24:00')} {value.get('zone', 'UTC')}"


def _write_text(values: Values) -> dict[str, Any]:
    return {values.get("how", "contains"): values.get("text", "")}


def _read_text(value: Mapping[str, Any]) -> dict[str, str]:
    how = "matches" if "matches" in value else "contains"
    return {"how": how, "text": value[how]}


def _write_absence(values: Values) -> dict[str, Any]:
    """Return an absence of pictures that are all that was filled in; of any picture, where nothing was."""
    names, number = _many(values.get("names", "")), values.get("faces", "")
    parts = [
        *([{"prefix": _many(values["prefix"])}] if values.get("prefix") else []),
        *([{"person": {"name": names} if isinstance(names, str) else {"any_of": names}}] if names else []),
        *([{"faces": {"at_least": _number(number)}}] if number else []),
        *([{"label": {"is": _many(values["label"])}}] if values.get("label") else []),
    ]
    of = {"of": parts[0] if len(parts) == 1 else {"all": parts}} if parts else {}
    return {**of, "for": values.get("for", "")}


def _read_absence(value: Mapping[str, Any]) -> dict[str, str]:
    found = {"for": str(value["for"])}
    of = value.get("of") or {"all": []}
    for part in of.get("all", [of]):
        ((kind, asked),) = part.items()
        if kind == "person":
            found["names"] = _listed(asked.get("name") or asked["any_of"])
        elif kind == "faces":
            found["faces"] = f"{asked['at_least']:g}"
        elif kind == "label":
            found["label"] = _listed(asked["is"])
        else:
            found[kind] = _listed(asked)
    return found


def _absence_words(value: Mapping[str, Any]) -> str:
    such = f" that is so: {in_words(value['of'])}" if value.get("of") else ""
    return f"for {value['for']} no picture{such}"


def _write_dead_letter(values: Values) -> Any:
    return {"queue": values["queue"]} if values.get("queue") else True


def _read_dead_letter(value: Any) -> dict[str, str]:
    return {} if value is True or not value.get("queue") else {"queue": _listed(value["queue"])}


def _dead_letter_words(value: Any) -> str:
    queues = None if value is True else value.get("queue")
    return f"more dead letters{f' of {_or(queues)}' if queues else ''}"


def _write_failed(values: Values) -> Any:
    return {"reason": values["reason"]} if values.get("reason") else True


def _read_failed(value: Any) -> dict[str, str]:
    return {} if value is True else {"reason": value["reason"]}


WHO_FIELDS = (
    Field("who", "Who", "choice", "named", options=WHO),
    NAMES,
    Field("times_at_least", "Seen at least, times", "number"),
    ALIKE,
)

LEAVES: Mapping[str, Leaf] = {
    "person": Leaf("Person", WHO_FIELDS, _write_person, _read_person, _person_words),
    "emotion": Leaf(
        "Emotion",
        (Field("is", "A face looks", "choice", "HAPPY", options=EMOTIONS), SURE),
        _write_named,
        _read_named,
        _emotion_words,
    ),
    "face": Leaf(
        "Person with an emotion",
        (*WHO_FIELDS, Field("is", "Looks", "choice", "HAPPY", options=EMOTIONS), SURE),
        _write_face,
        _read_face,
        _face_words,
    ),
    "faces": Leaf(
        "Number of faces",
        (Field("at_least", "At least", "number", "1"), Field("at_most", "At most", "number")),
        _range,
        _ends,
        lambda value: f"faces: {_span(value)}",
    ),
    "label": Leaf(
        "Label",
        (Field("is", "Labels", help="Dog, Car", known="labels"), SURE),
        _write_named,
        _read_named,
        lambda value: f"{_or(value['is'])}{_sure(value)}",
    ),
    "text": Leaf(
        "Written words",
        (
            Field(
                "how", "It", "choice", "contains", options={"contains": "contains", "matches": "matches the pattern"}
            ),
            Field("text", "Text"),
        ),
        _write_text,
        _read_text,
        lambda value: f"“{next(iter(value.values()))}” written",
    ),
    "moderation": Leaf(
        "Warning",
        (Field("is", "About", help="Left out: anything"), SURE),
        _write_named,
        _read_named,
        lambda value: f"a warning{' of ' + _or(value['is']) if value.get('is') else ''}{_sure(value)}",
    ),
    "time": Leaf(
        "Time",
        (
            Field("from", "From", default="22:00"),
            Field("to", "To", default="06:00"),
            *(Field(day, title, "flag", help="none: every day" if day == "sun" else "") for day, title in DAYS.items()),
            Field("zone", "Time zone", default="UTC", help="Europe/Berlin"),
        ),
        _write_time,
        _read_time,
        _time_words,
    ),
    "prefix": Leaf(
        "Folder or camera",
        (Field("is", "Names begin with", help="cameras/door/", known="folders"),),
        lambda values: _many(values.get("is", "")),
        lambda value: {"is": _listed(value)},
        lambda value: f"in {_or(value)}",
    ),
    "bucket": Leaf(
        "Bucket",
        (Field("is", "Bucket"),),
        lambda values: _many(values.get("is", "")),
        lambda value: {"is": _listed(value)},
        lambda value: f"in the bucket {_or(value)}",
    ),
    "failed": Leaf(
        "Not recognized",
        (Field("reason", "Why", help="A part of the reason"),),
        _write_failed,
        _read_failed,
        lambda value: "could not be recognized" + ("" if value is True else f": {value['reason']}"),
    ),
    "absence": Leaf(
        "Absence",
        (
            Field("for", "For", default="30m", help="90s, 30m, 2h, 1d"),
            Field("prefix", "Of pictures whose names begin with", help="Left out: any", known="folders"),
            Field("faces", "With faces, at least", "number"),
            Field("names", "With who is called", help="Ann, Ben", known="persons"),
            Field("label", "With a label", help="Dog, Car", known="labels"),
        ),
        _write_absence,
        _read_absence,
        _absence_words,
        negatable=False,
    ),
    "dead_letter": Leaf(
        "Dead letters",
        (Field("queue", "Of what waits", "choice", options=QUEUES),),
        _write_dead_letter,
        _read_dead_letter,
        _dead_letter_words,
        negatable=False,
    ),
}
"""In the order in which they are offered. The last two are asked of no picture: they stand alone, or beside a time."""


def in_words(condition: Condition) -> str:
    """Return in short what a condition asks; of what these pages do not know, its key."""
    ((kind, value),) = condition.items()
    if kind in ("all", "any"):
        word = " and " if kind == "all" else " or "
        return word.join(f"({in_words(each)})" if _joins(each) else in_words(each) for each in value)
    if kind == "not":
        return f"not ({in_words(value)})" if _joins(value) else f"not {in_words(value)}"
    try:
        return LEAVES[kind].words(value)
    except (KeyError, TypeError, AttributeError, ValueError, StopIteration):
        return f"{kind} …"


def _joins(condition: Condition) -> bool:
    return not {"all", "any"}.isdisjoint(condition)
