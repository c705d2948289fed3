"""S3's event notifications as they arrive in the queue, and the same shape written by the sweep.

Three ways lead from a bucket to a queue, and all are read: directly, through an SNS topic without raw delivery, and
through EventBridge. Formats: Amazon S3 user guide, "Event message structure", and "Amazon EventBridge event message
structure"; the first quotes keys like a form (a space is a plus sign), the second leaves them as they are.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote_plus, unquote_plus

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter

from onlooker_shared.errors import Reject
from onlooker_shared.images import ImageRef

CREATED = "ObjectCreated:"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The pictures that one message announces; none where it is about something else."""

    images: tuple[ImageRef, ...] = ()


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


class _BridgeEvent(_Shape):
    detail_type: str = Field(validation_alias="detail-type")
    time: datetime
    detail: _BridgeDetail


class _SnsEnvelope(_Shape):
    message: str = Field(validation_alias="Message")


def _shape(body: Any) -> str:
    """Return which of the shapes a body claims to be; what claims nothing is judged as a plain notification."""
    tags = {"Event": "test", "detail-type": "bridge", "Message": "sns"}
    return next((tag for field, tag in tags.items() if isinstance(body, dict) and field in body), "s3")


_Body = Annotated[
    Annotated[_Notification, Tag("s3")]
    | Annotated[_TestEvent, Tag("test")]
    | Annotated[_BridgeEvent, Tag("bridge")]
    | Annotated[_SnsEnvelope, Tag("sns")],
    Discriminator(_shape),
]
_adapter: TypeAdapter[_Notification | _TestEvent | _BridgeEvent | _SnsEnvelope] = TypeAdapter(_Body)


def decode(body: str) -> Arrivals:
    """Return the pictures that a queue's message announces.

    S3's test event, events other than a creation, and the empty objects that consoles make for folders announce none.

    Raises:
        pydantic.ValidationError: the body is not an event of S3.
        Reject: it is one that names no ETag, so that no picture can be told by it.
    """
    match _adapter.validate_json(body):
        case _SnsEnvelope(message=inner):
            return decode(inner)
        case _Notification(records=records):
            created = (record for record in records if record.event_name.removeprefix("s3:").startswith(CREATED))
            return _arrivals(
                _image(record.s3.bucket, unquote_plus(record.s3.object.key), record.s3.object, record.event_time)
                for record in created
            )
        case _BridgeEvent(detail_type="Object Created", detail=detail, time=time):
            return _arrivals([_image(detail.bucket, detail.object.key, detail.object, time)])
        case _:
            return Arrivals()


def encode(image: ImageRef) -> str:
    """Return the notification that S3 would have sent about a picture (it alone knows the sequencer)."""
    entry = {"key": quote_plus(image.key, safe="/"), "size": image.size, "eTag": image.etag}
    if image.version_id is not None:
        entry["versionId"] = image.version_id
    record = {
        "eventSource": "aws:s3",
        "eventName": f"{CREATED}Put",
        "eventTime": image.uploaded_at.isoformat(),
        "s3": {"bucket": {"name": image.bucket}, "object": entry},
    }
    return json.dumps({"Records": [record]})


def is_folder(key: str, size: int) -> bool:
    """Whether an object is the empty one that consoles make for a folder."""
    return size == 0 and key.endswith("/")


def _arrivals(images: Iterable[ImageRef]) -> Arrivals:
    return Arrivals(tuple(image for image in images if not is_folder(image.key, image.size)))


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
