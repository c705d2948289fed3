"""Documents in words for people."""

import pytest

from onlooker import words

FACE = {"person": None, "emotion": "HAPPY", "emotion_confidence": 97.6, "age_low": 25, "age_high": 33}


def test_a_face_is_told_by_what_is_known_of_it() -> None:
    assert words.face(FACE) == "Happy 98 % · 25-33"
    assert words.face(FACE | {"person": "Ann"}) == "Ann · Happy 98 % · 25-33"
    assert words.face({"emotion": None, "age_low": None}) == "a face"


def test_many_faces_are_counted() -> None:
    assert words.faces({"faces": [], "face_count": 0}) == "none"
    assert words.faces({"faces": [FACE] * 60, "face_count": 60}, most=1) == "Happy 98 % · 25-33\nand 59 more"


def test_labels_come_with_confidence_and_without_what_they_imply() -> None:
    found = [
        {"name": "Animal", "confidence": 97, "parents": []},
        {"name": "Cat", "confidence": 96.7, "parents": ["Animal"]},
        {"name": "Cup", "confidence": 61.2, "parents": []},
    ]
    assert words.labels({"labels": found}) == "Cat 97, Cup 61"
    assert words.labels({"labels": []}) == "none"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 * 2**20, "3.0 MiB"), (5 * 2**30, "5.0 GiB")]
)
def test_sizes(count: int, said: str) -> None:
    assert words.size(count) == said


@pytest.mark.parametrize(("count", "said"), [(0, "0 faces"), (1, "1 face"), (2, "2 faces")])
def test_numbers_of_things(count: int, said: str) -> None:
    assert words.many(count, "face") == said
