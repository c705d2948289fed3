"""The bytes of a request's `Image` member: sent along, or fetched from S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from onlooker_rekognition.protocol.errors import InvalidParameterError

MAX_OBJECT_BYTES = 15 * 1024 * 1024
"""Amazon's limit for a picture in S3. That for bytes in the request (5 MB) is in the service model."""


class ObjectSource(Protocol):
    """Where S3 objects come from."""

    async def fetch(self, bucket: str, name: str, version: str | None, *, limit: int) -> bytes:
        """The object's bytes.

        Raises InvalidS3ObjectError when it can not be had, ImageTooLargeError when it is larger than `limit`.
        """


class Images:
    """Reads `Image` members."""

    def __init__(self, objects: ObjectSource) -> None:
        self._objects = objects

    async def load(self, image: Mapping[str, Any]) -> bytes:
        """The picture's bytes. Raises InvalidParameterError unless exactly one source is given."""
        if len(image.keys() & {"Bytes", "S3Object"}) != 1:
            raise InvalidParameterError(
                "Request has invalid parameters: Image needs either Bytes or S3Object, and not both."
            )
        if "Bytes" in image:
            return bytes(image["Bytes"])
        place = image["S3Object"]
        bucket, name = place.get("Bucket"), place.get("Name")
        if bucket is None or name is None:
            raise InvalidParameterError("Request has invalid parameters: S3Object needs Bucket and Name.")
        return await self._objects.fetch(bucket, name, place.get("Version"), limit=MAX_OBJECT_BYTES)
