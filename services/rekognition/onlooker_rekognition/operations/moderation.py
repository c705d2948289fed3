"""Whether a picture is fit to be shown: moderation labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onlooker_rekognition.analyst import Analyst, Subject
from onlooker_rekognition.operations.shapes import content_types, moderation_label
from onlooker_rekognition.protocol.errors import InvalidParameterError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.vision.moderation import MODERATION_MODEL_VERSION, ModerationAnalysis

MIN_CONFIDENCE = 50.0
"""Amazon's default."""

_NOT_OFFERED = {
    "HumanLoopConfig": "this server has nobody who could review pictures.",
    "ProjectVersion": "this server trains no adapters.",
}


class Moderation:
    """The operation on what a picture shows that not everybody should see."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    async def detect(self, parameters: Parameters) -> Mapping[str, Any]:
        """DetectModerationLabels."""
        for name, reason in _NOT_OFFERED.items():
            if name in parameters:
                raise InvalidParameterError(f"{name} is not offered: {reason} Call again without it.")
        least = parameters.get("MinConfidence", MIN_CONFIDENCE)

        def work(subject: Subject) -> ModerationAnalysis:
            return subject.engine.detect_moderation(subject.image)

        found = await self._analyst.examine(parameters["Image"], work)
        return {
            "ModerationLabels": [moderation_label(label) for label in found.labels if label.confidence >= least],
            "ModerationModelVersion": MODERATION_MODEL_VERSION,
            "ContentTypes": content_types(found),
        }
