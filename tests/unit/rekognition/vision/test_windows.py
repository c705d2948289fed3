"""How the networks are shown windows of a picture and eyes of a face, with networks that say what they are told to."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from onlooker_rekognition.vision.detector import FaceDetector
from onlooker_rekognition.vision.eyes import Eyes
from onlooker_rekognition.vision.mesh import Mesh

SIZE = 256
PICTURE = np.zeros((1000, 1000, 3), np.uint8)


class Detector:
    """A BlazeFace that sees nothing in the whole picture, near or far, and one box in each of the next four windows."""

    size = SIZE

    def __init__(self, left: float, top: float, side: float) -> None:
        self.looks = 0
        self._centre = np.array([left + side / 2, top + side / 2])
        self._side = side

    def run(self, pictures: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        assert pictures.shape == (1, SIZE, SIZE, 3)
        self.looks += 1
        scores = np.full((1, 512, 1), -20, np.float32)
        boxes = np.zeros((1, 512, 16), np.float32)
        if 3 <= self.looks <= 6:
            scores[0, 0] = 20
            boxes[0, 0, :2] = self._centre - 8  # the first anchor is at (8, 8)
            boxes[0, 0, 2:4] = self._side
        return {
            "fine_scores": scores,
            "fine_boxes": boxes,
            "coarse_scores": np.full((1, 384, 1), -20, np.float32),
            "coarse_boxes": np.zeros((1, 384, 16), np.float32),
        }


def test_a_face_inside_each_window_is_a_face_of_the_picture() -> None:
    found = FaceDetector(Detector(100, 100, 50)).find(PICTURE)
    window = 1000 / 2 * 1.3
    expected = sorted((x + 100 / SIZE * window, y + 100 / SIZE * window) for x in (0, 350) for y in (0, 350))
    np.testing.assert_allclose(sorted((box[0], box[1]) for box in found.boxes), expected, atol=2)
    np.testing.assert_allclose(found.sides, 50 / SIZE * window, atol=1)


def test_what_a_window_cuts_off_is_left_to_its_neighbour() -> None:
    """Only at the picture's own border may a face end with the window."""
    found = FaceDetector(Detector(SIZE - 50, 100, 50)).find(PICTURE)
    assert len(found) == 2
    assert all(box[2] == pytest.approx(1000, abs=2) for box in found.boxes)


def test_what_fills_a_window_is_left_to_the_look_at_the_whole() -> None:
    assert len(FaceDetector(Detector(50, 50, 150)).find(PICTURE)) == 0


def test_a_small_picture_is_not_enlarged_in_search_of_small_faces() -> None:
    network = Detector(100, 100, 50)
    FaceDetector(network).find(PICTURE[:380, :380])
    assert network.looks == 2, "the whole picture, and once more from afar"


def test_both_eyes_are_shown_the_same_way_round() -> None:
    """The network knows the eye on the viewer's left: of a symmetrical face it is shown the same picture twice."""
    shown = []

    class Iris:
        size = 64

        def run(self, pictures: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
            shown.extend(pictures)
            return {"points": np.zeros((len(pictures), 1, 1, 228), np.float32)}

    half = np.asarray(cv2.GaussianBlur(np.random.default_rng(0).integers(0, 256, (200, 150, 3), np.uint8), (0, 0), 3))
    points = np.zeros((468, 3))
    points[[33, 133, 159]] = [[60, 100, 0], [100, 104, 0], [80, 95, 0]]
    points[[263, 362, 386]] = [[240, 100, 0], [200, 104, 0], [220, 95, 0]]
    Eyes(Iris()).read(np.hstack([half, half[:, ::-1]]), [Mesh(points, 1)])
    left, right = (eye.astype(float) for eye in shown)
    assert np.abs(left - right).mean() < 2
    assert np.abs(left - right[:, ::-1]).mean() > 5
