"""What is known of one picture, laid out once so that a thousand conditions can look at it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from onlooker_notifier.conditions.names import folded
from onlooker_notifier.conditions.patterns import LONGEST_TEXT
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import EmotionType, Face, Label, ModerationLabel, Recognition, TextDetection

Event = Literal["recognized", "failed"]
"""What happened to a picture."""
Happening = Event | Literal["absence", "dead_letter"]
"""Or what is told that is no picture."""


@dataclass(frozen=True, slots=True)
class FaceFact:
    """One face."""

    name: str | None
    """None: it is nobody's who is known or remembered."""
    folded_name: str
    person_id: str | None
    known: bool
    unknown: bool
    """Not both are False but of who is ignored, or cannot be told."""
    similarity: float | None
    times_seen: int | None
    emotion: EmotionType | None
    emotions: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Named:
    """A label by one of the names that it goes by, its parents' among them."""

    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Facts:
    """One picture, or what is told in place of one."""

    event: Happening
    bucket: str
    key: str
    uploaded_at: datetime
    features: frozenset[str] = frozenset()
    """What was looked for: nothing else is known not to be there."""
    faces: tuple[FaceFact, ...] = ()
    theirs: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """By id and by folded name: the numbers of somebody's faces."""
    known: tuple[int, ...] = ()
    """The numbers of the faces of people who have a name."""
    unknown: tuple[int, ...] = ()
    """Likewise of who resembles none of them."""
    resembled: Mapping[str, float] = field(default_factory=dict)
    """By folded name: how much a face resembles somebody whose it was not told to be."""
    labels: Mapping[str, Sequence[Named]] = field(default_factory=dict)
    """By every folded name, most confident first."""
    moderation: Mapping[str, Sequence[Named]] = field(default_factory=dict)
    """Likewise; all of them under the empty name."""
    lines: tuple[str, ...] = ()
    text: str = ""
    """The lines, one below the other."""
    folded_text: str = ""
    reason: str = ""
    """Why it failed."""


def resembles_nobody(face: Face) -> bool:
    """Return whether a face is of nobody who has a name, where people were looked for."""
    return not face.person.known if face.person else face.unidentified is None


def of_recognized(image: ImageRef, recognition: Recognition) -> Facts:
    """Return what is known of a recognized picture."""
    lines = _lines(recognition.text)
    text = "\n".join(lines)[:LONGEST_TEXT]
    features = set(recognition.features)
    if "faces" in features and not recognition.faces:
        features.add("people")
    faces = tuple(_face(face, people="people" in features) for face in recognition.faces)
    return Facts(
        event="recognized",
        bucket=image.bucket,
        key=image.key,
        uploaded_at=image.uploaded_at,
        features=frozenset(features),
        faces=faces,
        theirs=_theirs(faces),
        known=tuple(number for number, face in enumerate(faces) if face.known),
        unknown=tuple(number for number, face in enumerate(faces) if face.unknown),
        resembled=_resembled(recognition.faces),
        labels=_by_name((label, _names(label)) for label in recognition.labels),
        moderation=_by_name((each, {"", each.name, each.parent or each.name}) for each in recognition.moderation),
        lines=lines,
        text=text,
        folded_text=folded(text),
    )


def of_failed(image: ImageRef, reason: str) -> Facts:
    """Return what is known of a picture that can never be recognized."""
    return Facts(event="failed", bucket=image.bucket, key=image.key, uploaded_at=image.uploaded_at, reason=reason)


def of_watched(event: Literal["absence", "dead_letter"], at: datetime) -> Facts:
    """Return what is known of something that is no picture."""
    return Facts(event=event, bucket="", key="", uploaded_at=at)


def _face(face: Face, *, people: bool) -> FaceFact:
    person = face.person
    return FaceFact(
        name=person.name if person else None,
        folded_name=folded(person.name) if person else "",
        person_id=person.person_id if person else None,
        known=person is not None and person.known,
        unknown=people and resembles_nobody(face),
        similarity=person.similarity if person else None,
        times_seen=person.times_seen if person else None,
        emotion=face.emotion.type if face.emotion else None,
        emotions={emotion.type: emotion.confidence for emotion in face.emotions},
    )


def _theirs(faces: Sequence[FaceFact]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for number, face in enumerate(faces):
        if face.person_id is not None:
            found[face.folded_name].append(number)
            found[face.person_id].append(number)
    return dict(found)


def _resembled(faces: Iterable[Face]) -> dict[str, float]:
    found: dict[str, float] = {}
    for candidate in (each for face in faces for each in face.candidates):
        name = folded(candidate.name)
        found[name] = max(found.get(name, 0.0), candidate.similarity)
    return found


def _lines(texts: Iterable[TextDetection]) -> tuple[str, ...]:
    """Return what is written, each line once: words are told of by their lines."""
    return tuple(text.text for text in texts if text.type == "LINE" or text.line_id is None)


def _names(label: Label) -> set[str]:
    return {label.name, *label.parents, *label.aliases}


def _by_name(things: Iterable[tuple[Label | ModerationLabel, set[str]]]) -> dict[str, list[Named]]:
    found: dict[str, list[Named]] = defaultdict(list)
    for thing, names in things:
        for name in {folded(name) for name in names}:
            found[name].append(Named(thing.name, thing.confidence))
    for named in found.values():
        named.sort(key=lambda each: -each.confidence)
    return dict(found)
