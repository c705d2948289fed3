"""Colours by the names of CSS."""

import numpy as np
import pytest

from onlooker_rekognition.vision.colors import DominantColor, dominant, name_colors, palette, to_lab
from onlooker_rekognition.vision.css import GROUPS
from onlooker_rekognition.vision.image import Pixels


def striped(*colors: tuple[int, int, int], rows: int = 10) -> Pixels:
    """Rows of each colour."""
    return np.repeat(np.array(colors, np.uint8), rows, axis=0)[:, None].repeat(20, axis=1)


def named(pixels: Pixels) -> tuple[DominantColor, ...]:
    return dominant(name_colors(to_lab(pixels)))


def test_there_are_the_colours_of_css_under_twelve_simple_names() -> None:
    assert len(GROUPS) == 12
    assert len(palette()) == len({color.name for color in palette()}) == len({color.code for color in palette()}) == 138


@pytest.mark.parametrize("color", palette(), ids=lambda color: color.name)
def test_every_colour_of_css_is_called_by_its_name(color: object) -> None:
    (found,) = named(striped((color.red, color.green, color.blue)))
    assert found == DominantColor(color, 100.0)


@pytest.mark.parametrize(
    ("rgb", "name", "simplified", "code"),
    [
        ((47, 79, 79), "darkslategrey", "grey", "#2f4f4f"),  # these four as Amazon was seen to answer them
        ((85, 107, 47), "darkolivegreen", "green", "#556b2f"),
        ((105, 105, 105), "dimgrey", "grey", "#696969"),
        ((128, 128, 128), "gray", "grey", "#808080"),
        ((200, 30, 25), "firebrick", "red", "#b22222"),
        ((255, 230, 10), "gold", "yellow", "#ffd700"),
        ((8, 8, 12), "black", "black", "#000000"),
    ],
)
def test_a_colour_is_that_of_css_which_looks_most_like_it(
    rgb: tuple[int, int, int], name: str, simplified: str, code: str
) -> None:
    (found,) = named(striped(rgb))
    assert (found.color.name, found.color.simplified, found.color.code) == (name, simplified, code)


def test_colours_come_most_frequent_first_with_their_shares() -> None:
    found = named(np.vstack([striped((255, 0, 0), rows=30), striped((0, 0, 255), rows=60), striped((0, 128, 0))]))
    assert [(each.color.name, each.percent) for each in found] == [("blue", 60), ("red", 30), ("green", 10)]


def test_what_is_rare_is_not_dominant() -> None:
    assert [each.color.name for each in named(striped(*[(255, 255, 255)] * 24, (255, 0, 0), rows=1))] == ["white"]
    assert len(named(striped(*[(255, 255, 255)] * 19, (255, 0, 0), rows=1))) == 2, "5 % are enough"


def test_a_picture_of_every_colour_has_a_most_frequent_one() -> None:
    colors = [(color.red, color.green, color.blue) for color in palette()]
    assert len(named(striped(*colors, colors[0], rows=1))) == 1


def test_a_part_without_pixels_has_no_colours() -> None:
    assert dominant(np.empty((0, 4), np.intp)) == ()
