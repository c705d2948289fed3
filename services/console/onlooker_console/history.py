"""What was uploaded when, as tables that can be drawn. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from onlooker_console.counting import Timeline
from onlooker_console.filters import EMOTIONS
from onlooker_console.panels import NOBODY, PICTURES, SERIES, Column, Panel, Row, emotion
from onlooker_console.periods import Interval, called, during
from onlooker_console.search import Search

MOST_PEOPLE = 5
"""Who are told apart."""


def over_time(periods: Timeline, interval: Interval, search: Search) -> tuple[Panel, ...]:
    """Return the panels of what was uploaded when.

    Args:
        periods: of all pictures of the search, oldest first.
        interval: how long the periods are.
        search: what is looked for.
    """
    if not periods:
        return ()
    rows = tuple(_rows(periods, interval, search))
    shown = [name for name in EMOTIONS if any(name in each["emotions"] for each in periods)]
    moods = tuple(Column(EMOTIONS[name], emotion(search, name), SERIES[name]) for name in shown)
    uploads = tuple(
        replace(row, counts=(each["count"] - each["failed"], each["failed"], each["faces"]))
        for row, each in zip(rows, periods, strict=True)
    )
    felt = (
        replace(row, counts=tuple(each["emotions"].get(name, 0) for name in shown))
        for row, each in zip(rows, periods, strict=True)
    )
    return (
        _panel("uploads", "Pictures and faces over time", interval, periods, _uploads(search), uploads),
        _panel("moods", "Emotions over time", interval, periods, moods, felt, "No face here shows any."),
    )


def visits(periods: Timeline, people: Mapping[str, Timeline], interval: Interval, search: Search) -> Panel:
    """Return the panel of who was seen when.

    Args:
        periods: of all pictures of the search, oldest first; there is at least one.
        people: by name, the periods of those with somebody in them; most seen first.
        interval: how long the periods are.
        search: what is looked for.
    """
    columns = (Column(name, search.adding("person", name).at(PICTURES), n) for n, name in enumerate(people, 1))
    seen = [{each["start"]: each["count"] for each in theirs} for theirs in people.values()]
    rows = (
        replace(row, counts=tuple(theirs.get(row.start, 0) for theirs in seen))
        for row in _rows(periods, interval, search)
    )
    return _panel("visits", "People over time", interval, periods, tuple(columns), rows, NOBODY)


def _rows(periods: Timeline, interval: Interval, search: Search) -> Iterable[Row]:
    for each in periods:
        start = each["start"]
        yield Row(called(start, interval), during(search, start, interval).at(PICTURES), counts=(), start=start)


def _panel(
    name: str,
    title: str,
    interval: Interval,
    periods: Timeline,
    columns: Sequence[Column],
    rows: Iterable[Row],
    empty: str = "",
) -> Panel:
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


def _uploads(search: Search) -> Sequence[Column]:
    return (
        Column("Recognized", search.setting(state="recognized").at(PICTURES), 1),
        Column("Failed", search.setting(state="failed").at(PICTURES), 4),
        Column("Faces", _with_faces(search), 2, line=True),
    )


def _with_faces(search: Search) -> str:
    return (search if search.get("min_faces") else search.setting(min_faces="1")).at(PICTURES)
