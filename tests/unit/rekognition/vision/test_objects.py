"""Objects from the detector's maps, on maps small enough to know them."""

import numpy as np
import pytest

from onlooker_rekognition.vision.objects import _peaks


def maps(*peaks: tuple[int, int, int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Maps of 8 x 8 places and three classes; each peak is a row, a column, a class and a score."""
    logits = np.full((8, 8, 3), -9.0, np.float32)
    for row, column, number, score in peaks:
        logits[row, column, number] = np.log(score / (1 - score))
    reach = np.tile(np.array([1, 2, 3, 4], np.float32), (8, 8, 1))
    return logits, reach


def test_an_object_is_where_it_peaks_and_reaches_as_far_as_it_says() -> None:
    corners, scores, classes = _peaks(*maps((2, 5, 1, 0.7)))
    assert corners.tolist() == [[[4 * 5 - 1, 4 * 2 - 2], [4 * 5 + 3, 4 * 2 + 4]]]
    assert scores == pytest.approx([0.7])
    assert classes.tolist() == [1]


def test_the_surest_comes_first_and_what_is_not_likely_is_left_out() -> None:
    _, scores, classes = _peaks(*maps((0, 0, 0, 0.3), (7, 7, 1, 0.9), (4, 4, 2, 0.19)))
    assert scores == pytest.approx([0.9, 0.3])
    assert classes.tolist() == [1, 0]


def test_a_neighbour_of_the_same_class_is_the_same_object_and_one_of_another_class_is_not() -> None:
    _, scores, _ = _peaks(*maps((3, 3, 0, 0.8), (3, 4, 0, 0.7), (4, 4, 0, 0.6), (3, 4, 1, 0.5), (3, 5, 2, 0.4)))
    assert scores == pytest.approx([0.8, 0.5, 0.4])


def test_an_empty_map_has_no_objects() -> None:
    corners, scores, classes = _peaks(*maps())
    assert corners.shape == (0, 2, 2)
    assert len(scores) == len(classes) == 0
