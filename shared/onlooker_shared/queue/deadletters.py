"""A dead letter read for people: why it is one, since when, and which picture it is about."""

import json
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.images import image_id
from onlooker_shared.queue.received import Received
from onlooker_shared.queue.settler import REASON

S3_EVENT = "s3.event"
"""What an event of S3 is called here, which has no type of its own."""
SUMMARY = 100
"""Characters of a message that are shown where nothing shorter says what it is about."""


class DeadLetter(BaseModel):
    """A message that could not be worked on."""

    model_config = ConfigDict(frozen=True)

    message_id: str = Field(description="In the dead-letter queue.")
    reason: str
    died_at: datetime | None = Field(
        default=None, description="UTC; null where SQS itself moved the message, for it does not say when."
    )
    type: str | None = Field(default=None, description="The message's, or `s3.event`.")
    bucket: str | None = None
    key: str | None = None
    image_id: str | None = None
    summary: str = Field(description="What the message is about, in a line.")

    @classmethod
    def of(cls, message: Received) -> "DeadLetter":
        """Read a message that was received from a dead-letter queue."""
        about = _about(message.body)
        reason = message.attributes.get(REASON)
        return cls(
            message_id=message.message_id,
            reason=reason or f"received {message.attempts} times without success",
            died_at=message.sent_at if reason else None,  # moved by SQS, a message keeps the time of its first sending
            summary=_summary(about) if about else message.body[:SUMMARY],
            **about,
        )


def _summary(about: dict[str, str]) -> str:
    place = f"{about['bucket']}/{about['key']}"
    return place if about["type"] == S3_EVENT else f"{about['type']} {place}"


def _about(body: str) -> dict[str, str]:
    """Return type, bucket, key and image id, as far as a body tells them."""
    try:
        content = json.loads(body)
        told = _of_event(content["Records"][0]) if "Records" in content else _of_message(content)
    except (ValueError, LookupError, TypeError, AttributeError):
        return {}
    return told if all(isinstance(value, str) for value in told.values()) else {}


def _of_event(record: dict[str, Any]) -> dict[str, Any]:
    bucket, stored = record["s3"]["bucket"]["name"], record["s3"]["object"]
    key = unquote_plus(stored["key"])
    told = {"type": S3_EVENT, "bucket": bucket, "key": key}
    version = stored.get("versionId")
    version = stored.get("eTag") if version in {None, "null"} else version
    return told | {"image_id": image_id(bucket, key, version)} if version else told


def _of_message(content: dict[str, Any]) -> dict[str, Any]:
    image = content.get("image", content)  # a deletion names bucket and key itself
    told = {"type": content["type"], "bucket": image["bucket"], "key": image["key"]}
    return told | {"image_id": image["image_id"]} if "image_id" in image else told
