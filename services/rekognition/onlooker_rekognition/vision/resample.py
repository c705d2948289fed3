"""Crops and scaled copies of pictures, for the sizes that the models take."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from onlooker_rekognition.vision.geometry import Array, apply, scale_of
from onlooker_rekognition.vision.image import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class Letterbox:
    """A picture fitted into a square, black around it, and how to get back."""

    pixels: Pixels
    scale: float
    offset: tuple[int, int]

    def to_picture(self, points: Array) -> Array:
        """`points` (..., 2) of the square, in the picture's pixels."""
        return np.asarray((points - np.array(self.offset)) / self.scale)


def letterbox(pixels: Pixels, size: int) -> Letterbox:
    """`pixels` in the middle of a square of `size`, as large as they fit."""
    height, width = pixels.shape[:2]
    scale = size / max(height, width)
    inner = max(1, round(width * scale)), max(1, round(height * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    left, top = (size - inner[0]) // 2, (size - inner[1]) // 2
    canvas = np.zeros((size, size, 3), np.uint8)
    canvas[top : top + inner[1], left : left + inner[0]] = cv2.resize(pixels, inner, interpolation=method)
    return Letterbox(canvas, scale, (left, top))


def crop(pixels: Pixels, transform: Array, size: int) -> Pixels:
    """The square crop (size, size, 3) that `transform` takes to the picture; black where there is no picture.

    What is to shrink by more than half is first shrunk by averaging, as linear interpolation alone would alias.
    """
    factor = 2 ** max(0, int(np.floor(np.log2(max(scale_of(transform), 1e-6)))))
    if factor > 1:
        pixels, transform = _shrunk(pixels, transform, size, factor)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, transform, (size, size), flags=flags), np.uint8)


def _shrunk(pixels: Pixels, transform: Array, size: int, factor: int) -> tuple[Pixels, Array]:
    """The part of the picture that the crop shows, `factor` times smaller, and the transform to it."""
    corners = apply(transform, np.array([[0, 0], [size, 0], [0, size], [size, size]]))
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - factor, 0)
    right, bottom = np.maximum(np.ceil(corners.max(axis=0)).astype(int) + factor, 0)
    part = pixels[top:bottom, left:right]
    if not part.size:
        return np.zeros((1, 1, 3), np.uint8), transform
    shrunk = max(1, part.shape[1] // factor), max(1, part.shape[0] // factor)
    ratio = np.array([shrunk[0] / part.shape[1], shrunk[1] / part.shape[0]])
    shifted = transform - np.array([[0, 0, left], [0, 0, top]])
    return np.asarray(cv2.resize(part, shrunk, interpolation=cv2.INTER_AREA), np.uint8), ratio[:, None] * shifted
