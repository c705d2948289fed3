"""Characters are seen in the order that the Unicode Bidirectional Algorithm gives them."""

import pytest

from onlooker_annotator.bidi import embedding_levels, visual_runs


def seen(text: str) -> str:
    """The characters from left to right."""
    return "".join(text[start:end][::-1] if leftward else text[start:end] for start, end, leftward in visual_runs(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("abc def", "abc def", id="Latin stays"),
        pytest.param("אבג", "גבא", id="Hebrew is reversed"),
        pytest.param("אבג 123", "123 גבא", id="numbers keep their order within Hebrew"),
        pytest.param("אבג 1.5-2", "1.5-2 גבא", id="separators stay within their number"),
        pytest.param("אב 50%", "50% בא", id="a terminator belongs to its number"),
        pytest.param("ab אבג cd", "ab גבא cd", id="Hebrew within Latin"),
        pytest.param("אב ab גד", "דג ab בא", id="Latin within Hebrew"),
        pytest.param("عمر 12", "12 رمع", id="digits after Arabic letters"),
        pytest.param("a-אב!", "a-בא!", id="punctuation at the end runs with the line"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_order(text: str, expected: str) -> None:
    assert seen(text) == expected


def test_levels_tell_numbers_from_letters() -> None:
    assert embedding_levels("אב12") == [1, 1, 2, 2]
    assert embedding_levels("ab12") == [0, 0, 0, 0]
    assert embedding_levels("אa") == [1, 2]


def test_marks_take_the_direction_of_their_letter() -> None:
    assert embedding_levels("a\u0301\u05d0\u05b8") == [0, 0, 1, 1]
