"""What is in a picture: objects with their boxes, and the kinds of things that they are."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from onlooker_rekognition.vision.certainty import soft_step
from onlooker_rekognition.vision.coco import CLASSES, TERMS, ancestors
from onlooker_rekognition.vision.geometry import Array, suppress
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import fit, pad
from onlooker_rekognition.vision.results import Box, LabelAnalysis, LabelInstance

_LOW = 0.2
_UNION = 0.5
_EVEN_SCORE, _SOFTNESS = 0.3, 0.09
"""The detector's scores are low: a score of 0.3 is right about as often as not, one of 0.5 hardly ever wrong. They
are stretched accordingly, so that thresholds made for Rekognition keep their sense. Set by eye, on few pictures."""


class LabelReader:
    """Finds objects of eighty classes."""

    def __init__(self, centernet: Network) -> None:
        self._network = centernet

    def read(self, image: Image) -> tuple[LabelAnalysis, ...]:
        """Every label from a confidence of 25 on, likeliest first, parents included."""
        size = self._network.size
        view = pad(fit(image.pixels, size), size)  # stretched to a square, objects would score lower
        detections = self._network.run(view.pixels[None])["detections"][0]
        detections = detections[detections[:, 4] >= _LOW]
        limits = np.array([image.width, image.height])
        corners = np.clip(view.to_picture(detections[:, :4].reshape(-1, 2, 2)) / limits, 0, 1)
        return _labels(corners.reshape(-1, 4), detections[:, 4], detections[:, 5].astype(int))


def _labels(boxes: Array, scores: Array, classes: Array) -> tuple[LabelAnalysis, ...]:
    instances: dict[str, tuple[LabelInstance, ...]] = {}
    for number in np.unique(classes):
        of_class = np.flatnonzero(classes == number)
        kept = of_class[suppress(boxes[of_class], scores[of_class], union=_UNION)]
        instances[CLASSES[number].name] = tuple(_instance(boxes[index], scores[index]) for index in kept)
    confidences: dict[str, float] = defaultdict(float)
    for name, found in instances.items():
        for label in (name, *ancestors(name)):
            confidences[label] = max(confidences[label], found[0].confidence)
    labels = (_label(name, confidence, instances.get(name, ())) for name, confidence in confidences.items())
    return tuple(sorted(labels, key=lambda label: (-label.confidence, label.name)))


def _instance(box: Array, score: float) -> LabelInstance:
    left, top, right, bottom = (float(edge) for edge in box)
    confidence = 100 * soft_step(float(score), _EVEN_SCORE, _SOFTNESS)
    return LabelInstance(Box(left, top, right - left, bottom - top), confidence)


def _label(name: str, confidence: float, instances: tuple[LabelInstance, ...]) -> LabelAnalysis:
    term = TERMS[name]
    return LabelAnalysis(name, confidence, instances, ancestors(name), term.aliases, (term.category,))
