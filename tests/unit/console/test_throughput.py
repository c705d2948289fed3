"""Pictures per minute in the last hour."""

from datetime import UTC, datetime
from typing import Any

from onlooker_console.throughput import HEIGHT, LEAST, begin, throughput

NOW = datetime(2026, 11, 21, 12, 30, 45, tzinfo=UTC)


def minute(start: str, count: int, failed: int = 0) -> dict[str, Any]:
    return {"start": f"2026-11-21T{start}:00Z", "count": count, "failed": failed}


def test_the_hour_ends_with_this_minute() -> None:
    assert begin(NOW) == datetime(2026, 11, 21, 11, 31, tzinfo=UTC)
    bars = throughput([], NOW).bars
    assert (bars[0].start, bars[-1].start, len(bars)) == ("2026-11-21T11:31:00Z", "2026-11-21T12:30:00Z", 60)


def test_minutes_stand_where_they_belong_and_others_are_empty() -> None:
    found = throughput([minute("11:31", 4), minute("12:30", 8, failed=2)], NOW)
    assert [(n, bar.count, bar.failed) for n, bar in enumerate(found.bars) if bar.count] == [(0, 4, 0), (59, 8, 2)]
    assert (found.total, found.failed, found.peak) == (12, 2, 8)
    assert (found.bars[0].height, found.bars[-1].height) == (HEIGHT / 2, HEIGHT)
    assert found.bars[-1].failed_height == HEIGHT / 4


def test_one_picture_beside_thousands_is_seen() -> None:
    found = throughput([minute("12:00", 10_000), minute("12:01", 1)], NOW)
    assert [bar.height for bar in found.bars if bar.count] == [HEIGHT, LEAST]


def test_what_is_older_or_newer_is_left_out() -> None:
    assert throughput([minute("11:30", 5), minute("12:31", 5)], NOW).total == 0


def test_an_hour_without_pictures_has_no_bars_of_any_height() -> None:
    found = throughput([], NOW)
    assert found.peak == 0
    assert {bar.height for bar in found.bars} == {0}
