"""How the command line asks the index, and prints what it answers."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker import terminal
from onlooker.commands import filters, stats

NOTHING: dict[str, Any] = {aspect: [] for aspect in (*stats.COUNTED, "timeline")}


def test_asks_only_for_what_was_given() -> None:
    since = datetime(2026, 11, 20, 12, tzinfo=UTC)

    assert filters.asked(None, label=[], emotion=None) == {}
    assert filters.asked(["red", "cup"], person=["Ann"], moderated=False, since=since, until=None) == {
        "q": "red cup",
        "person": ["Ann"],
        "moderated": False,
        "from": "2026-11-20T12:00:00+00:00",
    }


def test_prints_what_there_is_of_each_kind(capsys: pytest.CaptureFixture[str]) -> None:
    found = NOTHING | {
        "labels": [{"name": f"Label {n}", "count": 2000 - n} for n in range(20)],
        "emotions": [{"name": "HAPPY", "count": 3, "share": 0.75}],
        "folders": [{"name": "", "count": 5}],
    }

    for table in stats.tables_of(found):
        terminal.output().print(table)

    printed = capsys.readouterr().out
    assert "Label 0" in printed
    assert "2,000" in printed
    assert "Label 19" not in printed
    assert "Happy" in printed
    assert "75%" in printed
    assert "(none)" in printed
    assert "person" not in printed, "there is nobody"


def test_draws_the_latest_periods(capsys: pytest.CaptureFixture[str]) -> None:
    periods = [{"start": f"2026-01-{day:02}", "count": day, "failed": day % 2} for day in range(1, 31)]

    terminal.output().print(stats.timeline_of(periods))

    printed = capsys.readouterr().out
    assert "2026-01-18" not in printed
    last = next(line for line in printed.splitlines() if "2026-01-30" in line)
    assert last.count("█") == stats.BAR
