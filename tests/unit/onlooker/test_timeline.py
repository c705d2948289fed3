"""One picture's lines are found among those of many containers, put in order, and told in words."""

import json
from typing import Any

import pytest

from onlooker.timeline import read, timeline

IMAGE, OTHER, TRACE = "a" * 32, "b" * 32, "c" * 32


def a_line(second: int, event: str = "message.done", **fields: Any) -> str:
    known = {"event": event, "level": "info", "timestamp": f"2026-11-22T01:00:{second:02}.5Z", "trace_id": TRACE}
    return json.dumps(known | fields) + "\n"


@pytest.mark.parametrize(
    ("text", "service"),
    [
        (a_line(1, service="tagger"), "tagger"),
        (f"recognizer-2  | {a_line(1, service='recognizer')}", "recognizer-2"),
        (f"\x1b[2Kbalancer-1  | {a_line(1)}", "balancer-1"),
        (f"\x1b[36mgateway-1 | \x1b[0m{a_line(1)}", "gateway-1"),
        (f"2026-11-22T01:00:01Z {a_line(1, service='notifier')}", "notifier"),
        (a_line(1, service="onlooker", logger="onlooker_ingest.upload_routes"), "ingest"),
        (a_line(1, service="onlooker", logger="onlooker_shared.queue.consumer", queue="x-annotator"), "annotator"),
        (a_line(1, service="onlooker", logger="onlooker_shared.run"), "onlooker"),
        (a_line(1, logger="onlooker_rekognition.app"), "rekognition"),
    ],
)
def test_who_wrote_a_line_is_told_by_its_container_or_by_itself(text: str, service: str) -> None:
    line = read(text)
    assert line is not None
    assert line.service == service


@pytest.mark.parametrize(
    "text",
    [
        "",
        "aws-1  | 2026-11-22 INFO AWS sqs.SendMessage => 200",
        "{}",
        "opensearch-1 | {not json",
        '{"event": "x"}',
        '{"event": "x", "time": 3}',
        '{"event": "x", "time": "yesterday"}',
        "[" * 100_000 + '{"event": ' + "[" * 100_000,
    ],
)
def test_lines_of_others_are_passed_over(text: str) -> None:
    assert read(text) is None
    assert timeline([f"{TRACE} {text}"], {TRACE}) == []


def test_a_pictures_lines_are_those_of_its_trace_and_those_that_name_it_in_the_order_of_time() -> None:
    lines = [
        a_line(3, "last"),
        f"recognizer-1  | {a_line(1, 'first', image_id=IMAGE, trace_id='d' * 32)}",
        a_line(2, "of another picture in its trace", image_id=OTHER),
        a_line(2, "of another trace", trace_id="e" * 32),
        a_line(2, "that only mentions it", trace_id="e" * 32, reason=f"not {TRACE}"),
        json.dumps({"time": "2026-11-22T02:00:02.25+01:00", "event": "of the Rekognition server", "trace_id": TRACE}),
    ]
    found = timeline(lines, {IMAGE, TRACE})
    assert [line.event for line in found] == ["first", "of the Rekognition server", "last"]


def test_what_matters_is_said_and_what_went_wrong_is_marked() -> None:
    fields = {"milliseconds": 12.5, "missing": ["text"], "reason": "too fast", "message_id": "m", "key": "a.jpg"}
    line = read(a_line(1, level="warning", exception="Traceback\n  File x\nValueError: no", image_id=IMAGE, **fields))
    assert line is not None
    assert line.is_bad
    assert line.said == 'milliseconds=12.5 missing=["text"] reason=too fast ValueError: no'
    assert line.entry["message_id"] == "m"
