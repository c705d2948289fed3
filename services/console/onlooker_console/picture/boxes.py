"""What is drawn over a picture: where faces, things and lines of text are, in pixels of the upright picture."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from onlooker_shared.recognition import BoundingBox, Label, Recognition, TextDetection

Kind = Literal["face", "object", "text"]
SAME = 2
"""Digits after the point to which two labels' places are the same place: Person, Adult and Woman have one."""
PERSON = "Person"
MOST_WORDS = 16
"""Boxes of a kind beyond which words beside each would hide the picture; they come when one is pointed at."""
TEXT_ROOM = 0.05
"""Of the picture's height: what has less above it has its words inside."""


@dataclass(frozen=True, slots=True)
class Box:
    """One place.

    Attributes:
        entry: the id of the list's entry that it belongs to.
        words: beside it, and what it is called.
        quiet: whether the words wait until somebody points at it.
        points: the corners of a line of text, which may be turned; empty: the rectangle.
        words_x: where the words begin; `words_y` is their base line.
    """

    kind: Kind
    entry: str
    words: str
    quiet: bool
    known: bool
    x: float
    y: float
    width: float
    height: float
    points: str
    words_x: float
    words_y: float
    inside: bool
    """Whether the words are in the box rather than above it."""


def boxes(found: Recognition) -> tuple[Box, ...]:
    """Return all places, the larger first: the smaller then lie above them, and can be pointed at."""
    every = [*_faces(found), *_things(found), *_lines(found)]
    return tuple(sorted(every, key=lambda box: -box.width * box.height))


def label_entry(index: int) -> str:
    """Return the id of a label's entry."""
    return f"label-{index + 1}"


def _faces(found: Recognition) -> Iterator[Box]:
    quiet = len(found.faces) > MOST_WORDS
    for number, face in enumerate(found.faces, 1):
        name, known = (face.person.name, face.person.known) if face.person else ("", False)
        yield _box(found, face.bounding_box, "face", f"face-{number}", name or str(number), quiet, known=known)


def _things(found: Recognition) -> Iterator[Box]:
    """Yield each thing once, under the most special of its labels: the one with most parents."""
    places: dict[tuple[float, ...], tuple[int, int, BoundingBox]] = {}
    for index, label in enumerate(found.labels):
        for instance in label.instances:
            box = instance.bounding_box
            place = tuple(round(side, SAME) for side in (box.left, box.top, box.width, box.height))
            if place not in places or len(label.parents) > places[place][0]:
                places[place] = (len(label.parents), index, box)
    crowded = len(places) > MOST_WORDS
    for _, index, box in places.values():
        label = found.labels[index]
        quiet = crowded or (_is_person(label) and any(_within(face.bounding_box, box) for face in found.faces))
        yield _box(found, box, "object", label_entry(index), label.name, quiet)


def _is_person(label: Label) -> bool:
    """Whether a label's things have faces, which say more of them than it does."""
    return PERSON in {label.name, *label.parents}


def _within(face: BoundingBox, box: BoundingBox) -> bool:
    """Whether the middle of a face is in a box."""
    x, y = face.left + face.width / 2, face.top + face.height / 2
    return box.left <= x <= box.left + box.width and box.top <= y <= box.top + box.height


def _lines(found: Recognition) -> Iterator[Box]:
    for number, line in enumerate(lines(found.text), 1):
        points = " ".join(f"{point.x * found.width:.1f},{point.y * found.height:.1f}" for point in line.polygon)
        yield _box(found, line.bounding_box, "text", f"text-{number}", line.text, True, points=points)


def lines(detections: Iterable[TextDetection]) -> tuple[TextDetection, ...]:
    """Return the lines among texts, without their words."""
    return tuple(each for each in detections if each.type == "LINE")


def _box(
    found: Recognition,
    box: BoundingBox,
    kind: Kind,
    entry: str,
    words: str,
    quiet: bool,
    *,
    known: bool = False,
    points: str = "",
) -> Box:
    left, top = max(box.left, 0.0), max(box.top, 0.0)
    right, bottom = min(box.left + box.width, 1.0), min(box.top + box.height, 1.0)
    inside = top < TEXT_ROOM
    return Box(
        kind=kind,
        entry=entry,
        words=words,
        quiet=quiet,
        known=known,
        x=round(left * found.width, 1),
        y=round(top * found.height, 1),
        width=round(max(right - left, 0.0) * found.width, 1),
        height=round(max(bottom - top, 0.0) * found.height, 1),
        points=points,
        words_x=round(left * found.width, 1),
        words_y=round(top * found.height, 1),
        inside=inside,
    )
