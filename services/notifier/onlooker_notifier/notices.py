"""What an alert says about one picture: pure functions from messages to notices."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from onlooker_notifier.conditions.facts import Event, Happening, resembles_nobody
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import EmotionType, Face, Label, Person, Recognition

MOST_LABELS = 5
"""Labels that a notice keeps: the most confident ones, without those that others imply (a cat is an animal)."""
MOST_SEEN = 20
"""People of whom a notice keeps more than their names."""


class Seen(BaseModel):
    """Somebody in a picture."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    name: str
    known: bool = Field(default=True, description="False: a stranger who is remembered.")
    similarity: float | None = None
    times_seen: int | None = Field(default=None, description="This picture included.")


class Notice(BaseModel):
    """One picture, as short as an alert needs it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)  # as they are logged

    event: Happening
    image_id: str
    bucket: str
    key: str
    uploaded_at: datetime
    faces: int = 0
    emotions: tuple[EmotionType, ...] = Field(
        default=(), description="The most confident one of each face that has any."
    )
    persons: tuple[str, ...] = Field(default=(), description="Names of those known, sorted, each once.")
    seen: tuple[Seen, ...] = Field(default=(), description="The same people with more about them, most alike first.")
    unknown: int = Field(default=0, description="Faces that resemble nobody who has a name.")
    labels: tuple[str, ...] = Field(default=(), description="Most confident first.")
    reason: str = Field(default="", description="Why a picture failed; of what is no picture: what happened.")

    @property
    def pictured(self) -> bool:
        """Whether it is about a picture, and not about what is looked at by the clock."""
        return self.event in {"recognized", "failed"}


def recognized(image: ImageRef, recognition: Recognition) -> Notice:
    """Return the notice of a recognized picture."""
    return _notice(image, "recognized").model_copy(
        update={
            "faces": len(recognition.faces),
            "emotions": tuple(face.emotion.type for face in recognition.faces if face.emotion),
            "persons": tuple(sorted({face.person.name for face in recognition.faces if face.person})),
            "seen": _seen(recognition.faces),
            "unknown": sum(map(resembles_nobody, recognition.faces)) if "people" in recognition.features else 0,
            "labels": _telling(recognition.labels)[:MOST_LABELS],
        }
    )


def failed(image: ImageRef, reason: str) -> Notice:
    """Return the notice of a picture that can never be recognized."""
    return _notice(image, "failed").model_copy(update={"reason": reason})


def watched(event: Literal["absence", "dead_letter"], notice_id: str, at: float, words: str) -> Notice:
    """Return the notice of something that is no picture.

    Args:
        event: which kind of thing.
        notice_id: names it; of each is told once.
        at: since when it is so, in epoch seconds.
        words: what it is.
    """
    return Notice(
        event=event, image_id=notice_id, bucket="", key="", uploaded_at=datetime.fromtimestamp(at, UTC), reason=words
    )


def _seen(faces: Sequence[Face]) -> tuple[Seen, ...]:
    """Return who is in a picture, each once by the face that is most like them."""
    alike: dict[str, Person] = {}
    for person in (face.person for face in faces if face.person):
        known = alike.get(person.person_id)
        if known is None or known.similarity < person.similarity:
            alike[person.person_id] = person
    people = sorted(alike.values(), key=lambda person: (-person.similarity, person.name))
    return tuple(
        Seen(name=each.name, known=each.known, similarity=each.similarity, times_seen=each.times_seen)
        for each in people[:MOST_SEEN]
    )


def _telling(labels: tuple[Label, ...]) -> tuple[str, ...]:
    implied = {parent for label in labels for parent in label.parents}
    return tuple(label.name for label in labels if label.name not in implied)


def _notice(image: ImageRef, event: Event) -> Notice:
    return Notice(
        event=event,
        image_id=image.image_id,
        bucket=image.bucket,
        key=image.key,
        uploaded_at=image.uploaded_at,
    )
