"""Times of presence, worked out from who signed in and out; and their CSV."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from onlooker_recognizer.people.attendance.presence import (
    COLUMNS,
    Direction,
    Session,
    Signed,
    as_csv,
    bounds,
    next_direction,
    sessions,
)

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN, END = bounds(date(2026, 11, 22), UTC)
IN, OUT = Direction.IN, Direction.OUT


def signed(hours: float, direction: Direction, person: str = "a") -> Signed:
    return Signed(person, BEGIN + timedelta(hours=hours), direction)


def spans(found: list[Session]) -> list[tuple[str, float, float | None]]:
    """Whom, from which hour, to which."""
    hour = timedelta(hours=1)
    return [
        (each.person_id, (each.signed_in_at - BEGIN) / hour, each.signed_out_at and (each.signed_out_at - BEGIN) / hour)
        for each in found
    ]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([signed(8, IN), signed(12, OUT), signed(13, IN)], [("a", 8, 12), ("a", 13, None)]),
        ([signed(8, IN), signed(9, IN, "b"), signed(10, OUT), signed(11, OUT, "b")], [("a", 8, 10), ("b", 9, 11)]),
        ([signed(8, IN), signed(10, IN), signed(11, OUT)], [("a", 8, None), ("a", 10, 11)]),
        ([signed(9, OUT)], []),
        ([signed(22, IN), signed(30, OUT)], [("a", 22, 30)]),
        ([signed(22, IN), signed(25, IN), signed(30, OUT)], [("a", 22, None)]),
        ([signed(1, IN), signed(17.5, OUT)], [("a", 1, None)]),
        ([signed(12, OUT), signed(8, IN)], [("a", 8, 12)]),
    ],
    ids=[
        "in and out, and in again",
        "two people",
        "somebody forgot to sign out",
        "out alone",
        "over midnight",
        "in again after midnight",
        "out too late to be the same",
        "in any order",
    ],
)
def test_times_of_presence(events: list[Signed], expected: list[tuple[str, float, float | None]]) -> None:
    assert spans(sessions(events, BEGIN, END)) == expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [(None, IN), (signed(8, IN), OUT), (signed(8, OUT), IN), (signed(-8, IN), IN)],
    ids=["for the first time", "is there", "left", "forgot to sign out yesterday"],
)
def test_which_way_somebody_goes(last: Signed | None, expected: Direction) -> None:
    assert next_direction(last, BEGIN + timedelta(hours=9)) is expected


@pytest.mark.parametrize(
    ("day", "begin", "hours"),
    [
        (date(2026, 11, 22), "2026-11-21T23:00:00+00:00", 24),
        (date(2026, 3, 29), "2026-03-28T23:00:00+00:00", 23),
        (date(2026, 10, 25), "2026-10-24T22:00:00+00:00", 25),
    ],
)
def test_a_day_is_as_long_as_it_is_there(day: date, begin: str, hours: int) -> None:
    first, last = [each.astimezone(UTC) for each in bounds(day, BERLIN)]
    assert (first.isoformat(), last - first) == (begin, timedelta(hours=hours))


def test_a_csv_has_the_times_of_its_place_and_nothing_that_a_spreadsheet_computes() -> None:
    presence = [
        Session("a", datetime(2026, 11, 22, 7, 0, 1, 900, tzinfo=UTC), datetime(2026, 11, 22, 8, 0, 1, tzinfo=UTC)),
        Session("b", datetime(2026, 11, 22, 7, tzinfo=UTC), None),
    ]
    text = as_csv(presence, {"a": '=HYPERLINK("x"), "y"', "b": "Łukasz\nنور"}, BERLIN)
    rows = list(csv.reader(StringIO(text, newline="")))
    assert rows == [
        list(COLUMNS),
        ["a", '\'=HYPERLINK("x"), "y"', "2026-11-22T08:00:01+01:00", "2026-11-22T09:00:01+01:00", "3600"],
        ["b", "Łukasz\nنور", "2026-11-22T08:00:00+01:00", "", ""],
    ]
