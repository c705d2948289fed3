"""A crop shows the face that is meant, large enough for Rekognition, and knows where it is from."""

from io import BytesIO

import pytest
from PIL import Image

from onlooker_recognizer.people.collection.crops import MAX_SIDE, MIN_SIDE, cut, overlap, reduction
from onlooker_shared.recognition import BoundingBox

SKIN = (224, 172, 105)


def scene(width: int, height: int, box: BoundingBox) -> Image.Image:
    """A face-coloured rectangle on black."""
    picture = Image.new("RGB", (width, height))
    at = (round(box.left * width), round(box.top * height))
    picture.paste(Image.new("RGB", (round(box.width * width), round(box.height * height)), SKIN), at)
    return picture


def opened(jpeg: bytes) -> Image.Image:
    return Image.open(BytesIO(jpeg))


BOXES = [
    BoundingBox(left=0.4, top=0.3, width=0.2, height=0.3),
    BoundingBox(left=-0.02, top=0.85, width=0.1, height=0.2),  # over the edges
    BoundingBox(left=0.97, top=0.0, width=0.03, height=0.04),  # in a corner, and small
    BoundingBox(left=0.0, top=0.0, width=1.0, height=1.0),
]


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("size", [(1600, 1200), (400, 700), (90, 81)])
def test_a_crop_has_all_of_the_face_and_a_size_that_rekognition_takes(size: tuple[int, int], box: BoundingBox) -> None:
    crop = cut(scene(*size, box), box)
    picture = opened(crop.jpeg)
    assert picture.format == "JPEG"
    assert min(picture.size) >= MIN_SIDE
    assert max(picture.size) <= MAX_SIDE
    inside = BoundingBox(
        left=max(box.left, 0),
        top=max(box.top, 0),
        width=min(box.left + box.width, 1) - max(box.left, 0),
        height=min(box.top + box.height, 1) - max(box.top, 0),
    )
    common = overlap(crop.part, inside) * (crop.part.width * crop.part.height)  # it lies within: so large is the union
    assert common == pytest.approx(inside.width * inside.height, rel=1e-6)


def test_the_margin_is_a_quarter_of_the_face_on_each_side() -> None:
    box = BoundingBox(left=0.4, top=0.4, width=0.2, height=0.1)
    part = cut(scene(1000, 1000, box), box).part
    assert (part.left, part.top, part.width, part.height) == pytest.approx((0.35, 0.375, 0.3, 0.15), abs=0.002)


def test_what_is_found_in_a_crop_is_told_in_the_picture() -> None:
    box = BoundingBox(left=0.6, top=0.1, width=0.1, height=0.2)
    crop = cut(scene(800, 600, box), box)
    pixels = opened(crop.jpeg).convert("L").point(lambda level: 255 if level > 90 else 0).getbbox()
    assert pixels is not None
    width, height = opened(crop.jpeg).size
    found = BoundingBox(
        left=pixels[0] / width,
        top=pixels[1] / height,
        width=(pixels[2] - pixels[0]) / width,
        height=(pixels[3] - pixels[1]) / height,
    )
    assert overlap(crop.in_picture(found), box) > 0.9
    assert crop.shows(found, box)


def test_a_neighbour_in_the_margin_is_not_the_face_that_is_meant() -> None:
    meant = BoundingBox(left=0.4, top=0.4, width=0.1, height=0.1)
    crop = cut(scene(1000, 1000, meant), meant)
    assert not crop.shows(BoundingBox(left=0.8, top=0.0, width=0.2, height=1.0), meant)


def test_a_picture_smaller_than_any_crop_is_padded() -> None:
    box = BoundingBox(left=0.1, top=0.1, width=0.8, height=0.8)
    crop = cut(scene(50, 60, box), box)
    assert opened(crop.jpeg).size == (MIN_SIDE, MIN_SIDE)
    assert crop.part.width == pytest.approx(MIN_SIDE / 50)
    assert opened(crop.jpeg).convert("RGB").getpixel((70, 70)) == pytest.approx((127, 127, 127), abs=8)


@pytest.mark.parametrize(("side", "expected"), [(100, 1), (319, 1), (320, 2), (640, 4), (1279, 4), (5000, 8)])
def test_only_what_is_large_enough_is_shrunk(side: int, expected: int) -> None:
    large = BoundingBox(left=0, top=0, width=0.9, height=0.9)
    smallest = BoundingBox(left=0, top=0, width=side / 10_000, height=0.9)
    assert reduction([large, smallest], 10_000, 10_000) == expected


def test_boxes_that_do_not_touch_have_nothing_in_common() -> None:
    box = BoundingBox(left=0, top=0, width=0.1, height=0.1)
    assert overlap(box, BoundingBox(left=0.5, top=0.5, width=0.1, height=0.1)) == 0
    assert overlap(box, box) == pytest.approx(1)
