"""The faces by which somebody is told, as their page shows them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_console.people.cards import face_picture

SOURCES = {"enrolled": "Enrolled", "seen": "Seen", "drawn": "Drawn by hand", "imported": "Imported"}
"""How a face came to be known, in words."""


@dataclass(frozen=True, slots=True)
class KnownFace:
    """A face.

    Attributes:
        src: where its picture is.
        source: how it came to be known, in words.
        image_id: of the picture that it is from, if that is one of Onlooker's; else empty.
        cover: whether it is shown for the person.
    """

    face_id: str
    src: str
    source: str
    added_at: str
    image_id: str
    cover: bool


def known_faces(faces: Iterable[Mapping[str, Any]], cover: str | None) -> tuple[KnownFace, ...]:
    """Return the faces that ``GET /people/{id}/faces`` lists; `cover` is the id of the one that is shown for them."""
    return tuple(
        KnownFace(
            face_id=each["face_id"],
            src=face_picture(each["person_id"], each["face_id"]),
            source=SOURCES.get(each["source"], each["source"].capitalize()),
            added_at=each["added_at"],
            image_id=each["image_id"] or "",
            cover=each["face_id"] == cover,
        )
        for each in faces
    )
