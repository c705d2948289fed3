"""The colours of a picture, by the names of CSS.

Each pixel of a shrunken picture has the CSS colour that is nearest in CIELAB, where distance is how different colours
look. What is dominant in a part of the picture is then a matter of counting, and what is counted in the parts adds up
to the whole. Amazon's dominant colours are CSS colours too, their RGB values included.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.css import GROUPS
from onlooker_rekognition.vision.image import Pixels

_LEAST = 5.0
"""Percent of the pixels that a dominant colour has. With it there are at most 20, as many as can be asked for."""

Lab = npt.NDArray[np.float32]
"""CIELAB: shape (height, width, 3), lightness 0..100 first."""

ColorMap = npt.NDArray[np.intp]
"""For each pixel (height, width), or for some, the number of its colour."""


@dataclass(frozen=True, slots=True)
class Color:
    """A colour of CSS: its name, that of the kind it is of, and its RGB values (0..255)."""

    name: str
    simplified: str
    red: int
    green: int
    blue: int

    @property
    def code(self) -> str:
        """As in `#2f4f4f`."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


@dataclass(frozen=True, slots=True)
class DominantColor:
    """A colour and how much of the pixels it has, 0..100."""

    color: Color
    percent: float


def to_lab(pixels: Pixels) -> Lab:
    """RGB to CIELAB."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)


def name_colors(lab: Lab) -> ColorMap:
    """The colour of every pixel, as its place in `palette`."""
    points = _palette_points()
    # the nearest p to x has the largest x.p - |p|^2 / 2, as |x - p|^2 = |x|^2 - 2 (x.p - |p|^2 / 2)
    nearness = lab.reshape(-1, 3) @ points.T - np.sum(points**2, axis=1) / 2
    return np.asarray(nearness.argmax(axis=1).reshape(lab.shape[:2]))


def dominant(colors: ColorMap) -> tuple[DominantColor, ...]:
    """The colours of at least 5 % of the pixels, most frequent first; never none, unless there is no pixel."""
    counts = np.bincount(colors.ravel(), minlength=len(palette()))
    percents = 100 * counts / max(colors.size, 1)
    order = np.argsort(-percents, kind="stable")
    enough = max(int(np.count_nonzero(percents >= _LEAST)), min(colors.size, 1))
    return tuple(DominantColor(palette()[index], float(percents[index])) for index in order[:enough])


@cache
def palette() -> tuple[Color, ...]:
    """The colours of CSS."""
    return tuple(
        Color(name, simplified, value >> 16, value >> 8 & 255, value & 255)
        for simplified, colors in GROUPS.items()
        for name, value in colors.items()
    )


@cache
def _palette_points() -> npt.NDArray[np.float32]:
    values = np.array([(color.red, color.green, color.blue) for color in palette()], np.uint8)
    return np.asarray(to_lab(values[None])[0])
