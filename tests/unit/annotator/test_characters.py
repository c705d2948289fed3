"""Whatever somebody called a person becomes one clean line."""

import pytest

from onlooker_annotator.characters import clean


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ada\n\tLovelace ", "Ada Lovelace"),
        ("e\u0301", "\u00e9"),
        ("A\u202eb\u200fc\u0007", "Abc"),
        ("\ud800x", "x"),
        ("می\u200cروم", "می\u200cروم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("", ""),
    ],
)
def test_is_one_line_without_controls(text: str, expected: str) -> None:
    assert clean(text, 40) == expected


def test_what_is_too_long_ends_with_an_ellipsis() -> None:
    assert clean("Ada Lovelace", 12) == "Ada Lovelace"
    assert clean("Ada Lovelace!", 12) == "Ada Lovelac…"
    assert clean("Ada Lovelace", 5) == "Ada…"


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        pytest.param("abq\u0323\u0308c", 4, "ab…", id="marks stay with their letter"),
        pytest.param("कि कि", 3, "कि…", id="a vowel sign fits"),
        pytest.param("ककिक", 3, "क…", id="a vowel sign does not fit"),
        pytest.param("x👩\u200d🚀y", 4, "x…", id="a joined emoji is not cut in two"),
        pytest.param("x👍🏽yz", 3, "x…", id="a skin tone stays with its hand"),
    ],
)
def test_no_letter_is_cut_in_two(text: str, limit: int, expected: str) -> None:
    assert clean(text, limit) == expected
