"""Boxes and transforms, on cases small enough to know the answer."""

import numpy as np
import pytest

from onlooker_rekognition.vision.geometry import (
    apply,
    overlaps,
    scale_of,
    similarity_transform,
    square,
    suppress,
    turned_bounds,
)

BOX = np.array([0.0, 0.0, 10.0, 10.0])


@pytest.mark.parametrize(
    ("other", "union", "smaller"),
    [
        ([0, 0, 10, 10], 1, 1),
        ([5, 0, 15, 10], 1 / 3, 1 / 2),
        ([2, 2, 4, 4], 0.04, 1),
        ([10, 0, 20, 10], 0, 0),
        ([30, 30, 40, 40], 0, 0),
        ([5, 5, 5, 5], 0, 0),
    ],
)
def test_overlap_of_the_union_and_of_the_smaller(other: list[float], union: float, smaller: float) -> None:
    of_union, of_smaller = overlaps(BOX[None], np.array([other, other], float))
    assert of_union[0] == pytest.approx([union, union])
    assert of_smaller[0] == pytest.approx([smaller, smaller])


def test_of_overlapping_boxes_the_best_stays() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [20, 0, 30, 10], [2, 2, 5, 5]], float)
    scores = np.array([0.5, 0.9, 0.7, 0.8])
    assert suppress(boxes, scores, union=0.5) == [1, 3, 2]
    assert suppress(boxes, scores, union=0.5, smaller=0.6) == [1, 2]
    assert suppress(np.empty((0, 4)), np.empty(0), union=0.5) == []


def test_a_crop_shows_the_turned_square_around_its_centre() -> None:
    transform = square(np.array([100.0, 50.0]), 40, np.pi / 2, 20)
    assert scale_of(transform) == pytest.approx(2)
    np.testing.assert_allclose(apply(transform, np.array([10.0, 10.0])), [100, 50])
    np.testing.assert_allclose(apply(transform, np.array([20.0, 10.0])), [100, 70], atol=1e-9)


def test_the_transform_between_two_sets_of_points_is_found() -> None:
    source = np.array([[0, 0], [4, 0], [4, 3], [0, 7]], float)
    transform = square(np.array([30.0, -5.0]), 12, 0.7, 5)
    np.testing.assert_allclose(similarity_transform(source, apply(transform, source)), transform)


def test_a_reflection_is_not_taken_for_a_rotation() -> None:
    source = np.array([[0, 0], [4, 0], [4, 3], [0, 7]], float)
    transform = similarity_transform(source, source * [-1, 1])
    assert np.linalg.det(transform[:, :2]) > 0


def test_the_bounds_of_points_turn_with_them() -> None:
    upright = np.array([[-4, -1], [4, -1], [4, 1], [-4, 1]], float)
    turned = apply(square(np.array([50.0, 60.0]), 1, 0.4, 1), upright + 0.5)
    centre, side = turned_bounds(turned, 0.4)
    np.testing.assert_allclose(centre, [50, 60])
    assert side == pytest.approx(8)
