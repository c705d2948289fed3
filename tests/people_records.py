"""Makes records of people, of their faces and of sightings, as the recognizer would write them."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, Sighting, Source, State
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import BoundingBox
from recognitions import BOX, NOON, an_image


def an_id() -> str:
    """A person's id, or a picture's, that nobody has."""
    return uuid.uuid4().hex


def a_face_id() -> str:
    """A face's id as Rekognition makes them."""
    return str(uuid.uuid4())


def a_person(
    name: str = "Alice Example",
    *,
    person_id: str | None = None,
    state: State = State.KNOWN,
    attributes: Mapping[str, str] | None = None,
    number: int | None = None,
    face_ids: tuple[str, ...] = (),
    merged_into: str | None = None,
    created_at: datetime = NOON,
) -> PersonRecord:
    """Somebody who was never seen."""
    return PersonRecord(
        person_id=person_id or an_id(),
        name=name,
        state=state,
        attributes=dict(attributes or {}),
        number=number,
        cover=face_ids[0] if face_ids else None,
        face_ids=face_ids,
        merged_into=merged_into,
        created_at=created_at,
    )


def a_stranger(number: int = 1) -> PersonRecord:
    """Somebody whom nobody gave a name."""
    return a_person(f"Unknown {number}", state=State.UNKNOWN, number=number)


def a_face_of(
    person: PersonRecord | str,
    *,
    face_id: str | None = None,
    source: Source = Source.ENROLLED,
    image: ImageRef | None = None,
    box: BoundingBox = BOX,
    added_at: datetime = NOON,
) -> FaceRecord:
    """A good face in the collection, of a picture if one is given."""
    face_id = face_id or a_face_id()
    return FaceRecord(
        face_id=face_id,
        person_id=person_id_of(person),
        source=source,
        bucket=image.bucket if image else None,
        key=image.key if image else None,
        image_id=image.image_id if image else None,
        bounding_box=box,
        confidence=99.5,
        brightness=80.0,
        sharpness=90.0,
        model="7.0",
        crop=f"faces/{face_id}.jpg",
        added_at=added_at,
    )


def a_sighting(
    person: PersonRecord | str,
    image: ImageRef | None = None,
    *,
    box: BoundingBox = BOX,
    similarity: float = 98.5,
    face_id: str | None = None,
) -> Sighting:
    """A person in a picture, told by similarity; seen when the picture was uploaded."""
    image = image or an_image()
    return Sighting(
        person_id=person_id_of(person),
        image_id=image.image_id,
        bucket=image.bucket,
        key=image.key,
        seen_at=image.uploaded_at,
        bounding_box=box,
        similarity=similarity,
        face_id=face_id,
    )


def person_id_of(person: PersonRecord | str) -> str:
    """The id of a person, or the id itself."""
    return person if isinstance(person, str) else person.person_id
