"""The tagger's counts as tables, each row with the pictures that it counts. Pure.

What is drawn is drawn from these tables, by assets/js/dashboard.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_console.counting import Counts
from onlooker_console.filters import EMOTIONS, color_class
from onlooker_console.search import Search

PICTURES = "/console/pictures"
CLOUD_SIZES = 6
NOBODY = "Nobody here is known by name."
SERIES = {
    "HAPPY": 3,
    "CALM": 2,
    "SURPRISED": 6,
    "SAD": 7,
    "ANGRY": 4,
    "FEAR": 1,
    "DISGUSTED": 5,
    "CONFUSED": 9,
    "UNKNOWN": 8,
}
"""Each emotion's colour, the same in every panel: the number of the design's `--series-N`."""


@dataclass(frozen=True, slots=True)
class Column:
    """What one column of numbers counts."""

    text: str
    href: str = ""
    """The pictures that it counts, of any row."""
    series: int = 1
    line: bool = False
    """Whether it is drawn as a line, not as a part of the bars."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a row counts, how many, and where to see them."""

    text: str
    href: str
    counts: tuple[int, ...]
    start: str = ""
    """Of a period."""
    share: str = ""
    """Of all that the table counts."""
    swatch: str = ""
    series: int = 1


@dataclass(frozen=True, slots=True)
class Panel:
    """A table that can be drawn. Kinds: `bars`, `columns`, `donut`, `time`."""

    name: str
    title: str
    kind: str
    of: str
    """What its rows are."""
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    """What is said in place of a table without rows; nothing: the panel is left out."""
    interval: str = ""
    first: str = ""
    last: str = ""
    """The periods that a timeline goes from and to, whether it has rows for them or not."""


@dataclass(frozen=True, slots=True)
class Word:
    """A label in the cloud."""

    text: str
    href: str
    count: int
    size: int
    """1 to `CLOUD_SIZES`."""


def cloud(counts: Counts, search: Search) -> tuple[Word, ...]:
    """Return the labels by name; each ten times as frequent one is larger by as much."""
    labels = [each for each in counts["labels"] if each["name"]]
    rare, frequent = (math.log(labels[n]["count"]) for n in (-1, 0)) if labels else (0, 0)
    sized = (
        Word(
            each["name"],
            search.adding("label", each["name"]).at(PICTURES),
            each["count"],
            1 + round((CLOUD_SIZES - 1) * (math.log(each["count"]) - rare) / ((frequent - rare) or 1)),
        )
        for each in labels
    )
    return tuple(sorted(sized, key=lambda word: word.text.casefold()))


def counted(counts: Counts, search: Search) -> tuple[Panel, ...]:
    """Return the panels of what the pictures of a search show; those are left out that have nothing to say."""

    def bars(
        name: str,
        title: str,
        of: str,
        parameter: str,
        *,
        empty: str = "",
        dress: Callable[[str], str] = str,
        swatch: Callable[[str], str] = lambda _: "",
    ) -> Panel:
        rows = tuple(
            Row(
                dress(each["name"]),
                search.adding(parameter, each["name"]).at(PICTURES),
                (each["count"],),
                swatch=swatch(each["name"]),
            )
            for each in counts[name]
            if each["name"]
        )
        return Panel(name, title, "bars", of, (Column("Pictures"),), rows, empty)

    failed = search.setting(state="failed").at(PICTURES)
    reasons = tuple(Row(each["name"], failed, (each["count"],), series=4) for each in counts["failures"])
    panels = (
        bars("labels", "Top labels", "Label", "label", empty="Nothing was recognized in these pictures."),
        Panel(
            "emotions",
            "Emotions",
            "donut",
            "Emotion",
            (Column("Faces"),),
            tuple(_emotions(counts["emotions"], search)),
            empty="No face here shows any.",
        ),
        bars("persons", "People seen", "Person", "person", empty=NOBODY),
        Panel(
            "ages",
            "Ages",
            "columns",
            "Years old",
            (Column("Faces", series=2),),
            tuple(_ages(counts["ages"], search)),
            empty="There is no face here.",
        ),
        bars("colors", "Colours", "Colour", "color", dress=str.capitalize, swatch=color_class),
        bars("folders", "Folders", "Folder", "prefix"),
        bars("moderation", "Sensitive", "What", "moderation"),
        Panel("failures", "Failed, and why", "bars", "Reason", (Column("Pictures", series=4),), reasons),
    )
    return tuple(panel for panel in panels if panel.rows or panel.empty)


def emotion(search: Search, name: str) -> str:
    """Return where the pictures of a search are in which some face shows an emotion."""
    return search.setting(emotion=name).at(PICTURES)


def _emotions(listed: Iterable[Mapping[str, Any]], search: Search) -> Iterable[Row]:
    for each in listed:
        name = each["name"]
        yield Row(
            EMOTIONS.get(name, name),
            emotion(search, name),
            (each["count"],),
            share=_percent(each["share"]),
            series=SERIES[name],
        )


def _ages(listed: Iterable[Mapping[str, Any]], search: Search) -> Iterable[Row]:
    for each in listed:
        low, _, high = each["name"].partition("-")
        href = search.setting(min_age=low, max_age=high).at(PICTURES)
        yield Row(f"{low} to {high}", href, (each["count"],), series=2)


def _percent(share: float) -> str:
    percent = share * 100
    return f"{percent:.0f} %" if percent >= 1 or not percent else f"{percent:.1f} %"
