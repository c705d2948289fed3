"""What is known of people, as data: nothing here knows where it is kept.

A person has faces in Rekognition's collection, by which they are told; each has a record. A sighting is a face in one
picture that was told to be theirs.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.recognition import BoundingBox, Percent

MAX_NAME = 200
"""Characters of a name."""
MAX_FACES = 100
"""Faces of one person: so many Amazon associates with a user."""
TOGETHER = 2
"""Faces from which on a stranger is a user of the collection."""
MAX_ATTRIBUTES = 50
MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTE = 100, 2000
"""Characters of a free attribute's name and text."""
PERSON_ID_PATTERN = r"^[0-9a-f]{32}$"

PersonId = Annotated[str, Field(pattern=PERSON_ID_PATTERN)]
"""Random; also the UserId and the ExternalImageId in the collection, which so know nobody's name."""


class State(StrEnum):
    """What a person is to those who look at pictures."""

    KNOWN = "known"
    """Somebody gave them a name."""
    UNKNOWN = "unknown"
    """A stranger who is remembered, called by a number."""
    MERGED = "merged"
    """The same as another person, who has all that was theirs; kept so that the id still leads there."""
    IGNORED = "ignored"
    """Told apart from others, and never shown: a face on a poster."""


class Source(StrEnum):
    """How a face came into the collection."""

    ENROLLED = "enrolled"
    """Somebody said whose it is."""
    SEEN = "seen"
    """A stranger's, remembered when it was seen."""
    DRAWN = "drawn"
    """Somebody drew it on a picture, where the detector had missed it, and said whose it is."""
    IMPORTED = "imported"
    """It was in the collection before Onlooker was, with a profile."""


class Record(BaseModel):
    """A frozen record; what newer versions add is ignored, and errors do not tell what is in it."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class PersonRecord(Record):
    """A person."""

    person_id: PersonId
    name: str = Field(min_length=1, max_length=MAX_NAME)
    state: State = State.KNOWN
    attributes: dict[str, str] = Field(default_factory=dict, description="Free ones, such as `Bio`.")
    external_id: str | None = Field(default=None, max_length=MAX_NAME, description="What another system calls them.")
    number: int | None = Field(default=None, description="Of a stranger: the one in `Unknown 17`.")
    cover: str | None = Field(default=None, description="The id of the face that is shown for them.")
    face_ids: tuple[str, ...] = Field(default=(), description="Of all faces they are known by.")
    sightings: int = Field(default=0, description="Faces in pictures that were told to be theirs.")
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    merged_into: PersonId | None = None
    created_at: datetime
    version: int = Field(default=1, description="Grows with each change that somebody makes, not with sightings.")

    @property
    def is_user(self) -> bool:
        """Whether they are to be a user of the collection: who is alike beyond doubt is then told by one search.

        Whoever is known is one from the first face on. Most strangers are seen once, and never searched for.
        """
        return len(self.face_ids) >= (TOGETHER if self.state is State.UNKNOWN else 1)


class FaceRecord(Record):
    """A face in the collection."""

    face_id: str = Field(description="Rekognition's.")
    person_id: PersonId
    source: Source
    bucket: str | None = Field(default=None, description="Of the picture that it is from, where that was stored.")
    key: str | None = None
    image_id: str | None = Field(default=None, pattern=IMAGE_ID_PATTERN)
    bounding_box: BoundingBox = Field(description="In that picture.")
    confidence: Percent
    brightness: Percent | None = Field(default=None, description="Not known of one that was imported.")
    sharpness: Percent | None = None
    model: str = Field(description="The collection's FaceModelVersion when it was added.")
    crop: str = Field(description="The key of the crop in the results bucket: the collection can be made anew of them.")
    added_at: datetime


class Sighting(Record):
    """A face in a picture that was told to be somebody's."""

    person_id: PersonId
    image_id: str = Field(pattern=IMAGE_ID_PATTERN)
    bucket: str
    key: str
    seen_at: datetime = Field(description="When the picture was uploaded, UTC.")
    bounding_box: BoundingBox
    similarity: Percent
    face_id: str | None = Field(default=None, description="Where the face was itself added to the collection.")
    decided_by: Literal["similarity", "somebody"] = "similarity"
