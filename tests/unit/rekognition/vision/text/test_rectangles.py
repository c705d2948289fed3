import numpy as np
import pytest

from onlooker_rekognition.vision.text.rectangles import Rectangle, upright

SIGN = Rectangle(np.array([10.0, 20.0]), np.array([100.0, 0.0]), np.array([0.0, 30.0]))


def test_corners_go_clockwise_from_where_the_text_begins() -> None:
    assert SIGN.corners.tolist() == [[10, 20], [110, 20], [110, 50], [10, 50]]


@pytest.mark.parametrize(
    ("quarters", "beginning", "across"),
    [(0, [10, 20], [100, 0]), (1, [110, 20], [0, 30]), (2, [110, 50], [-100, 0]), (3, [10, 50], [0, -30])],
)
def test_turned_text_begins_at_the_next_corner(quarters: int, beginning: list[int], across: list[int]) -> None:
    turned = SIGN.turned(quarters)
    assert turned.origin.tolist() == beginning
    assert turned.across.tolist() == across
    assert {tuple(corner) for corner in turned.corners.tolist()} == {tuple(c) for c in SIGN.corners.tolist()}


def test_a_part_lies_between_its_ratios() -> None:
    assert SIGN.part(0.25, 0.75).corners.tolist() == [[35, 20], [85, 20], [85, 50], [35, 50]]


def test_growing_moves_each_side_outwards() -> None:
    assert SIGN.grown(5).corners.tolist() == [[5, 15], [115, 15], [115, 55], [5, 55]]


def test_a_crop_shows_the_rectangle_from_corner_to_corner() -> None:
    transform = SIGN.turned(1).crop_transform(60, 48)
    corners = np.array([[0, 0, 1], [60, 0, 1], [60, 48, 1], [0, 48, 1]]) @ transform.T
    np.testing.assert_allclose(corners, SIGN.turned(1).corners)


@pytest.mark.parametrize("degrees", range(-90, 181, 15))
def test_whatever_the_angle_text_is_taken_to_read_most_nearly_to_the_right(degrees: int) -> None:
    """OpenCV states angles and sides in different ways for the same rectangle."""
    place = upright(np.array([50.0, 50.0]), 80, 20, degrees)
    swapped = upright(np.array([50.0, 50.0]), 20, 80, degrees + 90)
    assert place.across[0] >= abs(place.across[1]) - 1e-9
    assert place.down[1] > 0
    np.testing.assert_allclose(place.centre, [50, 50])
    if degrees % 90 != 45:  # there, both ways are as near
        np.testing.assert_allclose(place.corners, swapped.corners, atol=1e-9)
