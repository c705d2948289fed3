"""What a search can be narrowed by: the tagger's counts as groups of links. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from onlooker_console.filters import EMOTIONS, STATES, called, color_class, month_after
from onlooker_console.search import Search

Counts = Mapping[str, Any]
"""What ``GET /tags/statistics`` answers, by months."""

FACES = (("None", "0", "0"), ("1", "1", "1"), ("2", "2", "2"), ("3 to 5", "3", "5"), ("6 or more", "6", ""))
"""Words, least and most."""
COUNTED = {"emotion": "faces", "age": "faces"}
"""What the numbers of a group count, where that is not pictures."""
MOST = 30
"""Options of one kind: for others there is the search box."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to narrow a search, or one by which it is narrowed."""

    text: str
    href: str
    """Takes it, or leaves it if it is on."""
    count: int | None = None
    on: bool = False
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Options of one kind."""

    name: str
    title: str
    options: tuple[Option, ...]
    counts: str
    """What its numbers count."""

    @property
    def on(self) -> bool:
        """Whether the search is narrowed by it."""
        return any(option.on for option in self.options)


def facets(counts: Counts, search: Search, path: str) -> tuple[Facet, ...]:
    """Return what pictures that a search finds can be told apart by; groups with nothing in them are left out.

    Args:
        counts: of the pictures that the search finds; the timeline may go beyond the search's own time.
        search: what is looked for.
        path: the page that the links lead to.
    """

    def named(name: str, listed: str, words: Mapping[str, str] | None = None, **more: Any) -> Iterable[Option]:
        return _named(counts.get(listed, ()), name, search, path, words or {}, **more)

    groups: tuple[tuple[str, str, Iterable[Option]], ...] = (
        ("person", "People", named("person", "persons")),
        ("label", "Labels", named("label", "labels")),
        ("emotion", "Emotions", named("emotion", "emotions", EMOTIONS)),
        ("age", "Ages", _ages(counts.get("ages", ()), search, path)),
        ("faces", "Faces in a picture", _faces(counts, search, path)),
        ("color", "Colours", named("color", "colors", dress=str.capitalize, swatch=color_class)),
        ("prefix", "Folders", named("prefix", "folders")),
        ("time", "Months", _months(counts, search, path)),
        ("moderation", "Sensitive", named("moderation", "moderation")),
        ("state", "State", _states(counts, search, path)),
    )
    found = (
        Facet(name, title, tuple(islice(options, MOST)), COUNTED.get(name, "pictures"))
        for name, title, options in groups
    )
    return tuple(facet for facet in found if facet.options)


def jumps(counts: Counts, search: Search, path: str) -> tuple[Option, ...]:
    """Return links to where each month of a search begins, newest first: they leave out what comes before it."""

    def start(first: date) -> Search:
        if search.get("sort") == "oldest":
            return search.setting(since=first.isoformat(), until="")
        return search.setting(since="", until=month_after(first).isoformat())

    return tuple(Option(f"{first:%B %Y}", start(first).at(path), count) for first, count in _monthly(counts))


def _named(
    listed: Iterable[Mapping[str, Any]],
    name: str,
    search: Search,
    path: str,
    words: Mapping[str, str],
    dress: Callable[[str], str] = str,
    swatch: Callable[[str], str] = lambda _: "",
) -> Iterable[Option]:
    """Yield options of one parameter: first those that are on, which may be among the counts or not."""
    counted = {each["name"]: each["count"] for each in listed if each["name"]}
    folded = {value.casefold(): value for value in counted}
    for value in search.all(name):
        known = folded.get(value.casefold(), value)
        href = search.without(name, value=value).at(path)
        yield Option(dress(called(known, words)), href, counted.pop(known, None), on=True, swatch=swatch(known))
    for value, count in counted.items():
        yield Option(dress(called(value, words)), search.adding(name, value).at(path), count, swatch=swatch(value))


def _ages(listed: Iterable[Mapping[str, Any]], search: Search, path: str) -> Iterable[Option]:
    for each in listed:
        low, _, high = each["name"].partition("-")
        yield _range("age", (low, high), f"{low} to {high}", search, path, each["count"])


def _faces(counts: Counts, search: Search, path: str) -> Iterable[Option]:
    if counts["faces"] or search.get("min_faces") or search.get("max_faces"):
        for words, low, high in FACES:
            yield _range("faces", (low, high), words, search, path)


def _range(
    name: str, bounds: tuple[str, str], words: str, search: Search, path: str, count: int | None = None
) -> Option:
    lowest, highest = f"min_{name}", f"max_{name}"
    on = (search.get(lowest), search.get(highest)) == bounds
    other = (
        search.without(lowest, highest) if on else search.setting(**dict(zip((lowest, highest), bounds, strict=True)))
    )
    return Option(words, other.at(path), count, on=on)


def _months(counts: Counts, search: Search, path: str) -> Iterable[Option]:
    for first, count in _monthly(counts):
        since, until = first.isoformat(), month_after(first).isoformat()
        on = (search.get("from"), search.get("to")) == (since, until)
        other = search.without("from", "to") if on else search.setting(since=since, until=until)
        yield Option(f"{first:%B %Y}", other.at(path), count, on=on)


def _monthly(counts: Counts) -> Iterable[tuple[date, int]]:
    """Yield the months of a timeline and how many pictures each has, newest first."""
    for period in sorted(counts.get("timeline", ()), key=lambda each: str(each["start"]), reverse=True):
        yield date.fromisoformat(f"{period['start'][:7]}-01"), period["count"]


def _states(counts: Counts, search: Search, path: str) -> Iterable[Option]:
    if counts["failed"] or search.get("state"):
        yield from _named(
            ({"name": state, "count": counts[state]} for state in STATES), "state", search, path, words=STATES
        )
