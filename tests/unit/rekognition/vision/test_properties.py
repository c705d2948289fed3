"""A picture's properties, on pictures made for it and on real ones."""

import cv2
import numpy as np
import pytest

from onlooker_rekognition.vision.colors import DominantColor
from onlooker_rekognition.vision.image import Image, Pixels
from onlooker_rekognition.vision.properties import ImageProperties, measure
from onlooker_rekognition.vision.results import Box
from vision_samples import scene

RED, BLUE = (255, 0, 0), (0, 0, 255)


def plain(color: tuple[int, int, int], height: int = 300, width: int = 400) -> Pixels:
    return np.full((height, width, 3), color, np.uint8)


def thing_on_ground(thing: tuple[int, int, int], ground: tuple[int, int, int]) -> Pixels:
    """A disc in the middle, of a sixth of the picture."""
    return cv2.circle(plain(ground), (200, 150), 80, thing, thickness=-1)


def named(colors: tuple[DominantColor, ...]) -> dict[str, float]:
    return {dominant.color.name: dominant.percent for dominant in colors}


def of(pixels: Pixels, *boxes: Box) -> ImageProperties:
    return measure(Image(pixels), boxes)


@pytest.mark.parametrize(("thing", "ground"), [(RED, BLUE), (BLUE, RED), ((255, 255, 255), (0, 0, 0))])
def test_a_thing_in_the_middle_is_the_foreground(thing: tuple[int, int, int], ground: tuple[int, int, int]) -> None:
    properties = of(thing_on_ground(thing, ground))
    (first, *_) = properties.foreground.colors
    assert (first.color.red, first.color.green, first.color.blue) == thing
    assert first.percent > 70
    (behind, *_) = properties.background.colors
    assert (behind.color.red, behind.color.green, behind.color.blue) == ground
    assert behind.percent > 90


def test_what_is_counted_in_the_parts_adds_up_to_the_whole() -> None:
    properties = of(thing_on_ground(RED, BLUE))
    whole, front, back = (
        named(region.colors).get("red", 0.0)
        for region in (properties.image, properties.foreground, properties.background)
    )
    assert back < whole < front
    assert whole == pytest.approx(100 * np.pi * 80**2 / (300 * 400), abs=2)


@pytest.mark.parametrize(
    ("name", "colour"), [("coffee.png", "red"), ("astronaut.png", "orange"), ("chelsea.png", "brown")]
)
def test_the_foreground_of_real_pictures_has_the_colour_of_their_subject(name: str, colour: str) -> None:
    properties = of(scene(name))
    front, back = (
        sum(dominant.percent for dominant in region.colors if dominant.color.simplified == colour)
        for region in (properties.foreground, properties.background)
    )
    assert front > 15
    assert front > back


def test_brightness_is_that_of_the_picture() -> None:
    assert of(plain((0, 0, 0))).image.brightness == 0
    assert of(plain((255, 255, 255))).image.brightness == pytest.approx(100, abs=0.1)
    pixels = scene("coffee.png")
    assert of((pixels * 0.5).astype(np.uint8)).image.brightness < of(pixels).image.brightness - 10


def test_contrast_is_none_in_a_plain_picture_and_full_in_black_and_white() -> None:
    assert of(plain((90, 90, 90))).image.contrast == pytest.approx(0, abs=0.1)
    halves = np.vstack([plain((0, 0, 0)), plain((255, 255, 255))])
    assert of(halves).image.contrast == pytest.approx(100, abs=1)
    pixels = scene("coffee.png").astype(float)
    flat = (pixels * 0.3 + 90).astype(np.uint8)
    assert of(flat).image.contrast < of(scene("coffee.png")).image.contrast / 2


@pytest.mark.parametrize("name", ["astronaut.png", "coffee.png", "motorcycle_left.png", "rocket.jpg"])
def test_sharpness_falls_with_blur(name: str) -> None:
    pixels = scene(name)
    sharp, soft, blurred = (
        of(pixels if not radius else np.asarray(cv2.GaussianBlur(pixels, (0, 0), radius))).image.sharpness
        for radius in (0, 1, 4)
    )
    assert sharp > 70 > soft > blurred
    assert blurred < 10


def test_the_part_that_is_out_of_focus_is_told_from_the_one_in_focus() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8)
    pixels = thing_on_ground(RED, BLUE)
    inside = thing_on_ground((1, 1, 1), (0, 0, 0)).astype(bool)
    pixels[inside] = np.clip(pixels[inside].astype(int) - noise[inside] // 4, 0, 255)
    properties = of(pixels)
    assert properties.foreground.sharpness > properties.background.sharpness + 20


def test_the_same_photo_larger_is_no_other() -> None:
    pixels = scene("coffee.png")
    larger = np.asarray(cv2.resize(pixels, None, fx=3, fy=3, interpolation=cv2.INTER_NEAREST), np.uint8)
    one, other = of(pixels), of(larger)
    assert other.image.brightness == pytest.approx(one.image.brightness, abs=1)
    assert other.image.sharpness == pytest.approx(one.image.sharpness, abs=10)
    assert [dominant.color for dominant in other.image.colors[:3]] == [
        dominant.color for dominant in one.image.colors[:3]
    ]


def test_boxes_have_the_colours_in_them() -> None:
    properties = of(thing_on_ground(RED, BLUE), Box(0.45, 0.45, 0.1, 0.1), Box(-0.1, 0, 0.2, 1), Box(0.5, 0.5, 0, 0))
    inside, beside, point = properties.boxes
    assert named(inside) == {"red": 100}
    assert named(beside) == {"blue": 100}
    assert named(point) == {"red": 100}


@pytest.mark.parametrize("size", [(1, 1), (1, 2), (3, 2), (1, 33_000), (33_000, 1), (5000, 7)])
def test_pictures_of_any_size_have_properties(size: tuple[int, int]) -> None:
    properties = of(plain(RED, *size))
    assert named(properties.image.colors) == {"red": 100}
    for part in (properties.foreground, properties.background):
        assert part is None or named(part.colors) == {"red": 100}


def test_the_same_picture_has_the_same_properties() -> None:
    assert of(scene("astronaut.png")) == of(scene("astronaut.png"))
