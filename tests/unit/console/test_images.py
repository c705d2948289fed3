"""Which pictures a browser may keep."""

import pytest

from onlooker_console.pages.images import drawn_before

DRAWN = {"Last-Modified": "Sat, 21 Nov 2026 22:23:07 GMT"}


@pytest.mark.parametrize(
    ("as_of", "headers", "before"),
    [
        ("2026-11-21T22:23:06.9Z", DRAWN, False),
        ("2026-11-21T22:23:07.102571Z", DRAWN, False),  # the header has no fractions
        ("2026-11-21T22:23:08Z", DRAWN, True),
        ("2026-11-21T23:23:08+01:00", DRAWN, True),
        ("1", DRAWN, False),
        ("2026-11-21T22:23:08Z", {}, False),
        ("2026-11-21T22:23:08Z", {"Last-Modified": "yesterday"}, False),
    ],
)
def test_boxes_of_an_earlier_recognition_are_not_kept_as_those_of_a_later_one(
    as_of: str, headers: dict[str, str], before: bool
) -> None:
    assert drawn_before(as_of, headers) is before
