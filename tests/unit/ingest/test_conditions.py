"""Conditional requests, case by case out of RFC 9110, section 13."""

from datetime import UTC, datetime

import pytest

from onlooker_ingest.conditions import Conditions, Verdict

ETAG = '"abc"'
TIME = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
SAME, BEFORE, AFTER = (
    "Sun, 01 Mar 2026 12:00:00 GMT",
    "Sun, 01 Mar 2026 11:59:59 GMT",
    "Sun, 01 Mar 2026 12:00:01 GMT",
)


@pytest.mark.parametrize(
    ("headers", "verdict"),
    [
        ({}, Verdict.PROCEED),
        ({"if-match": ETAG}, Verdict.PROCEED),
        ({"if-match": "*"}, Verdict.PROCEED),
        ({"if-match": '"x", "abc"'}, Verdict.PROCEED),
        ({"if-match": '"x"'}, Verdict.FAILED),
        ({"if-match": 'W/"abc"'}, Verdict.FAILED),  # strong comparison
        ({"if-none-match": ETAG}, Verdict.NOT_MODIFIED),
        ({"if-none-match": 'W/"abc"'}, Verdict.NOT_MODIFIED),  # weak comparison
        ({"if-none-match": '"x", W/"abc"'}, Verdict.NOT_MODIFIED),
        ({"if-none-match": "*"}, Verdict.NOT_MODIFIED),
        ({"if-none-match": '"x"'}, Verdict.PROCEED),
        ({"if-modified-since": SAME}, Verdict.NOT_MODIFIED),
        ({"if-modified-since": AFTER}, Verdict.NOT_MODIFIED),
        ({"if-modified-since": BEFORE}, Verdict.PROCEED),
        ({"if-modified-since": "yesterday"}, Verdict.PROCEED),  # no date: ignored
        ({"if-unmodified-since": SAME}, Verdict.PROCEED),
        ({"if-unmodified-since": BEFORE}, Verdict.FAILED),
        # precedence (13.2.2)
        ({"if-match": ETAG, "if-unmodified-since": BEFORE}, Verdict.PROCEED),
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, Verdict.PROCEED),
        ({"if-match": '"x"', "if-none-match": ETAG}, Verdict.FAILED),
    ],
)
def test_judges_as_the_standard_says(headers: dict[str, str], verdict: Verdict) -> None:
    assert Conditions.of(headers).judge(ETAG, TIME) is verdict


@pytest.mark.parametrize(
    ("if_range", "holds"),
    [(ETAG, True), ('"x"', False), ('W/"abc"', False), (SAME, True), (BEFORE, False), (AFTER, False), ("junk", False)],
)
def test_a_range_holds_only_for_the_version_that_it_was_meant_for(if_range: str, holds: bool) -> None:
    conditions = Conditions.of({"range": "bytes=0-1", "if-range": if_range})

    assert conditions
    assert conditions.range_holds(ETAG, TIME) is holds


def test_if_range_without_range_is_no_condition() -> None:
    assert not Conditions.of({"if-range": ETAG})


def test_a_request_without_conditions_needs_no_second_look() -> None:
    assert not Conditions.of({"range": "bytes=0-1", "accept": "*/*"})
