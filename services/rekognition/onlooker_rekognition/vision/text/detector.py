"""Finds lines of text: a network says how likely each pixel is the middle of one, the rest is geometry.

Differentiable Binarization (Liao et al. 2020). The network was trained to mark lines shrunk towards their middle, so
that neighbours stay apart; what it marks is grown again by the same rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.models import Floats, Network
from onlooker_rekognition.vision.resample import View, fit
from onlooker_rekognition.vision.text.rectangles import Rectangle, upright

_LONGEST = 2016  # larger pictures are made smaller
_LONGER, _SHORTER = 832, 736  # smaller pictures are made larger until their sides are as one of these

_NARROW = 8  # a picture longer than this many times its other side gets a border: the network needs surroundings
_LEAST_SIDE = 8  # of a picture, in pixels: no letter is smaller

_STEP = 32  # the network halves its input five times
_WINDOW, _OVERLAP = 640, 128
"""Pictures longer than _LONGER are looked at in windows: at once, 2016 x 2016 would take 0.9 GB, a window takes 0.1.
Next to a window's edge the network marks too much, so each window's word counts up to the middle of what it shares with
the next. Letters that are large for a window are looked for in a small copy of the whole picture."""

_LARGE = 96.0  # pixels that a line is high which windows may cut in two
_AS_LARGE = 0.5  # of that line's height, what the windows saw of it

_MARKED, _LIKELY = 0.3, 0.5  # of a pixel, and in the mean of a line
_THIN = 3.0  # pixels that the middle of a line must be high at least
_GROWTH = 1.6
_MOST_SHAPES, _MOST_LINES = 1000, 100


class TextDetector:
    """Finds lines of text in any direction, but cannot tell which end they begin at."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def find(self, pixels: Pixels) -> list[Rectangle]:
        """The likely lines, the largest first, in pixels of the picture, as if none were turned by over 45 degrees."""
        if min(pixels.shape[:2]) < _LEAST_SIDE:
            return []
        view = _view(pixels, _LONGEST)
        lines = self._lines(view)
        if max(view.pixels.shape[:2]) > _LONGER:
            large = _LARGE / float(view.scale.max())
            whole = [line for line in self._lines(_view(pixels, _LONGER)) if line.thickness > large]
            lines = _joined(lines, whole)
        return sorted(lines, key=lambda line: -line.width * line.height)[:_MOST_LINES]

    def _lines(self, view: View) -> list[Rectangle]:
        return [
            Rectangle(view.to_picture(line.origin), line.across / view.scale, line.down / view.scale)
            for line in _rectangles(self._likelihood(view.pixels))
        ]

    def _likelihood(self, pixels: Pixels) -> Floats:
        """How likely (0..1) each pixel is the middle of a line."""
        height, width = pixels.shape[:2]
        likelihood = np.empty((height, width), np.float32)
        window = _LONGER if max(height, width) <= _LONGER else _WINDOW
        for rows in _windows(height, window):
            for columns in _windows(width, window):
                seen = self._network.run(pixels[None, rows.whole, columns.whole])["text"][0]
                likelihood[rows.own, columns.own] = seen[rows.own_within, columns.own_within]
        return likelihood


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of a side, and the part of it that no other window answers for."""

    whole: slice
    own: slice

    @property
    def own_within(self) -> slice:
        return slice(self.own.start - self.whole.start, self.own.stop - self.whole.start)


def _view(pixels: Pixels, longest: int) -> View:
    """The picture in a size that the network takes; what is missing to whole steps is filled with its edges."""
    sides = np.array(pixels.shape[:2])
    enlarged = min(_SHORTER / sides.min(), _LONGER / sides.max())
    scale = min(max(enlarged, 1.0), longest / sides.max())
    view = fit(pixels, round(scale * sides.max()))
    sides = np.array(view.pixels.shape[:2])
    if sides.max() > _NARROW * sides.min():
        sides = np.maximum(sides, 2 * sides.max() // _NARROW)
    height, width = (-(-sides // _STEP) * _STEP).tolist()
    return _bordered(view, height, width)


def _bordered(view: View, height: int, width: int) -> View:
    rows, columns = height - view.pixels.shape[0], width - view.pixels.shape[1]
    top, left = rows // 2, columns // 2
    border = top, rows - top, left, columns - left
    pixels = np.asarray(cv2.copyMakeBorder(view.pixels, *border, cv2.BORDER_REPLICATE), np.uint8)
    return View(pixels, view.scale, view.offset + np.array([left, top]))


def _windows(length: int, window: int) -> list[_Window]:
    """Windows along a side, of equal size and evenly spread: one if that is enough."""
    count = max(1, -(-(length - _OVERLAP) // (window - _OVERLAP)))
    size = -(-(length + (count - 1) * _OVERLAP) // (count * _STEP)) * _STEP
    starts = [number * (length - size) // max(count - 1, 1) for number in range(count)]
    seams = [0, *((before + size + after) // 2 for before, after in pairwise(starts)), length]
    return [
        _Window(slice(start, start + size), slice(own, end))
        for start, (own, end) in zip(starts, pairwise(seams), strict=True)
    ]


def _joined(lines: list[Rectangle], whole: list[Rectangle]) -> list[Rectangle]:
    """The lines, but in place of the pieces of a large one the whole of it.

    What is large only because in a small copy its lines run together is none: there are thin ones in its place.
    """
    for large in whole:
        pieces = [line for line in lines if large.holds(line.centre)]
        if all(piece.thickness > _AS_LARGE * large.thickness for piece in pieces):
            lines = [line for line in lines if line not in pieces] + [large]
    return lines


def _rectangles(likelihood: Floats) -> list[Rectangle]:
    """The lines in pixels of the map."""
    marked = (likelihood > _MARKED).astype(np.uint8)
    joined = cv2.dilate(marked, np.ones((2, 2), np.uint8))  # what a single pixel parts
    shapes, _ = cv2.findContours(joined, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)  # those inside of others too
    if len(shapes) > _MOST_SHAPES:
        shapes = sorted(shapes, key=cv2.contourArea, reverse=True)[:_MOST_SHAPES]
    found: list[Rectangle] = []
    for shape in shapes:
        (x, y), (width, height), degrees = cv2.minAreaRect(shape)
        if min(width, height) < _THIN:
            continue
        middle = upright(np.array([x, y]) + 0.5, width, height, degrees)  # to OpenCV, pixels are points
        if _mean_inside(likelihood, middle.corners) >= _LIKELY:
            # shrunk by area / perimeter x ratio, as the network was taught; of a rectangle that is
            found.append(middle.grown(_GROWTH * width * height / (2 * (width + height))))
    return found


def _mean_inside(likelihood: Floats, corners: Array) -> float:
    """The mean of the map inside of a rectangle."""
    limits = np.array(likelihood.shape[::-1])
    left, top = np.clip(np.floor(corners.min(axis=0)).astype(int), 0, limits - 1)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)).astype(int), 1, limits)
    inside = np.zeros((bottom - top, right - left), np.uint8)
    cv2.fillConvexPoly(inside, np.round(corners - 0.5 - [left, top]).astype(np.int32), 1)
    return float(cv2.mean(likelihood[top:bottom, left:right], inside)[0])
