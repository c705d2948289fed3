"""A message that was not taken is tried again, more and more seldom, until it is given up."""

import pytest

from onlooker_notifier.channels import retries
from onlooker_notifier.channels.retries import FRESH, next_try

TOLD = 1_800_000_000.0
DAY = 86_400.0


def test_the_pauses_grow_from_seconds_to_an_hour() -> None:
    assert [retries.delay(attempts) for attempts in (1, 2, 3, 4, 9, 100)] == [15, 30, 60, 120, 3600, 3600]


def test_an_outage_of_an_hour_costs_no_message_and_few_tries() -> None:
    now, attempts = TOLD, 1
    while now < TOLD + 3600:
        due = next_try(attempts=attempts, told_at=TOLD, now=now, keep=DAY, open_until=None)
        assert due is not None
        now, attempts = due, attempts + 1

    assert attempts < 12


def test_while_its_fuse_is_open_nothing_is_tried() -> None:
    assert next_try(attempts=1, told_at=TOLD, now=TOLD, keep=DAY, open_until=TOLD + 600) == TOLD + 600


@pytest.mark.parametrize("open_until", [None, TOLD + DAY + 3600])
def test_it_is_given_up_when_its_time_is_over(open_until: float | None) -> None:
    assert next_try(attempts=30, told_at=TOLD, now=TOLD + DAY - 1, keep=DAY, open_until=open_until) is None


def test_the_last_try_is_at_the_end_of_its_time() -> None:
    assert next_try(attempts=30, told_at=TOLD, now=TOLD + DAY - 60, keep=DAY, open_until=None) == TOLD + DAY


def test_what_is_to_be_news_expires_after_minutes() -> None:
    assert retries.kept_for("expire", DAY) == FRESH
    assert retries.kept_for("catch_up", DAY) == DAY


def test_a_clock_that_jumps_back_has_no_message_wait_for_an_hour_that_is_long_over() -> None:
    assert retries.due_in(TOLD + 600, TOLD) == 600
    assert retries.due_in(TOLD - 1, TOLD) == 0
    assert retries.due_in(TOLD + 365 * DAY, TOLD) == 0
