"""A recognition without somebody. Pure."""

from collections.abc import Collection
from datetime import datetime

from onlooker_recognizer.people.identification.labels import settled_at
from onlooker_shared.recognition import Face, Recognition


def without(recognition: Recognition, ids: Collection[str], *, now: datetime) -> Recognition:
    """Return a recognition that tells of nobody with these ids, be it people's or faces'; the same if it tells of none.

    Args:
        recognition: what is in the picture.
        ids: of people, and of faces in the collection.
        now: the time, UTC.
    """
    faces = tuple(_without(face, ids) for face in recognition.faces)
    if faces == recognition.faces:
        return recognition
    return settled_at(recognition.model_copy(update={"faces": faces}), now)


def _without(face: Face, ids: Collection[str]) -> Face:
    theirs = face.person is not None and face.person.person_id in ids
    return face.model_copy(
        update={
            "person": None if theirs else face.person,
            "told": face.told and not theirs,
            "candidates": tuple(each for each in face.candidates if each.person_id not in ids),
            "denied": tuple(each for each in face.denied if each not in ids),
            "face_id": None if face.face_id in ids else face.face_id,
        }
    )
