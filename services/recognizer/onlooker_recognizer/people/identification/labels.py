"""Who is said to be in a picture, brought up to date with what is known of people now. Pure.

A face's name follows from records: whose the face is that was added to the collection, else who it was told to be,
else who was recorded there and is not ignored any more; and whoever that person was merged into. So it does not matter
how often and in which order pictures are gone through.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from onlooker_recognizer.people.identification.naming import as_person, times_of
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import BoundingBox, Face, Person, Recognition

THE_VERY_FACE = 100.0
"""How alike a face is to itself."""

People = Mapping[str, PersonRecord]
"""By id; under that of a merged person the one who they are now. Who is gone is not among them."""
Owners = Mapping[str, str]
"""The ids of people by the FaceIds that are theirs."""


def mentioned(faces: Iterable[Face], owners: Owners, sightings: Iterable[Sighting] = ()) -> set[str]:
    """Return the ids of all people who are said to be in a picture, or might be."""
    return {
        *(face.person.person_id for face in faces if face.person),
        *(each.person_id for face in faces for each in face.candidates),
        *owners.values(),
        *(sighting.person_id for sighting in sightings),
    }


def up_to_date(
    recognition: Recognition, recorded: Sequence[Sighting], people: People, owners: Owners, *, now: datetime
) -> Recognition:
    """Return a recognition whose faces have the people whose they are now; the same where they have already.

    Args:
        recognition: what is in the picture.
        recorded: who was recorded in it, the ignored too.
        people: of all whom either mentions.
        owners: of the faces that were added to the collection.
        now: the time, UTC.
    """
    there = {sighting.bounding_box: sighting for sighting in recorded}
    faces = apart([_up_to_date(face, there.get(face.bounding_box), people, owners) for face in recognition.faces])
    if faces == recognition.faces:
        return recognition
    return settled_at(recognition.model_copy(update={"faces": faces}), now)


def apart(faces: Sequence[Face]) -> tuple[Face, ...]:
    """Return the faces of one picture, none of which resembles a stranger who is another face of it.

    Nobody is twice in a picture, as a rule, and who a stranger is is known by their faces alone: of a group of them
    each would be told to resemble the others.
    """
    there = {face.person.person_id for face in faces if face.person and not face.person.known}
    return tuple(
        face.model_copy(update={"candidates": tuple(each for each in face.candidates if each.person_id not in there)})
        for face in faces
    )


def settled_at(recognition: Recognition, now: datetime) -> Recognition:
    """Return a recognition in which it was settled now who is in it: later than before, whatever clocks say."""
    return recognition.model_copy(update={"identified_at": max(now, recognition.as_of)})


def told(face: Face, person: PersonRecord) -> Face:
    """Return a face of which somebody said whose it is."""
    resembled = [each for each in (face.person, *face.candidates) if each and each.person_id == person.person_id]
    similarity = max((each.similarity for each in resembled), default=THE_VERY_FACE)
    return face.model_copy(
        update={
            "person": as_person(person, similarity, times_of(face.person, person)),
            "unidentified": None,
            "told": True,
            "candidates": tuple(each for each in face.candidates if each.person_id != person.person_id),
            "denied": tuple(each for each in face.denied if each != person.person_id),
        }
    )


def denied(face: Face) -> Face:
    """Return a face of which somebody said that it is not whose it was told to be; nor is it itself theirs any more."""
    if face.person is None:
        return face
    return unlike(face, face.person.person_id).model_copy(update={"person": None, "told": False, "face_id": None})


def unlike(face: Face, person_id: str) -> Face:
    """Return a face of which somebody said that it is not that of somebody whom it resembles."""
    return face.model_copy(
        update={
            "candidates": tuple(each for each in face.candidates if each.person_id != person_id),
            "denied": (*(each for each in face.denied if each != person_id), person_id),
        }
    )


def sightings(
    image: ImageRef,
    recognition: Recognition,
    recorded: Sequence[Sighting],
    people: People,
    *,
    by_somebody: BoundingBox | None = None,
) -> list[Sighting]:
    """Return what is to be recorded of a picture.

    Args:
        image: the picture.
        recognition: what is in it.
        recorded: what was recorded until now: who decided it, which stays as it is.
        people: of those who were recorded; sightings of the ignored stay, though no result shows them.
        by_somebody: the face of which somebody said just now whose it is.
    """
    before = {sighting.bounding_box: sighting for sighting in recorded}
    found = []
    for face in recognition.faces:
        box, known = face.bounding_box, before.get(face.bounding_box)
        ignored = known is not None and known.person_id in people and _ignored(people[known.person_id])
        if face.person is not None:
            decided_by = "somebody" if face.told or box == by_somebody else known.decided_by if known else "similarity"
            found.append(
                Sighting(
                    person_id=face.person.person_id,
                    image_id=image.image_id,
                    bucket=image.bucket,
                    key=image.key,
                    seen_at=image.uploaded_at,
                    bounding_box=box,
                    similarity=face.person.similarity,
                    face_id=face.face_id,
                    decided_by=decided_by,
                )
            )
        elif known is not None and ignored and box != by_somebody:
            found.append(known.model_copy(update={"person_id": people[known.person_id].person_id}))
    return found


def candidates_of(face: Face, person: Person | None, people: People) -> tuple[Person, ...]:
    """Return whom a face resembles, as they are called now, besides the person whose it is."""
    candidates = dict[str, Person]()
    for each in face.candidates:
        now = people.get(each.person_id)
        if now is None or _ignored(now) or now.person_id in face.denied:
            continue
        if person is None or now.person_id != person.person_id:
            candidates.setdefault(now.person_id, as_person(now, each.similarity))
    return tuple(candidates.values())


def _up_to_date(face: Face, recorded: Sighting | None, people: People, owners: Owners) -> Face:
    person = _person(face, recorded, people, owners)
    return face.model_copy(update={"person": person, "candidates": candidates_of(face, person, people)})


def _person(face: Face, recorded: Sighting | None, people: People, owners: Owners) -> Person | None:
    """Return whose a face is now; None: nobody's, or that of somebody who is ignored."""
    if recorded is not None and recorded.person_id in face.denied:
        recorded = None
    alike = face.person or recorded
    owner = owners.get(face.face_id) if face.face_id else None
    record = people.get(owner or (alike.person_id if alike else ""))
    if record is None or _ignored(record):
        return None
    return as_person(record, alike.similarity if alike else THE_VERY_FACE, times_of(face.person, record))


def _ignored(record: PersonRecord) -> bool:
    return record.state is State.IGNORED
