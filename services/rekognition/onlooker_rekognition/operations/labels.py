"""What is shown: labels with their places, parents, aliases and categories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onlooker_rekognition.analyst import Analyst, Subject
from onlooker_rekognition.operations.shapes import label_detail
from onlooker_rekognition.protocol.errors import InvalidParameterError
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.vision import LABEL_MODEL_VERSION
from onlooker_rekognition.vision.results import LabelAnalysis

_MAX_LABELS = 1000
_MIN_CONFIDENCE = 55.0


@dataclass(frozen=True, slots=True)
class LabelFilter:
    """Which labels a request wants, by their names and categories, whatever their case.

    With any inclusion, a label must be named by one of them; an exclusion always wins.
    """

    names: frozenset[str]
    categories: frozenset[str]
    excluded_names: frozenset[str]
    excluded_categories: frozenset[str]

    @classmethod
    def of(cls, settings: Mapping[str, Sequence[str]]) -> LabelFilter:
        """The filter of a request's `Settings.GeneralLabels`."""

        def named(member: str) -> frozenset[str]:
            return frozenset(value.casefold() for value in settings.get(member, ()))

        return cls(
            names=named("LabelInclusionFilters"),
            categories=named("LabelCategoryInclusionFilters"),
            excluded_names=named("LabelExclusionFilters"),
            excluded_categories=named("LabelCategoryExclusionFilters"),
        )

    def wants(self, label: LabelAnalysis) -> bool:
        """Whether `label` belongs in the answer."""
        name = label.name.casefold()
        categories = {category.casefold() for category in label.categories}
        if name in self.excluded_names or categories & self.excluded_categories:
            return False
        if not (self.names or self.categories):
            return True
        return name in self.names or bool(categories & self.categories)


class Labels:
    """The operations on labels."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    async def detect(self, parameters: Parameters) -> Mapping[str, Any]:
        """DetectLabels."""
        if "IMAGE_PROPERTIES" in parameters.get("Features", ()):
            raise InvalidParameterError("The feature IMAGE_PROPERTIES is not offered by this server yet.")
        least = parameters.get("MinConfidence", _MIN_CONFIDENCE)
        wanted = LabelFilter.of(parameters.get("Settings", {}).get("GeneralLabels", {}))
        count = min(parameters.get("MaxLabels", _MAX_LABELS), _MAX_LABELS)

        def work(subject: Subject) -> Sequence[LabelAnalysis]:
            return subject.engine.detect_labels(subject.image)

        labels = await self._analyst.examine(parameters["Image"], work)
        chosen = [label for label in labels if label.confidence >= least and wanted.wants(label)]
        return {
            "Labels": [label_detail(label) for label in chosen[:count]],
            "LabelModelVersion": LABEL_MODEL_VERSION,
        }
