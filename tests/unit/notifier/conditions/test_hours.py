"""When hours of the day begin and end, whatever clocks do meanwhile."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.hours import ALWAYS, longest, stretch_at
from onlooker_notifier.conditions.language import Condition
from onlooker_notifier.conditions.matching import ready
from onlooker_notifier.conditions.values import Window

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


def hours(moment: float, **window: Any) -> tuple[str, str] | None:
    """The stretch that a moment is in, as clocks in Berlin show its ends."""
    found = stretch_at(Window.model_validate({"zone": "Europe/Berlin", **window}), moment)
    if found is None:
        return None
    start, end = (datetime.fromtimestamp(each, BERLIN).isoformat(timespec="minutes") for each in found)
    return start, end


def test_a_night_is_one_stretch_over_midnight() -> None:
    night = ("2026-11-20T22:00+01:00", "2026-11-21T06:00+01:00")
    for moment in ("2026-11-20T22:00", "2026-11-20T23:59", "2026-11-21T00:00", "2026-11-21T05:59"):
        assert hours(at(moment), **NIGHT) == night
    for moment in ("2026-11-20T21:59", "2026-11-21T06:00"):
        assert hours(at(moment), **NIGHT) is None


def test_the_night_of_a_day_goes_on_into_the_next_one() -> None:
    friday = {**NIGHT, "days": ["fri"]}
    assert hours(at("2026-11-21T01:00"), **friday) == ("2026-11-20T22:00+01:00", "2026-11-21T06:00+01:00")
    assert hours(at("2026-11-20T01:00"), **friday) is None


def test_days_that_follow_one_another_are_one_stretch() -> None:
    weekdays = {"days": ["mon", "tue", "wed", "thu", "fri"]}
    assert hours(at("2026-11-19T12:00"), **weekdays) == ("2026-11-16T00:00+01:00", "2026-11-21T00:00+01:00")
    assert hours(at("2026-11-21T12:00"), **weekdays) is None


def test_what_has_no_end_is_always() -> None:
    assert stretch_at(None, 0.0) == ALWAYS
    assert stretch_at(Window(), at("2026-11-19T12:00")) == ALWAYS
    assert longest(Window()) == float("inf")
    assert longest(Window.model_validate(NIGHT)) == 8 * 3600
    assert longest(Window(days=("sat", "sun"))) == 2 * 86_400


def test_nights_in_which_clocks_change_are_an_hour_shorter_or_longer() -> None:
    spring, autumn = (
        stretch_at(Window.model_validate(NIGHT), at(f"{day}T23:00")) for day in ("2026-03-28", "2026-10-24")
    )
    assert spring is not None
    assert autumn is not None
    assert (spring.end - spring.start, autumn.end - autumn.start) == (7 * 3600, 9 * 3600)


def test_hours_begin_with_the_minute_that_clocks_leave_out_when_they_do_and_end_with_the_second_of_two() -> None:
    assert hours(at("2026-03-29T04:00"), **{"from": "02:30", "to": "06:00"}) == (
        "2026-03-29T03:00+02:00",
        "2026-03-29T06:00+02:00",
    )
    assert hours(at("2026-03-29T01:00"), **{"from": "00:00", "to": "02:30"}) == (
        "2026-03-29T00:00+01:00",
        "2026-03-29T03:00+02:00",
    )
    assert hours(at("2026-10-25T02:10"), **{"from": "02:00", "to": "02:30"}) == (
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:30+01:00",
    )
    assert hours(at("2026-03-29T03:00"), **{"from": "02:10", "to": "02:40"}) is None  # there is no such time


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"])
@pytest.mark.parametrize(
    "window",
    [{"from": "22:15", "to": "06:45"}, {"from": "09:00", "to": "17:00", "days": ["mon", "sun"]}, {"days": ["sat"]}],
)
def test_pictures_and_hours_go_by_the_same_clocks(window: dict[str, Any], zone: str) -> None:
    """Every quarter of an hour of the weeks in which clocks change there or elsewhere."""
    written = {**window, "zone": zone}
    check = ready(Condition.model_validate({"time": written}))
    hours_of = Window.model_validate(written)
    for first in (
        datetime(2026, 3, 27, tzinfo=UTC),
        datetime(2026, 10, 23, tzinfo=UTC),
        datetime(2026, 4, 3, tzinfo=UTC),
    ):
        for quarter in range(4 * 24 * 4):
            moment = first + timedelta(minutes=15 * quarter)
            held = check.check(facts.of_watched("absence", moment)).holds
            assert (stretch_at(hours_of, moment.timestamp()) is not None) == held, moment


def test_stretches_of_a_year_do_not_meet() -> None:
    window = Window.model_validate(NIGHT)
    noons = [at("2026-01-01T12:00") + 86_400 * day for day in range(0, 365, 4)]
    assert not any(stretch_at(window, noon) for noon in noons)
    nights = [stretch_at(window, noon + 12 * 3600) for noon in noons]
    assert all(one is not None and other is not None and one.end < other.start for one, other in pairwise(nights))
