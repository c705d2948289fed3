"""What arrives in the recognizer's queue: S3's event notifications, and requests to recognize a picture again.

Three ways lead from a bucket to a queue, and all are read: directly, through an SNS topic without raw delivery, and
through EventBridge. Formats: Amazon S3 user guide, "Event message structure", and "Amazon EventBridge event message
structure"; the first quotes keys like a form (a space is a plus sign), the second leaves them as they are. The sweep
writes the first. A request has a ``type``, which no event has.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter

from onlooker_shared.errors import Reject
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import Message
from onlooker_shared.recognition import Feature

CREATED = "ObjectCreated:"
REMOVED = ("ObjectRemoved:", "LifecycleExpiration:")
"""By somebody, or by a rule of the bucket."""
MARKED = ("DeleteMarkerCreated", "Delete Marker Created")
"""How the two formats say that the object is gone, though its versions are kept: the version named is the marker's."""


@dataclass(frozen=True, slots=True)
class Removal:
    """An object is gone, or one of its versions."""

    bucket: str
    key: str
    deleted_at: datetime
    sequencer: str = ""
    version_id: str | None = None
    """The one version that is gone, as S3 names it (`null` where it was stored without one); None: the object."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What one message tells of a bucket; nothing where it is about something else."""

    arrivals: tuple[ImageRef, ...] = ()
    removals: tuple[Removal, ...] = ()

    @property
    def image(self) -> ImageRef | None:
        """The picture that it is about, where it is the arrival of one alone: S3 tells of one at a time."""
        return self.arrivals[0] if len(self.arrivals) == 1 and not self.removals else None


class RecognizeAgain(Message):
    """Somebody asks that a picture be recognized again, though it was recognized or refused before."""

    type: Literal["recognizer.again.v1"] = "recognizer.again.v1"
    image: ImageRef
    only: tuple[Feature, ...] = Field(
        default=(), description="Features that were held back, of which some are missing still. Empty: all."
    )
    turn: datetime | None = Field(
        default=None, description="Of a picture that waited for the budget: by which it is known what waits no more."
    )


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _Bucket(_Shape):
    name: str


class _Object(_Shape):
    key: str
    size: int = 0
    etag: str = Field(default="", validation_alias="eTag")
    version_id: str | None = Field(default=None, validation_alias="versionId")
    sequencer: str = ""


class _S3(_Shape):
    bucket: _Bucket
    object: _Object


class _Record(_Shape):
    event_name: str = Field(validation_alias="eventName")
    event_time: datetime = Field(validation_alias="eventTime")
    s3: _S3

    @property
    def name(self) -> str:
        """The event's name; what is configured begins with `s3:`, what is sent does not."""
        return self.event_name.removeprefix("s3:")


class _Notification(_Shape):
    records: tuple[_Record, ...] = Field(validation_alias="Records")


class _TestEvent(_Shape):
    event: Literal["s3:TestEvent"] = Field(validation_alias="Event")


class _BridgeObject(_Shape):
    key: str
    size: int = 0
    etag: str = ""
    version_id: str | None = Field(default=None, validation_alias="version-id")
    sequencer: str = ""


class _BridgeDetail(_Shape):
    bucket: _Bucket
    object: _BridgeObject
    deletion_type: str = Field(default="", validation_alias="deletion-type")


class _BridgeEvent(_Shape):
    detail_type: str = Field(validation_alias="detail-type")
    time: datetime
    detail: _BridgeDetail


class _SnsEnvelope(_Shape):
    message: str = Field(validation_alias="Message")


def _shape(body: Any) -> str:
    """Return which of the shapes a body claims to be; what claims nothing is judged as a plain notification."""
    tags = {"type": "again", "Event": "test", "detail-type": "bridge", "Message": "sns"}
    return next((tag for field, tag in tags.items() if isinstance(body, dict) and field in body), "s3")


