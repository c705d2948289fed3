"""A face in words: who, how old, what it shows, where it looks. What Rekognition is unsure of is called undecided."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from onlooker_console.filters import EMOTIONS, called
from onlooker_shared.recognition import Face, Pose, Recognition, Verdict

UNDECIDED = 60.0
"""Percent below which a yes or no is as good as a guess; 50 is what says that nothing is known."""
SLIGHT = 1.0
"""Percent below which an emotion is not named."""
AHEAD = 12.0
"""Degrees within which a head looks straight ahead."""
FAR = 35.0
"""Degrees from which it is turned far."""
CROP = 1.5
"""Of the face's longer side: what of the picture its portrait shows."""
HEAD = 20.0
"""Radius of the drawn head."""
TRAITS = (
    ("smile", "Smile"),
    ("eyes_open", "Eyes open"),
    ("mouth_open", "Mouth open"),
    ("eyeglasses", "Glasses"),
    ("sunglasses", "Sunglasses"),
    ("beard", "Beard"),
    ("mustache", "Moustache"),
)

Answer = Literal["yes", "no", "undecided"]


@dataclass(frozen=True, slots=True)
class Trait:
    """A question with its answer."""

    name: str
    answer: Answer
    confidence: float


@dataclass(frozen=True, slots=True)
class Feeling:
    """An emotion that a face shows."""

    type: str
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Head:
    """Where a head looks: in words, in degrees, and as lines of a drawing around (0, 0)."""

    words: str
    roll: float
    yaw: float
    pitch: float
    meridian: str
    equator: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a face resembles, but not enough, or besides somebody else."""

    person_id: str
    name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Portrait:
    """A face.

    Attributes:
        person: the name of whom it belongs to; empty if nobody knows. Likewise `person_id`.
        known: whether somebody gave them that name: a stranger's is a number.
        looks: gender and age in words.
        crop: an SVG `viewBox` around it, in pixels of the upright picture.
    """

    number: int
    entry: str
    person: str
    person_id: str
    known: bool
    similarity: float
    candidates: tuple[Candidate, ...]
    looks: str
    gender: str
    gender_confidence: float | None
    feelings: tuple[Feeling, ...]
    traits: tuple[Trait, ...]
    head: Head | None
    brightness: float | None
    sharpness: float | None
    confidence: float
    drawn: bool
    crop: str

    @property
    def title(self) -> str:
        """What the face is called."""
        return self.person or f"Face {self.number}"


def portraits(found: Recognition) -> tuple[Portrait, ...]:
    """Return a recognition's faces, the largest first as they come."""
    return tuple(_portrait(number, face, found) for number, face in enumerate(found.faces, 1))


def _portrait(number: int, face: Face, found: Recognition) -> Portrait:
    gender = face.gender or ""
    return Portrait(
        number=number,
        entry=f"face-{number}",
        person=face.person.name if face.person else "",
        person_id=face.person.person_id if face.person else "",
        known=face.person is not None and face.person.known,
        similarity=face.person.similarity if face.person else 0.0,
        candidates=tuple(Candidate(each.person_id, each.name, each.similarity) for each in face.candidates),
        looks=", ".join(filter(None, (gender, _age(face)))),
        gender=gender,
        gender_confidence=face.gender_confidence,
        feelings=tuple(
            Feeling(each.type, called(each.type, EMOTIONS), each.confidence)
            for each in face.emotions
            if each.confidence >= SLIGHT
        ),
        traits=tuple(_traits(face)),
        head=head(face.pose) if face.pose else None,
        brightness=face.quality.brightness if face.quality else None,
        sharpness=face.quality.sharpness if face.quality else None,
        confidence=face.confidence,
        drawn=face.drawn,
        crop=_crop(face, found),
    )


def _age(face: Face) -> str:
    if face.age_low is None or face.age_high is None:
        return ""
    if face.age_low == face.age_high:
        return f"about {face.age_low} years"
    return f"{face.age_low} to {face.age_high} years"


def _traits(face: Face) -> Iterator[Trait]:
    for field, name in TRAITS:
        verdict: Verdict | None = getattr(face, field)
        if verdict is not None:
            sure: Answer = "yes" if verdict.value else "no"
            yield Trait(name, sure if verdict.confidence >= UNDECIDED else "undecided", verdict.confidence)


def head(pose: Pose) -> Head:
    """Return where a head looks.

    Yaw is positive to the viewer's right, pitch upwards, roll clockwise (as Rekognition has them: docs/accuracy.md).
    """
    across, up = (HEAD * math.sin(math.radians(angle)) for angle in (pose.yaw, pose.pitch))
    return Head(
        words=_direction(pose),
        roll=round(pose.roll, 1),
        yaw=round(pose.yaw, 1),
        pitch=round(pose.pitch, 1),
        # quadratic curves through the point that the nose is at: the control point lies twice as far out
        meridian=f"M0 {-HEAD:g}Q{2 * across:.1f} 0 0 {HEAD:g}",
        equator=f"M{-HEAD:g} 0Q0 {-2 * up:.1f} {HEAD:g} 0",
    )


def _direction(pose: Pose) -> str:
    aside = f"{_far(pose.yaw)}to the {'right' if pose.yaw > 0 else 'left'}" if abs(pose.yaw) >= AHEAD else ""
    tipped = f"{_far(pose.pitch)}{'up' if pose.pitch > 0 else 'down'}" if abs(pose.pitch) >= AHEAD else ""
    looks = " and ".join(filter(None, (aside, tipped))) or "straight ahead"
    tilted = f", tilted {'clockwise' if pose.roll > 0 else 'anticlockwise'}" if abs(pose.roll) >= AHEAD else ""
    return f"Looks {looks}{tilted}"


def _far(angle: float) -> str:
    return "far " if abs(angle) >= FAR else ""


def _crop(face: Face, found: Recognition) -> str:
    box = face.bounding_box
    width, height = box.width * found.width, box.height * found.height
    side = max(width, height, 1.0) * CROP
    x, y = box.left * found.width + width / 2 - side / 2, box.top * found.height + height / 2 - side / 2
    return f"{x:.0f} {y:.0f} {side:.0f} {side:.0f}"
