"""One trace follows a picture, with no OpenTelemetry SDK installed or configured."""

import re

import pytest

from onlooker_shared.telemetry.tracing import current_trace_id, current_traceparent, from_headers, span, trace_id_of

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"
MALFORMED = ["", "nonsense", f"00-{'0' * 32}-b7ad6b7169203331-01", f"00-{TRACE_ID}-{'0' * 16}-01", TRACEPARENT[:-3]]


def test_outside_any_span_there_is_no_trace() -> None:
    assert current_trace_id() is None
    assert current_traceparent() is None


def test_a_span_without_a_parent_begins_a_trace_of_its_own() -> None:
    seen = set()
    for _ in range(2):
        with span("work"):
            assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-01", current_traceparent() or "")
            seen.add(current_trace_id())
    assert len(seen) == 2


def test_a_span_continues_the_trace_it_is_given() -> None:
    with span("work", TRACEPARENT):
        assert current_trace_id() == TRACE_ID
        assert current_traceparent() != TRACEPARENT, "it is a span of its own"


def test_spans_nest_and_end() -> None:
    with span("outer"):
        outer = current_traceparent()
        with span("inner"):
            assert current_traceparent() != outer
            assert current_trace_id() == (outer or "").split("-")[1]
        assert current_traceparent() == outer
    assert current_trace_id() is None


def test_an_unsampled_trace_stays_unsampled() -> None:
    with span("work", TRACEPARENT[:-2] + "00"):
        assert (current_traceparent() or "").endswith("-00")


@pytest.mark.parametrize("value", MALFORMED)
def test_a_malformed_traceparent_is_ignored(value: str) -> None:
    assert from_headers({"traceparent": value}) is None
    with span("work", value):
        assert current_trace_id() not in {None, TRACE_ID}
    with span("outer", TRACEPARENT), span("inner", value):
        assert current_trace_id() == TRACE_ID


def test_a_well_formed_traceparent_is_found_among_headers() -> None:
    assert from_headers({"traceparent": TRACEPARENT, "other": "x"}) == TRACEPARENT
    assert from_headers({}) is None


def test_the_id_is_taken_from_a_whole_traceparent_alone() -> None:
    assert trace_id_of(TRACEPARENT) == TRACE_ID
    assert [trace_id_of(other) for other in (None, *MALFORMED)] == [None] * (1 + len(MALFORMED))
