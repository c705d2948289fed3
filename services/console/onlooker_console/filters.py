"""The filters of a search as chips: what each is called, and the link that leads on without it. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onlooker_console.search import Search

EMOTIONS = {
    "HAPPY": "Happy",
    "CALM": "Calm",
    "SURPRISED": "Surprised",
    "SAD": "Sad",
    "ANGRY": "Angry",
    "FEAR": "Afraid",
    "DISGUSTED": "Disgusted",
    "CONFUSED": "Confused",
    "UNKNOWN": "Unclear",
}
STATES = {"recognized": "Recognized", "failed": "Failed"}
MODERATED = {"true": "Sensitive", "false": "Nothing sensitive"}
COLORS = frozenset(
    ("black", "blue", "brown", "cyan", "green", "grey", "orange", "pink", "purple", "red", "white", "yellow")
)
"""Those that the style sheet has a swatch for."""
SOMEBODY = "One person"
"""Where nobody knows what they are called."""
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is on."""

    text: str
    kind: str
    """What it filters by, for those who do not see the icon."""
    icon: str
    href: str
    """The same page without it."""
    swatch: str = ""


def chips(search: Search, path: str, people: Mapping[str, str] | None = None) -> tuple[Chip, ...]:
    """Return the filters that are on, in the order of the search's parameters.

    Args:
        search: what is looked for.
        path: the page that the links lead to.
        people: names by ids.
    """
    found = [_of_one(search, name, value, path, people or {}) for name, value in search.given if name in WORDS]
    for names, words in RANGES.items():
        low, high = (search.get(name) for name in names)
        if low or high:
            text, kind, icon = words(low, high)
            found.append(Chip(text, kind, icon, search.without(*names).at(path)))
    return tuple(found)


def color_class(name: str) -> str:
    """Return the style of a colour's swatch."""
    folded = name.casefold().replace("gray", "grey")
    return f"swatch-{folded}" if folded in COLORS else "swatch-other"


def month_after(first: date) -> date:
    """Return the first day of the month after one."""
    return date(first.year + first.month // DECEMBER, first.month % DECEMBER + 1, 1)


def called(value: str, names: Mapping[str, str]) -> str:
    """Return what people call a value of a parameter, whatever its case."""
    return names.get(value.upper()) or names.get(value.lower()) or value


def _of_one(search: Search, name: str, value: str, path: str, people: Mapping[str, str]) -> Chip:
    kind, icon, names = WORDS[name]
    text = people.get(value, SOMEBODY) if name == "person_id" else DRESSED.get(name, str)(called(value, names))
    swatch = color_class(value) if name == "color" else ""
    return Chip(text, kind, icon, search.without(name, value=value).at(path), swatch)


def _ages(low: str, high: str) -> tuple[str, str, str]:
    span = f"{low} to {high} years old" if low else f"Up to {high} years old"
    return span if high else f"{low} years or older", "Age", "face"


def _faces(low: str, high: str) -> tuple[str, str, str]:
    if high == "0":
        text = "No faces"
    elif low == high:
        text = "1 face" if low == "1" else f"{low} faces"
    elif low and high:
        text = f"{low} to {high} faces"
    else:
        text = f"{low} or more faces" if low else f"Up to {high} faces"
    return text, "Number of faces", "people"


def _time(since: str, until: str) -> tuple[str, str, str]:
    first, end = _day(since), _day(until)
    if first and end and first.day == end.day == 1 and _months(end) - _months(first) == 1:
        text = f"{first:%B %Y}"
    elif first and end and (end - first).days == 1:
        text = _written(since)
    elif (begun := _moment(since)) and (ended := _moment(until)) and begun.date() == ended.date():
        text = f"{begun.day} {begun:%B %Y, %H:%M} to {ended:%H:%M} UTC"
    elif since and until:
        text = f"{_written(since)} to before {_written(until)}"
    else:
        text = f"Since {_written(since)}" if since else f"Before {_written(until)}"
    return text, "Time", "clock"


def _months(day: date) -> int:
    """Return how many months of all years begin up to a day."""
    return day.year * DECEMBER + day.month


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _moment(value: str) -> datetime | None:
    """Return a time of a day in UTC, where its zone says so."""
    if _day(value):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.utcoffset() == timedelta() else None


def _written(value: str) -> str:
    day, moment = _day(value), _moment(value)
    if moment:
        return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
    return f"{day.day} {day:%B %Y}" if day else value


WORDS: dict[str, tuple[str, str, dict[str, str]]] = {
    "q": ("Words", "search", {}),
    "label": ("Label", "tag", {}),
    "person": ("Person", "face", {}),
    "person_id": ("Person", "face", {}),
    "emotion": ("Emotion", "face", EMOTIONS),
    "moderation": ("Sensitive", "warning", {}),
    "moderated": ("Sensitive", "warning", MODERATED),
    "color": ("Colour", "tag", {}),
    "bucket": ("Bucket", "folder", {}),
    "prefix": ("Folder", "folder", {}),
    "state": ("State", "info", STATES),
    "similar_to": ("Similar", "pictures", {}),
}
"""What each parameter that stands for itself filters by, its icon, and what its values are called."""
DRESSED: dict[str, Callable[[str], str]] = {
    "q": "“{}”".format,
    "color": str.capitalize,
    "similar_to": lambda _: "Similar to one picture",
}
RANGES = {("min_age", "max_age"): _ages, ("min_faces", "max_faces"): _faces, ("from", "to"): _time}
"""What is one filter for people and two parameters for the tagger."""
