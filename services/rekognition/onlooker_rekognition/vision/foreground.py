"""What a picture is about, told from what is around it: no model, a few lines of arithmetic.

Photographers put their subject into the middle and leave it out of the upper edges; below it often goes on. So the
foreground is where colours are that are rare along the upper edges, near the middle (the boundary prior of many
methods for salient objects). It is the same whatever else is asked about the picture.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.colors import ColorMap, palette

_EDGE = 0.1  # of the picture's width and height
_LOWER = 0.5  # below, the sides are no edge: shoulders and tables run out of the picture there
_MIDDLE, _WIDTH = (0.5, 0.45), 0.45  # of width and height; the Gaussian that fades towards the borders
_BLUR = 1 / 32  # of the longer side: what is smaller is no subject

Mask = npt.NDArray[np.bool_]


def find_foreground(colors: ColorMap) -> Mask:
    """Where the foreground is, of the colours of a small picture (height, width): usually a quarter to a half."""
    height, width = colors.shape
    y, x = (np.mgrid[:height, :width] + 0.5) / np.array([height, width])[:, None, None]
    near_middle = np.exp(-((x - _MIDDLE[0]) ** 2 + (y - _MIDDLE[1]) ** 2) / (2 * _WIDTH**2))
    at_edge = (y < _EDGE) | ((np.minimum(x, 1 - x) < _EDGE) & (y < _LOWER))
    salience = (_rarity(colors, at_edge) * near_middle).astype(np.float32)
    salience = cv2.GaussianBlur(salience, (0, 0), max(height, width) * _BLUR)
    levels = (255 * salience / max(float(salience.max()), np.finfo(np.float32).tiny)).astype(np.uint8)
    _, mask = cv2.threshold(levels, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)  # halves them where they differ most
    return np.asarray(mask, np.bool_)


def _rarity(colors: ColorMap, at_edge: Mask) -> npt.NDArray[np.float32]:
    """How much rarer each pixel's colour is at the edge than in the picture: 0..1, 0.5 if it is no rarer."""
    everywhere, edge = _shares(colors)[colors], _shares(colors[at_edge])[colors]
    return np.asarray(everywhere / (everywhere + edge), np.float32)


def _shares(colors: ColorMap) -> npt.NDArray[np.float64]:
    return np.bincount(colors.ravel(), minlength=len(palette())) / max(colors.size, 1)
