"""What a picture's result says of a face's person, and what is recorded of it. Pure."""

from onlooker_recognizer.people.identification.verdicts import Verdict
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Face, Person


def named(face: Face, verdict: Verdict) -> Face:
    """Return a face with whose it is; who is ignored is told apart, but not told of."""
    person = verdict.person
    shown = person is not None and person.state is not State.IGNORED
    return face.model_copy(
        update={
            "person": as_person(person, verdict.similarity) if person and shown else None,
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


def as_person(record: PersonRecord, similarity: float) -> Person:
    """Return how a person is told of."""
    return Person(
        person_id=record.person_id, name=record.name, similarity=similarity, known=record.state is not State.UNKNOWN
    )
