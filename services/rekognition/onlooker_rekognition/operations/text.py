"""What is written in a picture: lines and their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from onlooker_rekognition.analyst import Analyst, Subject
from onlooker_rekognition.operations.regions import Region, region
from onlooker_rekognition.operations.shapes import Structure, box
from onlooker_rekognition.protocol.model import Parameters
from onlooker_rekognition.vision.results import Box
from onlooker_rekognition.vision.text.reader import ENOUGH_WORDS, TEXT_MODEL_VERSION, Polygon, TextLine, TextWord

_FILTER_CONFIDENCE = 80.0
"""The least confidence of a WordFilter that does not state one. Without a filter every word counts that was found."""


@dataclass(frozen=True, slots=True)
class WordFilter:
    """Which words a request wants; sizes are ratios of the picture. Without regions a word may be anywhere."""

    confidence: float = 0.0
    height: float = 0.0
    width: float = 0.0
    regions: tuple[Region, ...] = ()

    @classmethod
    def of(cls, filters: Mapping[str, Any]) -> WordFilter:
        """The filter of a request's `Filters`. Raises InvalidParameterError for a region without a shape."""
        regions = tuple(region(each) for each in filters.get("RegionsOfInterest", ()))
        if "WordFilter" not in filters:
            return cls(regions=regions)
        words = filters["WordFilter"]
        return cls(
            confidence=words.get("MinConfidence", _FILTER_CONFIDENCE),
            height=words.get("MinBoundingBoxHeight", 0.0),
            width=words.get("MinBoundingBoxWidth", 0.0),
            regions=regions,
        )

    def looks_at(self, line: Polygon) -> bool:
        """Whether a line in this place may have words that are wanted."""
        return not self.regions or any(each.touches(line) for each in self.regions)

    def wants(self, word: TextWord) -> bool:
        """Whether `word` belongs in the answer: more than half of it has to be in one of the regions."""
        bounds = _bounds(word.polygon)
        return (
            word.confidence >= self.confidence
            and bounds.height >= self.height
            and bounds.width >= self.width
            and (not self.regions or any(each.holds(word.polygon) for each in self.regions))
        )


class Text:
    """The operation on text."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    async def detect(self, parameters: Parameters) -> Mapping[str, Any]:
        """DetectText."""
        wanted = WordFilter.of(parameters.get("Filters", {}))

        def work(subject: Subject) -> Sequence[TextLine]:
            return subject.engine.detect_text(subject.image, wanted.looks_at)

        lines = await self._analyst.examine(parameters["Image"], work)
        return {"TextDetections": text_detections(lines, wanted), "TextModelVersion": TEXT_MODEL_VERSION}


def text_detections(lines: Iterable[TextLine], wanted: WordFilter) -> list[Structure]:
    """The TextDetections of a picture: first the lines, then the words, each naming its line."""
    kept = _limited(
        line for each in lines if (line := _with(each, [word for word in each.words if wanted.wants(word)]))
    )
    words = [(number, word) for number, line in enumerate(kept) for word in line.words]
    return [
        *({"Type": "LINE", "Id": number, **_detection(line)} for number, line in enumerate(kept)),
        *(
            {"Type": "WORD", "Id": number, "ParentId": parent, **_detection(word)}
            for number, (parent, word) in enumerate(words, start=len(kept))
        ),
    ]


def _limited(lines: Iterable[TextLine]) -> list[TextLine]:
    """The first lines, until there are as many words as an answer may have."""
    kept: list[TextLine] = []
    room = ENOUGH_WORDS
    for line in lines:
        shortened = _with(line, line.words[:room])
        if shortened is None:
            break
        kept.append(shortened)
        room -= len(shortened.words)
    return kept


def _with(line: TextLine, words: Sequence[TextWord]) -> TextLine | None:
    """The line with only these of its words, as long as they are; None without any."""
    if len(words) == len(line.words) or not words:
        return line if words else None
    first, last = words[0].polygon, words[-1].polygon
    return replace(
        line,
        text=" ".join(word.text for word in words),
        confidence=sum(word.confidence for word in words) / len(words),
        polygon=(first[0], last[1], last[2], first[3]),
        words=tuple(words),
    )


def _detection(text: TextLine | TextWord) -> Structure:
    return {
        "DetectedText": text.text,
        "Confidence": text.confidence,
        "Geometry": {
            "BoundingBox": box(_bounds(text.polygon)),
            "Polygon": [{"X": x, "Y": y} for x, y in text.polygon],
        },
    }


def _bounds(polygon: Polygon) -> Box:
    xs, ys = zip(*polygon, strict=True)
    return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))
