"""The quality bar of IndexFaces and SearchFacesByImage: which faces are too poor to be told apart.

Amazon does not publish its bars. Ours follow from what the embedding was measured to bear (a face of 24 px, blurred
and strongly compressed, is still told apart): AUTO keeps out only what is beyond that, the higher bars ask for more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from onlooker_rekognition.vision.results import FaceAnalysis


class Sized(Protocol):
    """A picture, in pixels."""

    @property
    def width(self) -> int:
        """Of the upright picture."""

    @property
    def height(self) -> int:
        """Likewise."""


@dataclass(frozen=True, slots=True)
class QualityBar:
    """What a face must have at least; `side` is the shorter one of its box in pixels, `turn` in degrees."""

    confidence: float
    side: float
    turn: float
    brightness: float
    sharpness: float

    def reasons(self, face: FaceAnalysis, image: Sized) -> list[str]:
        """Why `face` of a picture is below the bar, in Amazon's words; empty when it is not."""
        side = min(face.box.width * image.width, face.box.height * image.height)
        failures = {
            "LOW_CONFIDENCE": face.confidence < self.confidence,
            "SMALL_BOUNDING_BOX": side < self.side,
            "EXTREME_POSE": max(abs(face.pose.yaw), abs(face.pose.pitch)) > self.turn,
            "LOW_BRIGHTNESS": face.quality.brightness < self.brightness,
            "LOW_SHARPNESS": face.quality.sharpness < self.sharpness,
        }
        return [reason for reason, failed in failures.items() if failed]


_LOW = QualityBar(confidence=50, side=20, turn=70, brightness=10, sharpness=2)
_BARS = {
    "NONE": QualityBar(confidence=0, side=0, turn=180, brightness=0, sharpness=0),
    "AUTO": _LOW,
    "LOW": _LOW,
    "MEDIUM": QualityBar(confidence=75, side=32, turn=50, brightness=20, sharpness=5),
    "HIGH": QualityBar(confidence=90, side=48, turn=35, brightness=30, sharpness=10),
}


def quality_bar(name: str) -> QualityBar:
    """The bar of a request's QualityFilter."""
    return _BARS[name]
