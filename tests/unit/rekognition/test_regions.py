from typing import Any

import pytest

from onlooker_rekognition.operations.regions import region
from onlooker_rekognition.protocol.errors import InvalidParameterError

LEFT_HALF = {"BoundingBox": {"Left": 0, "Top": 0, "Width": 0.5, "Height": 1}}


def points(*corners: tuple[float, float]) -> dict[str, Any]:
    return {"Polygon": [{"X": x, "Y": y} for x, y in corners]}


def band(left: float, right: float, top: float = 0.4, bottom: float = 0.5) -> tuple[tuple[float, float], ...]:
    return ((left, top), (right, top), (right, bottom), (left, bottom))


@pytest.mark.parametrize(
    ("word", "held"),
    [
        (band(0.1, 0.4), True),
        (band(0.6, 0.9), False),
        (band(0.1, 0.8), True),
        (band(0.3, 0.8), False),
        (((0.6, 0.5), (0.1, 0.5), (0.1, 0.4), (0.6, 0.4)), True),
        (band(0.2, 0.2), True),
    ],
    ids=["inside", "outside", "more than half", "less than half", "upside down", "without a width"],
)
def test_a_word_is_held_when_more_than_half_of_it_is_inside(word: Any, held: bool) -> None:
    assert region(LEFT_HALF).holds(word) is held


def test_a_dent_is_not_inside() -> None:
    notched = region(points((0, 0), (1, 0), (1, 1), (0.5, 0.2), (0, 1)))
    assert not notched.holds(band(0.4, 0.6, 0.7, 0.8))
    assert notched.holds(band(0.0, 0.1, 0.4, 0.5))
    assert notched.holds(band(0.4, 0.6, 0.0, 0.1))


@pytest.mark.parametrize(
    ("described", "complaint"),
    [
        ({}, "either BoundingBox or Polygon"),
        ({**LEFT_HALF, **points((0, 0), (1, 0), (1, 1))}, "not both"),
        ({"BoundingBox": {"Left": 0.1, "Top": 0.1}}, "lacks Width, Height"),
        (points((0, 0), (1, 1)), "3 to 10 points, it has 2"),
        (points(*[(0.1 * n, 0.5) for n in range(11)]), "it has 11"),
        ({"Polygon": [{"X": 0.1}, {"X": 0.2, "Y": 0.3}, {"Y": 0.1}]}, "needs X and Y"),
    ],
)
def test_a_region_without_a_whole_shape_is_refused(described: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InvalidParameterError, match=complaint):
        region(described)