_Body = Annotated[
    Annotated[_Notification, Tag("s3")]
    | Annotated[_TestEvent, Tag("test")]
    | Annotated[_BridgeEvent, Tag("bridge")]
    | Annotated[_SnsEnvelope, Tag("sns")]
    | Annotated[RecognizeAgain, Tag("again")],
    Discriminator(_shape),
]
_adapter: TypeAdapter[_Notification | _TestEvent | _BridgeEvent | _SnsEnvelope | RecognizeAgain] = TypeAdapter(_Body)


def decode(body: str) -> Changes | RecognizeAgain:
    """Return what a queue's message tells or asks.

    S3's test event, events of other kinds, and the empty objects that consoles make for folders tell nothing.

    Raises:
        pydantic.ValidationError: the body is neither an event of S3 nor a request.
        Reject: it announces a picture and names no ETag, so that the picture cannot be told by it.
    """
    match _adapter.validate_json(body):
        case _SnsEnvelope(message=inner):
            return decode(inner)
        case _Notification(records=records):
            return Changes(_arrivals(_created(records)), tuple(_removed(records)))
        case _BridgeEvent(detail_type="Object Created", detail=detail, time=time):
            return Changes(_arrivals([_image(detail.bucket, detail.object.key, detail.object, time)]))
        case _BridgeEvent(detail_type="Object Deleted", detail=detail, time=time):
            marked = detail.deletion_type in MARKED
            return Changes(removals=(_removal(detail.bucket, detail.object.key, detail.object, time, marked=marked),))
        case RecognizeAgain() as request:
            return request
        case _:
            return Changes()


def encode(image: ImageRef) -> str:
    """Return the notification that S3 would have sent about a picture that came (it alone knows the sequencer)."""
    entry = {"key": quote_plus(image.key, safe="/"), "size": image.size, "eTag": image.etag}
    if image.version_id is not None:
        entry["versionId"] = image.version_id
    return _notification("ObjectCreated:Put", image.bucket, entry, image.uploaded_at)


def encode_removal(bucket: str, key: str, deleted_at: datetime) -> str:
    """Return the notification that S3 would have sent about an object that is gone (likewise)."""
    return _notification("ObjectRemoved:Delete", bucket, {"key": quote_plus(key, safe="/")}, deleted_at)


def is_folder(key: str, size: int) -> bool:
    """Whether an object is the empty one that consoles make for a folder."""
    return size == 0 and key.endswith("/")


def _notification(name: str, bucket: str, entry: dict[str, Any], time: datetime) -> str:
    record = {
        "eventSource": "aws:s3",
        "eventName": name,
        "eventTime": time.isoformat(),
        "s3": {"bucket": {"name": bucket}, "object": entry},
    }
    return json.dumps({"Records": [record]})


def _created(records: Iterable[_Record]) -> Iterator[ImageRef]:
    for record in records:
        if record.name.startswith(CREATED):
            entry = record.s3.object
            yield _image(record.s3.bucket, unquote_plus(entry.key), entry, record.event_time)


def _removed(records: Iterable[_Record]) -> Iterator[Removal]:
    for record in records:
        if record.name.startswith(REMOVED):
            entry, marked = record.s3.object, record.name.endswith(MARKED)
            yield _removal(record.s3.bucket, unquote_plus(entry.key), entry, record.event_time, marked=marked)


def _arrivals(images: Iterable[ImageRef]) -> tuple[ImageRef, ...]:
    return tuple(image for image in images if not is_folder(image.key, image.size))


def _image(bucket: _Bucket, key: str, entry: _Object | _BridgeObject, time: datetime) -> ImageRef:
    if not entry.etag:
        raise Reject(f"The event about {bucket.name}/{key} names no ETag.")
    return ImageRef.of(
        bucket=bucket.name,
        key=key,
        etag=entry.etag,
        size=entry.size,
        uploaded_at=time,
        version_id=entry.version_id,
        sequencer=entry.sequencer,
    )


def _removal(bucket: _Bucket, key: str, entry: _Object | _BridgeObject, time: datetime, *, marked: bool) -> Removal:
    return Removal(
        bucket=bucket.name,
        key=key,
        deleted_at=time,
        sequencer=entry.sequencer,
        version_id=None if marked or not entry.version_id else entry.version_id,
    )
