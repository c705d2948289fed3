"""What a picture's result says of a face's person, and what is recorded of it. Pure."""

from onlooker_recognizer.people.identification.verdicts import Verdict
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Face, Person


def named(face: Face, verdict: Verdict, *, counted: bool = False) -> Face:
    """Return a face with whose it is; who is ignored is told apart, but not told of.

    Args:
        face: the face.
        verdict: whose it is.
        counted: whether this picture is among those that they were seen in already.
    """
    person = verdict.person
    shown = person is not None and person.state is not State.IGNORED
    return face.model_copy(
        update={
            "person": as_person(person, verdict.similarity, _times(person, counted)) if person and shown else None,
            "unidentified": "ignored" if person and not shown else None if person else face.unidentified,
            "candidates": tuple(as_person(each, similarity) for each, similarity in verdict.candidates),
            "face_id": verdict.face_id,
            "told": verdict.decided_by == "somebody",
        }
    )


def sighting(image: ImageRef, face: Face, verdict: Verdict) -> Sighting | None:
    """Return that a person was seen; None where it is nobody's face."""
    if verdict.person is None:
        return None
    return Sighting(
        person_id=verdict.person.person_id,
        image_id=image.image_id,
        bucket=image.bucket,
        key=image.key,
        seen_at=image.uploaded_at,
        bounding_box=face.bounding_box,
        similarity=verdict.similarity,
        face_id=verdict.face_id,
        decided_by=verdict.decided_by,
    )


def as_person(record: PersonRecord, similarity: float, times_seen: int | None = None) -> Person:
    """Return how a person is told of."""
    return Person(
        person_id=record.person_id,
        name=record.name,
        similarity=similarity,
        known=record.state is not State.UNKNOWN,
        times_seen=times_seen,
    )


def times_of(person: Person | None, record: PersonRecord) -> int | None:
    """Return how often somebody had been seen by a picture, as long as it still is they who are told to be in it."""
    return person.times_seen if person is not None and person.person_id == record.person_id else None


def _times(person: PersonRecord, counted: bool) -> int:
    return max(1, person.sightings + (0 if counted else 1))
