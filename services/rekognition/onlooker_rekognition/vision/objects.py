"""Things with their places: CenterNet, which knows the eighty classes of COCO."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.certainty import soft_step
from onlooker_rekognition.vision.geometry import Array, suppress
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import fit, pad

_LOW = 0.2
_LOW_LOGIT = float(np.log(_LOW / (1 - _LOW)))
_MOST = 100  # objects that are looked at further; pictures have far fewer
_STRIDE = 4  # pixels between the places at which the network looks for centres
_UNION = 0.5
_EVEN_SCORE, _SOFTNESS = 0.36, 0.09
"""The detector's scores are low: one of 0.36 is right about as often as not, one of 0.55 hardly ever wrong. They are
stretched accordingly, so that thresholds made for Rekognition keep their sense (docs/accuracy.md)."""


class Objects(NamedTuple):
    """Things of one class: `boxes` (n, 4) as left, top, right, bottom in ratios, `confidences` (n,) 0..1, falling."""

    number: int
    boxes: Array
    confidences: Array


class ObjectDetector:
    """Finds objects of eighty classes."""

    def __init__(self, centernet: Network) -> None:
        self._network = centernet

    def find(self, image: Image) -> list[Objects]:
        """What is found, each class once."""
        size = self._network.size
        view = pad(fit(image.pixels, size), size)  # stretched to a square, objects would score lower
        output = self._network.run(view.pixels[None])
        corners, scores, classes = _peaks(output["logits"][0], output["reach"][0])
        limits = np.array([image.width, image.height])
        boxes = np.clip(view.to_picture(corners) / limits, 0, 1).reshape(-1, 4)
        return [_of_class(int(number), boxes[classes == number], scores[classes == number]) for number in set(classes)]


def _peaks(logits: Array, reach: Array) -> tuple[Array, Array, npt.NDArray[np.intp]]:
    """Objects from the network's maps: corners (n, 2, 2) in its pixels, scores (n,) 0..1, class numbers (n,).

    `logits` (rows, columns, classes) say where the centres of objects are: each where it is the highest of the nine
    around it. `reach` (rows, columns, 4) is how far an object goes to the left, up, right and down from there. This is
    not part of the network as it would pass over the whole map, mostly empty, eight times.
    """
    rows, columns, classes = np.unravel_index(np.flatnonzero(logits >= _LOW_LOGIT), logits.shape)
    heights = logits[rows, columns, classes]
    last = np.array(logits.shape[:2]) - 1
    around = [
        logits[np.clip(rows + down, 0, last[0]), np.clip(columns + across, 0, last[1]), classes]
        for down in (-1, 0, 1)
        for across in (-1, 0, 1)
    ]
    peaks = np.flatnonzero(heights >= np.max(around, axis=0))
    best = peaks[np.argsort(-heights[peaks], kind="stable")][:_MOST]
    rows, columns = rows[best], columns[best]
    centres, reached = _STRIDE * np.stack([columns, rows], axis=1), reach[rows, columns]
    corners = np.stack([centres - reached[:, :2], centres + reached[:, 2:]], axis=1)
    scores = 1 / (1 + np.exp(-heights[best].astype(np.float64)))
    return corners, scores, classes[best]


def _of_class(number: int, boxes: Array, scores: Array) -> Objects:
    kept = suppress(boxes, scores, union=_UNION)
    confidences = [soft_step(float(score), _EVEN_SCORE, _SOFTNESS) for score in scores[kept]]
    return Objects(number, boxes[kept], np.array(confidences))
