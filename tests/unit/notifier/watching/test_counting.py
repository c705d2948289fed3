"""Since when nothing came, when that is told, and that it is told once."""

import pytest

from onlooker_notifier.conditions.values import Window
from onlooker_notifier.watching.counting import (
    MOST_ABSENCES,
    SETTLING,
    Absence,
    Mark,
    absence_at,
    absences_among,
    in_words,
    set_back,
    words,
)

HOUR, DAY = 3600.0, 86_400.0
MIDNIGHT = 1_799_971_200.0
"""Epoch seconds of one in UTC; a Thursday's."""
LASTING = 1800.0
OFFICE = Window.model_validate({"from": "09:00", "to": "17:00"})


def test_an_absence_counts_from_the_last_picture_and_is_told_some_seconds_later() -> None:
    mark = Mark(seen_at=MIDNIGHT)
    assert absence_at(mark, None, LASTING, MIDNIGHT) == Absence(MIDNIGHT, MIDNIGHT + LASTING + SETTLING)
    assert absence_at(mark, None, LASTING, MIDNIGHT + 100 * DAY) == absence_at(mark, None, LASTING, MIDNIGHT)


def test_what_was_told_is_told_again_only_after_another_picture() -> None:
    told = Mark(seen_at=MIDNIGHT, told_of=MIDNIGHT)
    assert absence_at(told, None, LASTING, MIDNIGHT + 9 * DAY) is None
    seen = Mark(seen_at=MIDNIGHT + DAY, told_of=MIDNIGHT)
    assert absence_at(seen, None, LASTING, MIDNIGHT + 9 * DAY) == Absence(
        MIDNIGHT + DAY, MIDNIGHT + DAY + LASTING + SETTLING
    )


def test_within_hours_it_counts_from_what_is_later_and_each_day_anew() -> None:
    nine = MIDNIGHT + 9 * HOUR
    assert absence_at(Mark(MIDNIGHT), OFFICE, LASTING, nine - 1) is None
    assert absence_at(Mark(MIDNIGHT), OFFICE, LASTING, nine) == Absence(nine, nine + LASTING + SETTLING)
    assert absence_at(Mark(nine + HOUR), OFFICE, LASTING, nine + 2 * HOUR) == Absence(
        nine + HOUR, nine + HOUR + LASTING + SETTLING
    )
    told = Mark(MIDNIGHT, told_of=nine)
    assert absence_at(told, OFFICE, LASTING, nine + 7 * HOUR) is None
    assert absence_at(told, OFFICE, LASTING, nine + DAY) == Absence(nine + DAY, nine + DAY + LASTING + SETTLING)


def test_a_clock_that_jumped_back_neither_waits_for_an_hour_that_never_comes_nor_tells_again() -> None:
    now = MIDNIGHT
    assert set_back(Mark(now + 59, now + 59), now) is None
    assert set_back(Mark(now + HOUR), now) == Mark(now)
    told = set_back(Mark(now + HOUR, told_of=now + HOUR), now)
    assert told == Mark(now, told_of=now)
    assert absence_at(told, None, LASTING, now + DAY) is None
    of_the_day_before = set_back(Mark(now - HOUR, told_of=now + HOUR), now)
    assert of_the_day_before == Mark(now - HOUR, told_of=now)


def test_a_trial_tells_of_every_gap_that_is_long_enough() -> None:
    seen = [MIDNIGHT, MIDNIGHT + LASTING, MIDNIGHT + 3 * LASTING]  # the first gap is over just in time
    assert absences_among(seen, None, LASTING, MIDNIGHT + 3 * LASTING + 1) == [
        Absence(MIDNIGHT + LASTING, MIDNIGHT + 2 * LASTING + SETTLING)
    ]
    assert absences_among([MIDNIGHT], None, LASTING, MIDNIGHT + DAY) == [
        Absence(MIDNIGHT, MIDNIGHT + LASTING + SETTLING)
    ]
    assert absences_among([MIDNIGHT], None, LASTING, MIDNIGHT + LASTING) == []
    assert absences_among([MIDNIGHT], None, LASTING, MIDNIGHT - DAY) == []


def test_a_trial_within_hours_tells_once_each_day() -> None:
    told = absences_among([MIDNIGHT], OFFICE, LASTING, MIDNIGHT + 3 * DAY)
    assert [each.since for each in told] == [MIDNIGHT + 9 * HOUR + day * DAY for day in range(3)]
    assert absences_among([MIDNIGHT + 16.9 * HOUR], OFFICE, LASTING, MIDNIGHT + DAY) == []
    assert len(absences_among([MIDNIGHT], OFFICE, LASTING, MIDNIGHT + 200 * DAY)) == MOST_ABSENCES


@pytest.mark.parametrize("day", range(0, 20, 3))
def test_a_trial_tells_what_looking_every_minute_would(day: int) -> None:
    """Over the change of the clocks, with pictures at odd times."""
    hours = Window.model_validate({"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"})
    begins = 1_774_000_000.0 + day * 37_000
    seen = [begins, begins + (day * 7919) % 90_000, begins + (day * 104_729) % 170_000]
    until = begins + 2 * DAY
    mark, told, now = Mark(begins), [], begins
    while now < until:
        mark = Mark(max([mark.seen_at, *(each for each in seen if each <= now)]), mark.told_of)
        absence = absence_at(mark, hours, LASTING, now)
        if absence is not None and now >= absence.told_at:
            told.append(absence)
            mark = Mark(mark.seen_at, absence.since)
        now += 1 if absence is not None and 0 <= absence.told_at - now < 60 else 30
    assert absences_among(seen, hours, LASTING, until) == told


def test_absences_are_told_in_plain_words() -> None:
    assert words("30m", "Ann") == "No picture for 30 minutes with Ann"
    assert words("90s", None) == "No picture for 90 seconds"
    assert [in_words(each) for each in ("60s", "120m", "24h", "1d", "36h")] == [
        "1 minute",
        "2 hours",
        "1 day",
        "1 day",
        "36 hours",
    ]
