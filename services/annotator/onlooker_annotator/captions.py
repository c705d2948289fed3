"""What is written beside each box, from everything that could be said down to a number.

A caption comes in several lengths, so that the layout can take the longest for which there is room.
"""

import math
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from onlooker_annotator.characters import clean
from onlooker_shared.recognition import BoundingBox, Face, Instance, Label, Recognition

NAME_LIMIT = 40
"""Characters of a name that are written where there is room."""
SHORT_NAME_LIMIT = 14
"""And where there is little."""
EN_DASH = "\u2013"
NARROW_NO_BREAK_SPACE = "\u202f"
SAME_PLACE = 0.85
"""Overlap (intersection over union) from which two instances are one thing under two labels: Rekognition reports a
woman as Person, Adult, Female and Woman, each with nearly the same box."""

RATHER = 50.0
"""Confidence from which an instance is drawn; a label that is sure may have places that are not."""
PERSON = "Person"
"""Rekognition's label for people."""


class Kind(StrEnum):
    """What a box is around."""

    FACE = "face"
    OBJECT = "object"


class Span(NamedTuple):
    """A piece of a line: `strong` is what is read first."""

    text: str
    strong: bool = True


Line = tuple[Span, ...]
Caption = tuple[Line, ...]
"""Lines from top to bottom."""


class Subject(NamedTuple):
    """A box with what could be written beside it, longest first; nothing, if there is nothing to say."""

    kind: Kind
    box: BoundingBox
    captions: tuple[Caption, ...]


def subjects(recognition: Recognition) -> list[Subject]:
    """Return everything that is drawn: faces, largest first, then objects, most confident first."""
    faces = [
        Subject(Kind.FACE, face.bounding_box, _face_captions(face, number))
        for number, face in enumerate(recognition.faces, start=1)
    ]
    objects = (_object(label, instance, recognition.faces) for label, instance in _seen(recognition.labels))
    return [subject for subject in (*faces, *objects) if _has_area(subject.box)]


def _face_captions(face: Face, number: int) -> tuple[Caption, ...]:
    """Return a face's captions. The last is its place in the list of the result, from 1."""
    facts = _emotion(face), _age(face)
    numbered: Caption = ((Span(str(number)),),)
    name = clean(face.person.name, NAME_LIMIT) if face.person else ""
    if name:
        details = tuple(Span(fact, strong=False) for fact in facts if fact)
        short = clean(name, SHORT_NAME_LIMIT)
        lengths = [((Span(name),), details) if details else (), ((Span(name),),), ((Span(short),),), numbered]
    else:
        spans = [Span(fact, strong=index == 0) for index, fact in enumerate(fact for fact in facts if fact)]
        lengths = [(tuple(spans),) if len(spans) > 1 else (), ((spans[0],),) if spans else (), numbered]
    return tuple(dict.fromkeys(caption for caption in lengths if caption))


def _emotion(face: Face) -> str:
    emotion = face.emotion
    if emotion is None or emotion.type == "UNKNOWN":
        return ""
    return f"{emotion.type.capitalize()} {_percent(emotion.confidence)}"


def _age(face: Face) -> str:
    if face.age_low is None or face.age_high is None:
        return ""
    return str(face.age_low) if face.age_low == face.age_high else f"{face.age_low}{EN_DASH}{face.age_high}"


def _percent(confidence: float) -> str:
    """Return a percentage as SI writes it: with a space."""
    return f"{confidence:.0f}{NARROW_NO_BREAK_SPACE}%"


def _object(label: Label, instance: Instance, faces: Sequence[Face]) -> Subject:
    """Return an object's box and captions; a person whose face says more than the word needs none."""
    box, name = instance.bounding_box, Span(clean(label.name, NAME_LIMIT))
    if not name.text or (label.name == PERSON and any(_centre_is_inside(face.bounding_box, box) for face in faces)):
        return Subject(Kind.OBJECT, box, ())
    confidence = Span(_percent(instance.confidence), strong=False)
    return Subject(Kind.OBJECT, box, (((name, confidence),), ((name,),)))


def _seen(labels: Sequence[Label]) -> list[tuple[Label, Instance]]:
    """Return every object that is rather there than not, once, most confident first.

    Of several labels for one place the most special is taken: the one with most parents, then the more confident.
    """
    places = [(label, instance) for label in labels for instance in label.instances]
    places.sort(key=lambda place: (-len(place[0].parents), -place[1].confidence))
    kept: list[tuple[Label, Instance]] = []
    for label, instance in places:
        known = (other.bounding_box for _, other in kept)
        if instance.confidence >= RATHER and not any(
            overlap(instance.bounding_box, box) >= SAME_PLACE for box in known
        ):
            kept.append((label, instance))
    return sorted(kept, key=lambda place: -place[1].confidence)


def _centre_is_inside(box: BoundingBox, other: BoundingBox) -> bool:
    x, y = box.left + box.width / 2, box.top + box.height / 2
    return other.left <= x <= other.left + other.width and other.top <= y <= other.top + other.height


def overlap(one: BoundingBox, other: BoundingBox) -> float:
    """Return the intersection of two boxes over their union, 0..1."""
    width = min(one.left + one.width, other.left + other.width) - max(one.left, other.left)
    height = min(one.top + one.height, other.top + other.height) - max(one.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (one.width * one.height + other.width * other.height - both)


def _has_area(box: BoundingBox) -> bool:
    """Whether any of a box is inside the picture."""
    numbers = (box.left, box.top, box.width, box.height)
    inside = box.left < 1 and box.top < 1 and box.left + box.width > 0 and box.top + box.height > 0
    return all(math.isfinite(number) for number in numbers) and box.width > 0 and box.height > 0 and inside
