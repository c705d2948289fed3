"""Where a box is drawn at first, what the recognizer is told of it, and which face came of it."""

import pytest

from onlooker_console.picture.drawing import Place, drawn_face, first_place


@pytest.mark.parametrize(("width", "height"), [(600, 400), (300, 4000), (1, 1)])
def test_a_box_is_a_square_in_the_middle_at_first(width: int, height: int) -> None:
    place = first_place(width, height)
    assert place.width * width == pytest.approx(place.height * height, rel=0.05)
    assert place.left + place.width / 2 == pytest.approx(50, abs=0.2)
    assert place.top + place.height / 2 == pytest.approx(50, abs=0.2)


def test_numbers_that_were_rounded_stay_within_the_picture() -> None:
    rounded, outside = Place(33.34, 0, 66.67, 100), Place(33.34, 0, 66.7, 100)
    assert not rounded.sticks_out
    assert rounded.ratios["left"] + rounded.ratios["width"] <= 1
    assert outside.sticks_out


def test_the_face_that_came_of_it_is_the_one_at_that_place() -> None:
    drawn = {"left": 0.1, "top": 0.1, "width": 0.2, "height": 0.2}
    faces = [{"bounding_box": {**drawn, "left": left}} for left in (0.7, 0.12, 0.4)]
    assert drawn_face(faces, drawn) == 2
