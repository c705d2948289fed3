"""What is shown: labels with their places, parents, aliases and categories; and the picture's properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onlooker_rekognition.analyst import Analyst, Subject
from onlooker_rekognition.operations.properties import add_properties, max_dominant_colors
from onlooker_rekognition.operations.shapes import label_detail
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.vision import LABEL_MODEL_VERSION
from onlooker_rekognition.vision.properties import ImageProperties
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
        features = parameters.get("Features") or ["GENERAL_LABELS"]
        seek = _seeker(parameters) if "GENERAL_LABELS" in features else _seek_none
        measures = "IMAGE_PROPERTIES" in features

        def work(subject: Subject) -> tuple[Sequence[LabelAnalysis], ImageProperties | None]:
            labels = seek(subject)
            boxes = [instance.box for label in labels for instance in label.instances]
            return labels, subject.engine.measure_properties(subject.image, boxes) if measures else None

        labels, properties = await self._analyst.examine(parameters["Image"], work)
        answer = {"Labels": [label_detail(label) for label in labels], "LabelModelVersion": LABEL_MODEL_VERSION}
        if properties is not None:
            add_properties(answer, properties, max_dominant_colors(parameters))
        return answer


def _seeker(parameters: Parameters) -> Callable[[Subject], Sequence[LabelAnalysis]]:
    """What finds the labels that a request wants."""
    least = parameters.get("MinConfidence", _MIN_CONFIDENCE)
    wanted = LabelFilter.of(parameters.get("Settings", {}).get("GeneralLabels", {}))
    count = min(parameters.get("MaxLabels", _MAX_LABELS), _MAX_LABELS)

    def seek(subject: Subject) -> Sequence[LabelAnalysis]:
        labels = subject.engine.detect_labels(subject.image)
        return [label for label in labels if label.confidence >= least and wanted.wants(label)][:count]

    return seek


def _seek_none(_subject: Subject) -> Sequence[LabelAnalysis]:
    return ()
