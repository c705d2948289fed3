"""People, their faces and sightings as the API tells of them."""

from datetime import datetime

from pydantic import BaseModel, Field

from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, Sighting, Source, State
from onlooker_shared.recognition import BoundingBox, Percent
from onlooker_shared.recognition import Person as Likeness


class Person(BaseModel):
    """A person."""

    person_id: str
    name: str
    state: State
    attributes: dict[str, str] = Field(description="Free ones, such as `Bio`.")
    external_id: str | None
    number: int | None = Field(description="Of a stranger: the one in `Unknown 17`.")
    cover: str | None = Field(description="The id of the face that is shown for them.")
    faces: int = Field(description="By which they are known.")
    sightings: int = Field(description="Faces in pictures that were told to be theirs.")
    first_seen: datetime | None
    last_seen: datetime | None
    merged_into: str | None
    created_at: datetime
    version: int = Field(description="Also the ETag: grows with each change that somebody makes.")

    @classmethod
    def of(cls, record: PersonRecord) -> "Person":
        """Return what is told of a record."""
        return cls(**record.model_dump(exclude={"face_ids"}), faces=len(record.face_ids))


class PeoplePage(BaseModel):
    """One page of people."""

    people: list[Person]
    total: int = Field(description="Of all pages.")
    cursor: str | None = None


class FaceOfPerson(BaseModel):
    """A face by which a person is known."""

    face_id: str
    person_id: str
    source: Source
    bucket: str | None = Field(description="Of the picture it is from, if that was stored; likewise `key`, `image_id`.")
    key: str | None
    image_id: str | None
    bounding_box: BoundingBox = Field(description="In that picture.")
    confidence: Percent
    brightness: Percent | None = Field(description="Not known of a face that was imported; nor `sharpness`.")
    sharpness: Percent | None
    picture: str = Field(description="The path of its crop.")
    added_at: datetime

    @classmethod
    def of(cls, record: FaceRecord) -> "FaceOfPerson":
        """Return what is told of a record."""
        return cls(
            **record.model_dump(exclude={"model", "crop"}),
            picture=f"/people/{record.person_id}/faces/{record.face_id}/picture",
        )


class FacesOfPerson(BaseModel):
    """All faces of a person, first added first."""

    faces: list[FaceOfPerson]


class EnrolledPerson(BaseModel):
    """A person, and what became of the pictures of them."""

    person: Person
    faces: list[FaceOfPerson] = Field(description="One for each picture, in their order.")
    added: int = Field(description="How many of these are new: the same picture again adds none.")


class SightingsOfPerson(BaseModel):
    """One page of where a person was seen, newest first."""

    sightings: list[Sighting]
    cursor: str | None = None


class IdentifiedFace(BaseModel):
    """A face in a picture, and whose it is."""

    bounding_box: BoundingBox
    confidence: Percent
    person: Likeness | None = Field(description="Whose it is; null: nobody's who is known.")
    candidates: list[Likeness] = Field(description="Whom it resembles besides, or not enough; most alike first.")
    looked_up: bool = Field(description="False: it is not clear enough to tell somebody by, or nobody is known.")


class Identification(BaseModel):
    """Who is in a picture."""

    width: int = Field(description="Pixels of the upright picture.")
    height: int
    faces: list[IdentifiedFace] = Field(description="Largest first.")

    @property
    def people(self) -> tuple[str, ...]:
        """The ids of all who are told of, as who it is or whom it resembles."""
        told = [each for face in self.faces for each in [*([face.person] if face.person else []), *face.candidates]]
        return tuple(dict.fromkeys(each.person_id for each in told))
