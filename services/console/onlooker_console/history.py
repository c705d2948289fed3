"""What was uploaded when, as tables that can be drawn. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from onlooker_console.counting import Timeline
from onlooker_console.filters import EMOTIONS
from onlooker_console.panels import PICTURES, SERIES, Column, Panel, Row, emotion
from onlooker_console.periods import Interval, called, during
from onlooker_console.search import Search

MOST_PEOPLE = 5
"""Who are told apart."""


def over_time(
    periods: Timeline, people: Mapping[str, Timeline], interval: Interval, search: Search
) -> tuple[Panel, ...]:
    """Return the panels of what was uploaded when.

    Args:
        periods: of all pictures of the search, oldest first.
        people: by name, the periods of those with somebody in them; most seen first.
        interval: how long the periods are.
        search: what is looked for.
    """
    if not periods:
        return ()
    seen = {name: {each["start"]: each["count"] for each in theirs} for name, theirs in people.items()}
    bare = [
        Row(
            called(each["start"], interval),
            during(search, each["start"], interval).at(PICTURES),
            counts=(),
            start=each["start"],
        )
        for each in periods
    ]
    shown = [name for name in EMOTIONS if any(name in each["emotions"] for each in periods)]

    def panel(
        name: str, title: str, columns: Iterable[Column], counts: Callable[[Any], Iterable[int]], empty: str
    ) -> Panel:
        rows = (replace(row, counts=tuple(counts(each))) for row, each in zip(bare, periods, strict=True))
        return Panel(
            name,
            title,
            "time",
            f"{interval.capitalize()} (UTC)",
            tuple(columns),
            tuple(row for row in rows if any(row.counts)),
            empty,
            interval,
            first=periods[0]["start"],
            last=periods[-1]["start"],
        )

    return (
        panel("uploads", "Pictures and faces over time", _uploads(search), _of_uploads, ""),
        panel(
            "moods",
            "Emotions over time",
            (Column(EMOTIONS[name], emotion(search, name), SERIES[name]) for name in shown),
            lambda each: (each["emotions"].get(name, 0) for name in shown),
            "No face here shows any.",
        ),
        panel(
            "visits",
            "People over time",
            (Column(name, search.adding("person", name).at(PICTURES), n) for n, name in enumerate(people, 1)),
            lambda each: (theirs.get(each["start"], 0) for theirs in seen.values()),
            "Nobody here is known by name.",
        ),
    )


def _uploads(search: Search) -> Sequence[Column]:
    return (
        Column("Recognized", search.setting(state="recognized").at(PICTURES), 1),
        Column("Failed", search.setting(state="failed").at(PICTURES), 4),
        Column("Faces", _with_faces(search), 2, line=True),
    )


def _of_uploads(period: Mapping[str, Any]) -> Iterable[int]:
    return period["count"] - period["failed"], period["failed"], period["faces"]


def _with_faces(search: Search) -> str:
    return (search if search.get("min_faces") else search.setting(min_faces="1")).at(PICTURES)
