"""The messages that services send one another, as data.

Each has a ``type`` tag with its version. A change that an old reader cannot bear makes a new type; added fields are
optional. Their JSON Schemas are in ``docs/messages``.
"""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Recognition


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return str(uuid.uuid4())


class ObjectRef(BaseModel):
    """An object in S3."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    bucket: str
    key: str


class Rendition(ObjectRef):
    """A picture that was made from another one."""

    width: int = Field(gt=0, description="Pixels.")
    height: int = Field(gt=0, description="Pixels.")
    content_type: str


class Message(BaseModel):
    """What every message has."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = Field(default_factory=_new_id, description="Of this message; a redelivery keeps it.")
    time: datetime = Field(default_factory=_now, description="When it was made, UTC.")
    traceparent: str | None = Field(default=None, description="W3C trace context of the work that made it.")


class RecognitionMessage(Message):
    """What messages have that say what is in a picture."""

    image: ImageRef
    result: ObjectRef = Field(description="The whole result as JSON.")
    recognition: Recognition | None = Field(
        default=None, description="Inline if the message stays within the queue's limit; else read `result`."
    )


class ImageRecognized(RecognitionMessage):
    """A picture was recognized. Published by the recognizer."""

    type: Literal["image.recognized.v1"] = "image.recognized.v1"


class ImageIdentified(RecognitionMessage):
    """Who is in a recognized picture was settled anew: somebody was named, merged, or told apart.

    Published by the recognizer. It says all that `image.recognized.v1` does; who tells people about new pictures leaves
    it alone.
    """

    type: Literal["image.identified.v1"] = "image.identified.v1"


class ImageFailed(Message):
    """A picture can never be recognized. Published by the recognizer."""

    type: Literal["image.failed.v1"] = "image.failed.v1"
    image: ImageRef
    reason: str = Field(description="What is wrong with the picture, in words for its owner.")


class ImageAnnotated(Message):
    """The annotated copy of a picture was stored. Published by the annotator."""

    type: Literal["image.annotated.v1"] = "image.annotated.v1"
    image: ImageRef
    annotated: Rendition
    thumbnail: Rendition = Field(description="Small; what was found is drawn into it.")
    preview: Rendition | None = Field(default=None, description="Small, as in a gallery; nothing is drawn into it.")
    screen: Rendition | None = Field(default=None, description="Large, as on a screen; nothing is drawn into it.")


class ImageDeleted(Message):
    """A picture is no more. Published by the recognizer, once it has deleted what it stored of it.

    Without `image_ids` this is about the object as a whole: whatever was uploaded under bucket and key before. With
    them, a bucket that keeps versions lost some of an object's, and only these are meant.
    """

    type: Literal["image.deleted.v1"] = "image.deleted.v1"
    bucket: str
    key: str
    sequencer: str = Field(
        default="", description="S3's, of the deletion: what was uploaded under a larger one is not meant."
    )
    deleted_at: datetime = Field(description="UTC. Decides in place of sequencers that are missing or the same.")
    image_ids: tuple[str, ...] = Field(default=(), description="Only these versions; empty: all there were.")


SomeMessage: TypeAlias = ImageRecognized | ImageIdentified | ImageFailed | ImageAnnotated | ImageDeleted
AnyMessage = Annotated[SomeMessage, Field(discriminator="type")]

MESSAGE_TYPES: tuple[type[SomeMessage], ...] = (
    ImageRecognized,
    ImageIdentified,
    ImageFailed,
    ImageAnnotated,
    ImageDeleted,
)
"""Every message there is; each has its JSON Schema in ``docs/messages``."""

_adapter: TypeAdapter[SomeMessage] = TypeAdapter(AnyMessage)


def decode(body: str) -> SomeMessage:
    """Return the message in a queue's body.

    Raises:
        pydantic.ValidationError: the body is not JSON, of an unknown type, or malformed. A consumer rejects it.
    """
    return _adapter.validate_json(body)
