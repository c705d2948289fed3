"""Worse copies of pictures, and where a face of the picture is in them."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from onlooker_rekognition.vision.image import Pixels

Box = NDArray[np.floating]
"""Left, top, right, bottom, in pixels."""

SMALL_FACE = 24


@dataclass(frozen=True, slots=True)
class Copy:
    """A picture with the boxes (n, 4) of the faces that are in it."""

    pixels: Pixels
    faces: NDArray[np.floating]

    @property
    def face(self) -> float:
        """The middling face's width in pixels; that of half the picture if there is none."""
        return float(np.median(self.faces[:, 2] - self.faces[:, 0])) if len(self.faces) else self.pixels.shape[1] / 2


def small(copy: Copy) -> Copy:
    """The middling face is 24 pixels wide."""
    ratio = min(SMALL_FACE / copy.face, 1)
    pixels = cv2.resize(copy.pixels, None, fx=ratio, fy=ratio, interpolation=cv2.INTER_AREA)
    return Copy(pixels, copy.faces * ratio)


def blurred(copy: Copy) -> Copy:
    """By a Gaussian of 1/25 of the middling face's width."""
    return Copy(cv2.GaussianBlur(copy.pixels, (0, 0), copy.face / 25), copy.faces)


def dark(copy: Copy) -> Copy:
    """0.15 of the light, and a sensor's noise."""
    noise = np.random.default_rng(0).normal(0, 2, copy.pixels.shape)
    return Copy(np.clip(copy.pixels * 0.15 + noise, 0, 255).astype(np.uint8), copy.faces)


def compressed(copy: Copy) -> Copy:
    """By JPEG at quality 20."""
    data = cv2.imencode(".jpg", copy.pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 20])[1]
    return Copy(np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]), copy.faces)


def turned(angle: float) -> Callable[[Copy], Copy]:
    """Clockwise by degrees, on a grey ground; the boxes stay upright around the same middles."""

    def turn(copy: Copy) -> Copy:
        height, width = copy.pixels.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
        cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
        size = int(width * cos + height * sin), int(width * sin + height * cos)
        matrix[:, 2] += (np.array(size) - (width, height)) / 2
        pixels = cv2.warpAffine(copy.pixels, matrix, size, borderValue=(110, 110, 110))
        middles = (copy.faces[:, :2] + copy.faces[:, 2:]) / 2 @ matrix[:, :2].T + matrix[:, 2]
        half = (copy.faces[:, 2:] - copy.faces[:, :2]).max(axis=1, initial=0)[:, None] / 2
        return Copy(pixels, np.hstack([middles - half, middles + half]))

    return turn


COPIES: dict[str, Callable[[Copy], Copy]] = {
    "originals": lambda copy: copy,
    f"faces of {SMALL_FACE} px": small,
    "blurred": blurred,
    "dark": dark,
    "JPEG quality 20": compressed,
    "turned 15°": turned(15),
    "turned -30°": turned(-30),
    "turned 45°": turned(45),
}
