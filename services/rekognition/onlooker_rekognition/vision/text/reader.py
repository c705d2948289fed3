"""What is written in a picture: lines and words, with their places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.text.detector import TextDetector
from onlooker_rekognition.vision.text.readings import Character, probability, words
from onlooker_rekognition.vision.text.recognizer import TextRecognizer
from onlooker_rekognition.vision.text.rectangles import Rectangle

TEXT_MODEL_VERSION = "3.0"
"""What Rekognition states; clients compare it as an opaque string."""

_STANDING = 1.5  # a place higher than this many times its width is first read as a line that reads downwards
_SHORT = 3.0  # a place shorter than this many times its height may hold a few letters, turned in any way
_SURE = 0.9  # what reads so well is not turned about
_LIKELY, _LIKELY_ALONE = 0.85, 0.98
"""The least mean probability of a line, and of a single character: any ring is an O or a 0 to the network. Of 45 lines
that read worse, 5 were read without a mistake."""

_KNOTS = (0.0, 0.5, 0.85, 0.95, 0.98, 0.99, 0.995, 1.0), (0.0, 5.0, 30.0, 55.0, 75.0, 88.0, 96.0, 99.5)
"""The mean probability of the characters, and how often in a hundred a word is read without a mistake: measured on 700
words in several typefaces, spoilt by blur, noise, scaling and rotation (docs/accuracy.md)."""

ENOUGH_WORDS = 100
"""As many as Amazon finds in a picture."""

_AT_ONCE = 16  # lines that are read before the words are counted

Polygon = tuple[tuple[float, float], ...]
"""Points (x, y) as ratios of the picture, clockwise from where the text begins."""


@dataclass(frozen=True, slots=True)
class TextWord:
    """What is not parted by a space. Confidence 0..100."""

    text: str
    confidence: float
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words in a row, at least one."""

    text: str
    confidence: float
    polygon: Polygon
    words: tuple[TextWord, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    """A line as one way round reads it."""

    place: Rectangle
    characters: list[Character]

    @property
    def probability(self) -> float:
        return probability(self.characters)


def anywhere(_: Polygon) -> bool:
    """For who wants lines wherever they are."""
    return True


class TextReader:
    """Finds lines, reads them, and turns those about that do not read well."""

    def __init__(self, detector: TextDetector, recognizer: TextRecognizer) -> None:
        self._detector = detector
        self._recognizer = recognizer

    def read(self, image: Image, wanted: Callable[[Polygon], bool] = anywhere) -> tuple[TextLine, ...]:
        """The lines that read well enough, in reading order, until there are a hundred words.

        Only lines whose place is `wanted` are read.
        """
        limits = np.array([image.width, image.height])
        places = [_lying(place) for place in self._detector.find(image.pixels)]
        places = [place for place in _in_order(places) if wanted(_polygon(place, limits))]
        lines: list[TextLine] = []
        for start in range(0, len(places), _AT_ONCE):
            if sum(len(line.words) for line in lines) >= ENOUGH_WORDS:
                break
            lines += [_line(reading, limits) for reading in self._best(image, places[start : start + _AT_ONCE])]
        return tuple(lines)

    def _best(self, image: Image, places: Sequence[Rectangle]) -> list[_Reading]:
        """What the places say the best way round, if anything."""
        readings = self._read(image, places)
        for index, others in self._turned(image, readings).items():
            readings[index] = max([readings[index], *others], key=lambda reading: reading.probability)
        return [reading for reading in readings if _is_text(reading)]

    def _read(self, image: Image, places: Sequence[Rectangle]) -> list[_Reading]:
        read = self._recognizer.read(image.pixels, places)
        return [_Reading(place, characters) for place, characters in zip(places, read, strict=True)]

    def _turned(self, image: Image, readings: Sequence[_Reading]) -> dict[int, list[_Reading]]:
        """What the doubtful ones say turned about, by their index: the detector knows no way round."""
        turned = [
            (index, reading.place.turned(quarters))
            for index, reading in enumerate(readings)
            if reading.probability < _SURE
            for quarters in _turns(reading.place)
        ]
        others: dict[int, list[_Reading]] = {}
        read = self._read(image, [place for _, place in turned])
        for (index, _), reading in zip(turned, read, strict=True):
            others.setdefault(index, []).append(reading)
        return others


def _lying(place: Rectangle) -> Rectangle:
    """The place with the longer side across."""
    return place.turned(1) if place.height > _STANDING * place.width else place


def _turns(place: Rectangle) -> tuple[int, ...]:
    """The quarter turns that text in such a place may have; but for a short word, only its ends can be confused."""
    return (2,) if place.width > _SHORT * place.height else (1, 2, 3)


def _is_text(reading: _Reading) -> bool:
    """Whether it reads well, and has a letter or a digit: what else there is may be a stroke, a crease or a button."""
    written = "".join(character.text for character in reading.characters).strip()
    likely = _LIKELY if len(written) > 1 else _LIKELY_ALONE
    return reading.probability >= likely and any(character.isalnum() for character in written)


def _in_order(places: Sequence[Rectangle]) -> list[Rectangle]:
    """From top to bottom, what stands side by side from left to right."""
    rows: list[list[Rectangle]] = []
    for place in sorted(places, key=lambda place: float(place.centre[1])):
        if rows and place.centre[1] - rows[-1][0].centre[1] < rows[-1][0].height / 2:
            rows[-1].append(place)
        else:
            rows.append([place])
    return [place for row in rows for place in sorted(row, key=lambda place: float(place.centre[0]))]


def _line(reading: _Reading, limits: Array) -> TextLine:
    spans = words(reading.characters)
    return TextLine(
        text=" ".join(span.text for span in spans),
        confidence=_confidence(reading.probability),
        polygon=_polygon(reading.place, limits),
        words=tuple(
            TextWord(
                span.text, _confidence(span.probability), _polygon(reading.place.part(span.start, span.end), limits)
            )
            for span in spans
        ),
    )


def _confidence(probability: float) -> float:
    return float(np.interp(probability, *_KNOTS))


def _polygon(place: Rectangle, limits: Array) -> Polygon:
    return tuple((float(x), float(y)) for x, y in np.clip(place.corners / limits, 0, 1))
