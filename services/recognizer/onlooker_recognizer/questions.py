"""What Rekognition is asked about a picture: one call for each operation that answers a feature which is wanted.

Labels and properties are answered by the same operation, in one call.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from onlooker_shared.recognition import Feature

DETECT_FACES, DETECT_LABELS = "DetectFaces", "DetectLabels"
DETECT_TEXT, DETECT_MODERATION_LABELS = "DetectText", "DetectModerationLabels"

_ANSWERS: dict[str, tuple[Feature, ...]] = {
    DETECT_FACES: ("faces",),
    DETECT_LABELS: ("labels", "properties"),
    DETECT_TEXT: ("text",),
    DETECT_MODERATION_LABELS: ("moderation",),
}
"""The features that each operation answers."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call."""

    operation: str
    features: tuple[Feature, ...]
    """Those that it answers."""
    parameters: dict[str, Any]
    """All but the picture."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Makes questions.

    Args:
        max_labels: DetectLabels' MaxLabels.
        min_confidence: DetectLabels' MinConfidence, 0 to 100.
    """

    max_labels: int
    min_confidence: float

    def about(self, features: Collection[Feature]) -> list[Question]:
        """Return what to ask to learn of these features."""
        wanted = {
            operation: tuple(feature for feature in answered if feature in features)
            for operation, answered in _ANSWERS.items()
        }
        return [Question(operation, some, self._parameters(some)) for operation, some in wanted.items() if some]

    def _parameters(self, features: tuple[Feature, ...]) -> dict[str, Any]:
        labels = {"MaxLabels": self.max_labels, "MinConfidence": self.min_confidence}
        match features:
            case ("faces",):
                return {"Attributes": ["ALL"]}
            case ("labels",):
                return labels
            case ("labels", "properties"):
                return {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"], **labels}
            case ("properties",):
                return {"Features": ["IMAGE_PROPERTIES"]}  # the others count for labels alone
            case _:
                return {}
