"""How lengths of time and shares are written."""

import pytest

from onlooker_console.formats import percent, span


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (0, "0 ms"),
        (0.0404, "40 ms"),
        (1.24, "1.2 s"),
        (59.9, "59.9 s"),
        (300, "5 min"),
        (7200, "2 h"),
        (5 * 86400, "5 days"),
    ],
)
def test_time_is_written_as_coarsely_as_one_would_say_it(seconds: float, written: str) -> None:
    assert span(seconds) == written


@pytest.mark.parametrize(
    ("value", "written"), [(0, "0 %"), (0.31, "0.3 %"), (1.94, "1.9 %"), (1.96, "2 %"), (99.6, "100 %")]
)
def test_shares_are_whole_unless_they_are_small(value: float, written: str) -> None:
    assert percent(value) == written
