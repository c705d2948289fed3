"""The geometry around the network: windows, seams, shapes to rectangles. What it finds is tested in test_reader."""

from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.text.detector import TextDetector

LARGEST = 832


@dataclass
class Marker:
    """A network that says of each pixel how white it is, and next to its edges that everything is text."""

    sizes: list[tuple[int, int]] = field(default_factory=list)
    excited: int = 0

    def run(self, pictures: Pixels) -> dict[str, NDArray[np.float32]]:
        (picture,) = pictures
        self.sizes.append(picture.shape[:2])
        marked = picture[..., 0].astype(np.float32) / 255
        if self.excited:
            marked[:, : self.excited] = marked[:, -self.excited :] = 1
        return {"text": marked[None]}


def bar(height: int, width: int, *box: int) -> Pixels:
    """A black picture with a white bar: left, top, right, bottom."""
    picture = np.zeros((height, width, 3), np.uint8)
    left, top, right, bottom = box
    picture[top:bottom, left:right] = 255
    return picture


@pytest.mark.parametrize(
    ("height", "width"), [(80, 80), (80, 3000), (3000, 80), (736, 736), (1500, 2000), (2016, 2016), (5000, 400)]
)
def test_every_window_fits_the_network_and_none_is_too_large(height: int, width: int) -> None:
    marker = Marker()
    TextDetector(marker).find(np.zeros((height, width, 3), np.uint8))
    assert marker.sizes
    assert all(side % 32 == 0 and side <= LARGEST for size in marker.sizes for side in size)
    assert sum(rows * columns for rows, columns in marker.sizes) < 1.7 * 2016 * 2016


def test_a_mark_is_grown_to_the_line_it_stands_for() -> None:
    """By area x 1.6 / perimeter on each side."""
    (place,) = TextDetector(Marker()).find(bar(736, 736, 100, 200, 400, 230))
    margin = 1.6 * 300 * 30 / (2 * 330)
    np.testing.assert_allclose(place.corners[0], [100 - margin, 200 - margin], atol=2)
    np.testing.assert_allclose(place.corners[2], [400 + margin, 230 + margin], atol=2)


def test_a_line_across_a_seam_is_one_line_whatever_happens_at_the_edges() -> None:
    found = TextDetector(Marker(excited=60)).find(bar(700, 2000, 300, 300, 1700, 330))
    lines = [place for place in found if place.width > place.height]
    assert len(lines) == 1
    assert lines[0].width == pytest.approx(1400 + 3.2 * 1400 * 30 / (2 * 1430), abs=6)


@pytest.mark.parametrize("left", [300, 500, 800])
def test_large_letters_are_not_cut_by_windows(left: int) -> None:
    found = TextDetector(Marker(excited=80)).find(bar(1500, 2000, left, 400, left + 900, 600))
    (line,) = [place for place in found if place.thickness > 150 and place.width > place.height]
    np.testing.assert_allclose(line.centre, [left + 450, 500], atol=12)


def test_small_lines_that_run_together_in_a_small_copy_stay_apart() -> None:
    picture = np.zeros((1500, 2000, 3), np.uint8)
    for top in range(400, 640, 20):
        picture[top : top + 14, 300:900] = 255
    assert len(TextDetector(Marker()).find(picture)) == 12


def test_places_are_those_of_the_picture_whatever_it_was_scaled_to() -> None:
    for factor in (0.5, 1, 3):
        picture = cv2.resize(bar(400, 800, 200, 180, 600, 200), None, fx=factor, fy=factor)
        (place,) = TextDetector(Marker()).find(np.asarray(picture, np.uint8))
        np.testing.assert_allclose(place.centre / factor, [400, 190], atol=2)


def test_a_tilted_mark_gives_a_tilted_place() -> None:
    picture = np.zeros((736, 736, 3), np.uint8)
    corners = cv2.boxPoints(((368, 368), (300, 20), 20))
    cv2.fillConvexPoly(picture, corners.astype(np.int32), (255, 255, 255))
    (place,) = TextDetector(Marker()).find(picture)
    assert np.degrees(np.arctan2(place.across[1], place.across[0])) == pytest.approx(20, abs=1)


def test_the_largest_lines_are_kept_of_too_many() -> None:
    """Hundreds of specks must not cost hundreds of readings."""
    picture = bar(736, 736, 40, 700, 600, 720)
    for top in range(10, 680, 14):
        for left in range(10, 700, 40):
            picture[top : top + 6, left : left + 20] = 255
    found = TextDetector(Marker()).find(picture)
    assert len(found) == 100
    assert found[0].width > 500


def test_pictures_too_small_for_a_letter_hold_none() -> None:
    assert TextDetector(Marker()).find(np.full((7, 100, 3), 255, np.uint8)) == []
