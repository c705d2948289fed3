"""Crops and scaled copies of pictures, for the sizes that the models take."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from onlooker_rekognition.vision.geometry import Array, apply, scale_of
from onlooker_rekognition.vision.image import Pixels

_DARK, _MOST_LIGHT = 100, 16.0
_SAMPLE = 4  # rows and columns


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A scaled or cut copy of a picture, and how to get back: a view's pixel x is at (x - offset) / scale."""

    pixels: Pixels
    scale: Array
    offset: Array

    def to_picture(self, points: Array) -> Array:
        """`points` (..., 2) of the view, in the picture's pixels."""
        return np.asarray((points - self.offset) / self.scale)


def fit(pixels: Pixels, longest: int) -> View:
    """The whole picture, scaled until its longer side is `longest`."""
    height, width = pixels.shape[:2]
    ratio = longest / max(height, width)
    small, factor = _averaged(pixels, int(1 / ratio))
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    scaled = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return View(scaled, size / np.array(small.shape[1::-1]) / factor, np.zeros(2))


def shrink(pixels: Pixels, longest: int) -> Pixels:
    """The whole picture with a longer side of at most `longest`: larger ones are scaled down, smaller ones kept."""
    height, width = pixels.shape[:2]
    ratio = min(1.0, longest / max(height, width))
    size = max(1, round(width * ratio)), max(1, round(height * ratio))
    small, _ = _averaged(pixels, int(1 / ratio))
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_AREA), np.uint8)


def stretch(pixels: Pixels, size: int) -> Pixels:
    """The whole picture as a square of `size`, whatever its shape: as some classifiers were trained."""
    small, _ = _averaged(pixels, min(pixels.shape[:2]) // size)
    return np.asarray(cv2.resize(small, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def pad(view: View, size: int) -> View:
    """The view in the middle of a black square of `size`, which must not be smaller."""
    height, width = view.pixels.shape[:2]
    left, top = (size - width) // 2, (size - height) // 2
    canvas = np.zeros((size, size, 3), np.uint8)
    canvas[top : top + height, left : left + width] = view.pixels
    return View(canvas, view.scale, view.offset + np.array([left, top]))


def cut(view: View, left: int, top: int, size: int) -> View:
    """What a square window on the view shows; less than `size` where the view ends."""
    window = view.pixels[top : top + size, left : left + size]
    return View(window, view.scale, view.offset - np.array([left, top]))


def crop(pixels: Pixels, transform: Array, size: int) -> Pixels:
    """The square crop (size, size, 3) that `transform` takes to the picture; black where there is no picture."""
    return crop_rectangle(pixels, transform, size, size, border=cv2.BORDER_CONSTANT)


def crop_rectangle(
    pixels: Pixels, transform: Array, width: int, height: int, *, border: int = cv2.BORDER_REPLICATE
) -> Pixels:
    """The crop (height, width, 3) that `transform` takes to the picture; the picture's edge goes on beyond it."""
    pixels, transform = _part(pixels, transform, width, height, int(scale_of(transform)))
    # a pixel's centre is half a pixel into it; for OpenCV it is at the whole number
    centred = np.column_stack([transform[:, :2], apply(transform, np.array([0.5, 0.5])) - 0.5])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, centred, (width, height), flags=flags, borderMode=border), np.uint8)


def sharpened(pixels: Pixels, blur: float, amount: float) -> Pixels:
    """With all that a Gaussian blur of so many pixels takes away added `amount` times (an unsharp mask)."""
    soft = cv2.GaussianBlur(pixels, (0, 0), blur)
    return np.asarray(cv2.addWeighted(pixels, 1 + amount, soft, -amount, 0), np.uint8)


def lightened(pixels: Pixels) -> Pixels:
    """A dark picture multiplied until its lightest hundredth is white, at most 16 times; others as they are."""
    sample = pixels[::_SAMPLE, ::_SAMPLE]
    if np.count_nonzero(sample > _DARK) > sample.size // 100 + 1:
        return pixels  # which the percentile would say as well, in four times the time
    lightest = float(np.percentile(sample, 99))
    if lightest > _DARK:
        return pixels
    return np.asarray(cv2.convertScaleAbs(pixels, alpha=min(255 / max(lightest, 1), _MOST_LIGHT)), np.uint8)


def _part(pixels: Pixels, transform: Array, width: int, height: int, factor: int) -> tuple[Pixels, Array]:
    """The part of the picture that the crop shows, `factor` times smaller, and the transform to it.

    Only the part, as OpenCV warps no picture with a side of 32,767 pixels or more.
    """
    corners = apply(transform, np.array([[0, 0], [width, 0], [0, height], [width, height]]))
    left, top = np.maximum(np.floor(corners.min(axis=0)).astype(int) - factor - 1, 0)
    right, bottom = np.maximum(np.ceil(corners.max(axis=0)).astype(int) + 2 * factor + 1, 0)
    part = pixels[top:bottom, left:right]
    if not part.size:
        return np.zeros((1, 1, 3), np.uint8), transform
    small, factor = _averaged(part, factor)
    return small, (transform - np.array([[0, 0, left], [0, 0, top]])) / factor


def _averaged(pixels: Pixels, factor: int) -> tuple[Pixels, int]:
    """`factor` times smaller, each pixel the mean of a square: what linear interpolation alone would alias.

    By a whole number, as that is several times faster than OpenCV's averaging by a fraction; up to `factor` - 1
    rows and columns at the end are left out. A picture too narrow for it is returned as it is, with factor 1.
    """
    height, width = pixels.shape[0] // max(factor, 1), pixels.shape[1] // max(factor, 1)
    if factor <= 1 or not (height and width):
        return pixels, 1
    whole = pixels[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA), np.uint8), factor
