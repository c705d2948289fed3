import numpy as np
import pytest

from onlooker_rekognition.vision.text.readings import Character, decode, probability, words

ALPHABET = ["", "A", "B", " "]
NONE, A, B, SPACE = range(4)


def read(*steps: int, width: float | None = None) -> list[Character]:
    return decode(np.array(steps, np.float32), np.full(len(steps), 0.9), ALPHABET, width or len(steps))


def texts(characters: list[Character]) -> str:
    return "".join(character.text for character in characters)


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ((NONE, A, A, A, NONE, B), "AB"),
        ((A, A, NONE, A), "AA"),
        ((A, B, A), "ABA"),
        ((NONE, NONE), ""),
        ((A, SPACE, SPACE, B), "A B"),
    ],
)
def test_a_character_goes_on_until_another_step_parts_it(steps: tuple[int, ...], text: str) -> None:
    assert texts(read(*steps)) == text


def test_a_character_is_as_likely_as_in_its_best_step() -> None:
    (only,) = decode(np.array([A, A, NONE]), np.array([0.2, 0.7, 1.0]), ALPHABET, 3)
    assert only.probability == pytest.approx(0.7)


def test_a_character_is_in_the_middle_of_its_steps_of_the_line_itself() -> None:
    """The steps after the line's own width are filling."""
    first, second = read(A, A, NONE, B, NONE, NONE, NONE, NONE, width=4)
    assert first.place == pytest.approx(1 / 4)
    assert second.place == pytest.approx(3.5 / 4)


def test_spaces_part_words_and_belong_to_none() -> None:
    first, second = words(read(SPACE, A, NONE, B, SPACE, SPACE, NONE, B, A, NONE, SPACE))
    assert (first.text, second.text) == ("AB", "BA")
    assert first.start == 0
    assert second.end == 1
    assert first.end <= second.start


def test_words_are_as_wide_as_their_characters() -> None:
    characters = [Character(text, 0.9, place) for text, place in zip("AA AAAA", np.arange(7) / 7 + 1 / 14, strict=True)]
    first, second = words(characters)
    assert first.end == pytest.approx(2 / 7)
    assert second.start == pytest.approx(3 / 7)


def test_words_that_touch_share_the_middle_between_them() -> None:
    places = [0.1, 0.3, 0.5, 0.52, 0.54]
    first, second = words([Character(text, 0.9, place) for text, place in zip("AAA B", places, strict=True)])
    assert first.end == second.start == pytest.approx(0.52)


def test_each_word_has_its_own_probability() -> None:
    characters = [
        Character("A", 1.0, 0.1),
        Character(" ", 0.9, 0.5),
        Character("B", 0.4, 0.8),
        Character("B", 0.6, 0.9),
    ]
    assert [word.probability for word in words(characters)] == [1.0, 0.5]
    assert probability([]) == 0


def test_a_single_character_is_a_word_as_wide_as_the_line() -> None:
    (word,) = words([Character("7", 0.99, 0.5)])
    assert (word.text, word.start, word.end) == ("7", 0, 1)
    assert words([]) == []
