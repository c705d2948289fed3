"""Whether a picture shows nudity, and whether it is drawn.

The model (nsfwjs' mobilenet_v2) knows five classes: drawings, pornographic drawings, pornography, what is merely
suggestive, and everything else. Of Amazon's taxonomy it can decide four labels. It tells neither nudity from a sexual
act nor swimwear from a bare back, so no label is more precise than that; and of violence, weapons, drugs, alcohol,
gestures, gambling and hate symbols it knows nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import stretch

MODERATION_MODEL_VERSION = "7.0"
"""That of Amazon's taxonomy (2024); clients compare it as an opaque string."""

_CLASSES = ("Drawing", "Hentai", "Neutral", "Porn", "Sexy")

_TAXONOMY = (
    ("Explicit", "", ("Porn", "Hentai")),
    ("Explicit Nudity", "Explicit", ("Porn", "Hentai")),
    ("Non-Explicit Nudity of Intimate parts and Kissing", "", ("Sexy",)),
    ("Non-Explicit Nudity", "Non-Explicit Nudity of Intimate parts and Kissing", ("Sexy",)),
)
"""Labels by Amazon's names, their parents and the classes they sum up. A label after its parent, and never likelier."""

_DRAWN = ("Drawing", "Hentai")
_DRAWN_LEAST = 75.0
"""Photos of plain things before a plain sky, such as a rocket, are drawings to the model at up to 60."""


@dataclass(frozen=True, slots=True)
class ModerationLabel:
    """A label; `parent` is empty at the top. Confidence 0..100."""

    name: str
    parent: str
    level: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ContentType:
    """What kind of picture it is. Confidence 0..100."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ModerationAnalysis:
    """All labels, however unlikely, parents first; and the content type if it is not an ordinary photo."""

    labels: tuple[ModerationLabel, ...]
    content_types: tuple[ContentType, ...]


class ModerationReader:
    """Looks at the whole picture at once: a small part of it may go unnoticed."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def read(self, image: Image) -> ModerationAnalysis:
        """What the picture shows: the mean of what the model says of it and of its mirror image."""
        square = stretch(image.pixels, self._network.size)  # not letterboxed: it was trained so
        views = np.stack([square, np.asarray(cv2.flip(square, 1), np.uint8)])
        means = self._network.run(views)["probabilities"].mean(axis=0)
        return moderate({name: float(mean) for name, mean in zip(_CLASSES, means, strict=True)})


def moderate(probabilities: Mapping[str, float]) -> ModerationAnalysis:
    """What the probabilities (0..1, by the model's names) of the five classes mean in Amazon's taxonomy."""

    def confidence(classes: tuple[str, ...]) -> float:
        return min(100 * sum(probabilities[name] for name in classes), 100.0)

    labels = (
        ModerationLabel(name, parent, 2 if parent else 1, confidence(classes)) for name, parent, classes in _TAXONOMY
    )
    drawn = confidence(_DRAWN)
    return ModerationAnalysis(
        labels=tuple(sorted(labels, key=lambda label: -label.confidence)),
        content_types=(ContentType("Illustrated", drawn),) if drawn >= _DRAWN_LEAST else (),
    )
