"""Things with their places: CenterNet, which knows the eighty classes of COCO."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from onlooker_rekognition.vision.certainty import soft_step
from onlooker_rekognition.vision.geometry import Array, suppress
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import fit, pad

_LOW = 0.2
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
        detections = self._network.run(view.pixels[None])["detections"][0]
        detections = detections[detections[:, 4] >= _LOW]
        limits = np.array([image.width, image.height])
        corners = np.clip(view.to_picture(detections[:, :4].reshape(-1, 2, 2)) / limits, 0, 1)
        boxes, scores, classes = corners.reshape(-1, 4), detections[:, 4], detections[:, 5].astype(int)
        return [_of_class(int(number), boxes[classes == number], scores[classes == number]) for number in set(classes)]


def _of_class(number: int, boxes: Array, scores: Array) -> Objects:
    kept = suppress(boxes, scores, union=_UNION)
    confidences = [soft_step(float(score), _EVEN_SCORE, _SOFTNESS) for score in scores[kept]]
    return Objects(number, boxes[kept], np.array(confidences))
