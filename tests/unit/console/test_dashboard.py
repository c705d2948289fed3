"""The tagger's counts as tables that are drawn: what is in them, where each row leads, how long periods are."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from onlooker_console.filters import chips
from onlooker_console.history import over_time, visits
from onlooker_console.panels import SERIES, Panel, cloud, counted
from onlooker_console.periods import Interval, called, choices, during, shorter
from onlooker_console.search import Search

ASPECTS = ("labels", "emotions", "persons", "ages", "colors", "folders", "moderation", "failures")
NOTHING: dict[str, Any] = {"total": 0, "recognized": 0, "failed": 0, "faces": 0, **dict.fromkeys(ASPECTS, ())}


def search(query: str = "") -> Search:
    return Search.read(parse_qsl(query))


def panel(name: str, query: str = "", **counts: Any) -> Panel:
    return {each.name: each for each in counted({**NOTHING, **counts}, search(query))}[name]


def asks(href: str) -> dict[str, str]:
    path, query = urlsplit(href)[2:4]
    assert path == "/console/pictures"
    return dict(parse_qsl(query))


def period(start: str, count: int = 1, *, failed: int = 0, faces: int = 0, **emotions: int) -> dict[str, Any]:
    return {"start": start, "count": count, "failed": failed, "faces": faces, "emotions": emotions}


def moving(periods: list[dict[str, Any]]) -> dict[str, Panel]:
    return {each.name: each for each in over_time(periods, "day", search())}


def test_each_row_leads_to_what_it_counts_within_the_search() -> None:
    dogs = panel("labels", "q=park&label=Ball", labels=[{"name": "Dog", "count": 3}])
    assert dogs.rows[0].counts == (3,)
    assert dict(parse_qsl(urlsplit(dogs.rows[0].href).query)) == {"q": "park", "label": "Dog"}  # the last of both
    assert "label=Ball&label=Dog" in dogs.rows[0].href
    assert asks(panel("ages", ages=[{"name": "20-29", "count": 1}]).rows[0].href) == {"min_age": "20", "max_age": "29"}
    assert asks(panel("failures", failures=[{"name": "It is empty.", "count": 1}]).rows[0].href) == {"state": "failed"}
    assert asks(panel("folders", folders=[{"name": "a/b/", "count": 1}]).rows[0].href) == {"prefix": "a/b/"}


def test_an_emotion_has_its_words_its_share_and_one_colour_everywhere() -> None:
    (row,) = panel("emotions", emotions=[{"name": "FEAR", "count": 5, "share": 0.25}]).rows
    assert (row.text, row.share, asks(row.href)) == ("Afraid", "25 %", {"emotion": "FEAR"})
    (column,) = moving([period("2026-11-21", FEAR=1)])["moods"].columns
    assert (column.text, column.series) == ("Afraid", row.series)
    assert len(set(SERIES.values())) == len(SERIES)


@pytest.mark.parametrize(("share", "written"), [(1.0, "100 %"), (0.005, "0.5 %"), (0.0, "0 %"), (0.126, "13 %")])
def test_small_shares_are_not_rounded_to_nothing(share: float, written: str) -> None:
    (row,) = panel("emotions", emotions=[{"name": "SAD", "count": 1, "share": share}]).rows
    assert row.share == written


def test_panels_with_nothing_to_say_are_left_out_but_for_the_four_that_say_why() -> None:
    names = [each.name for each in counted(NOTHING, search())]
    assert names == ["labels", "emotions", "persons", "ages"]
    assert all(each.empty for each in counted(NOTHING, search()))
    assert over_time([], "month", search()) == ()


def test_the_cloud_is_by_name_and_sized_by_how_often() -> None:
    labels = [{"name": "Dog", "count": 1000}, {"name": "ball", "count": 30}, {"name": "Axe", "count": 1}]
    words = cloud({**NOTHING, "labels": labels}, search())
    assert [(word.text, word.size) for word in words] == [("Axe", 1), ("ball", 3), ("Dog", 6)]
    assert [word.size for word in cloud({**NOTHING, "labels": labels[:1]}, search())] == [1]
    assert cloud(NOTHING, search()) == ()


def test_over_time_people_are_told_apart_and_empty_rows_left_out() -> None:
    days = [period("2026-11-19", faces=2, HAPPY=2), period("2026-11-20", 4, failed=1), period("2026-11-21")]
    people = {"Ann A": [period("2026-11-21", 3)], "Ben B": [period("2026-11-19")]}
    seen = visits(days, people, "day", search("label=Dog"))
    assert [column.text for column in seen.columns] == ["Ann A", "Ben B"]
    assert asks(seen.columns[1].href) == {"label": "Dog", "person": "Ben B"}
    assert [(row.text, row.counts) for row in seen.rows] == [("19 Nov 2026", (0, 1)), ("21 Nov 2026", (3, 0))]
    assert (seen.first, seen.last) == ("2026-11-19", "2026-11-21")
    panels = moving(days)
    assert [row.counts for row in panels["uploads"].rows] == [(1, 0, 2), (3, 1, 0), (1, 0, 0)]
    assert panels["moods"].rows[0].counts == (2,)


@pytest.mark.parametrize(
    ("start", "interval", "name", "since", "until"),
    [
        ("2026-12", "month", "December 2026", "2026-12-01", "2027-01-01"),
        ("2026-02-28", "day", "28 Feb 2026", "2026-02-28", "2026-03-01"),
        ("2026-11-21T23:00:00Z", "hour", "21 Nov 2026, 23:00", "2026-11-21T23:00:00Z", "2026-11-22"),
        ("2026-11-21T14:05:00Z", "minute", "21 Nov 2026, 14:05", "2026-11-21T14:05:00Z", "2026-11-21T14:06:00Z"),
    ],
)
def test_a_period_has_a_name_and_a_search(start: str, interval: Interval, name: str, since: str, until: str) -> None:
    assert called(start, interval) == name
    found = during(search("label=Dog"), start, interval)
    assert (found.get("label"), found.get("from"), found.get("to")) == ("Dog", since, until)


@pytest.mark.parametrize(
    ("query", "since", "until"),
    [
        ("from=2026-11-10&to=2026-11-12T10:00:00%2B02:00", "2026-11-10", "2026-11-12T08:00:00Z"),
        ("from=2026-11-10T12:00:00", "2026-11-10T12:00:00Z", "2026-12-01"),
        ("from=2020-01-01&to=2030-01-01", "2026-11-01", "2026-12-01"),
        ("from=nonsense&to=9999-12-31T23:59:59-10:00", "2026-11-01", "2026-12-01"),
    ],
)
def test_a_period_that_the_search_cuts_leads_to_what_was_counted(query: str, since: str, until: str) -> None:
    found = during(search(query), "2026-11", "month")
    assert (found.get("from"), found.get("to")) == (since, until)


def test_short_timelines_are_told_in_shorter_periods() -> None:
    assert shorter("month", [period("2026-01"), period("2026-12")]) is None
    assert shorter("month", [period("2025-12"), period("2026-01")]) == "day"
    assert shorter("day", [period("2026-11-20"), period("2026-11-21")]) == "hour"
    assert shorter("hour", [period("2026-11-21T14:00:00Z")]) == "minute"
    assert shorter("minute", [period("2026-11-21T14:00:00Z")]) is None
    assert shorter("month", []) is None


def test_periods_to_choose_from_are_neither_one_nor_too_many() -> None:
    assert choices("month", [period("2026-01"), period("2026-12")]) == ("month", "day")
    assert choices("day", [period("2026-11-20"), period("2026-11-23")]) == ("day", "hour")
    assert choices("minute", [period("2026-11-21T14:00:00Z")]) == ("minute",)
    assert choices("month", []) == ()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-11-21T14:00:00Z&to=2026-11-21T15:00:00Z", "21 November 2026, 14:00 to 15:00 UTC"),
        ("from=2026-11-21T23:00:00Z&to=2026-11-22", "21 November 2026, 23:00 UTC to before 22 November 2026"),
    ],
)
def test_an_hour_that_somebody_clicked_on_is_a_filter_in_words(query: str, words: str) -> None:
    (chip,) = chips(search(query), "/here")
    assert chip.text == words
