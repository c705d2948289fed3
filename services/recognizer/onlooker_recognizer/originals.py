"""Buckets of pictures: fetches the very version of a picture that its event was about, and lists what is there."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from onlooker_recognizer import events
from onlooker_recognizer.errors import PictureGoneError, PictureRefusedError
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import how_gone, version_of
from onlooker_shared.telemetry.tracing import from_headers

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Original:
    """A picture's bytes, and the trace that its upload began."""

    data: bytes
    traceparent: str | None


class Originals:
    """Fetches pictures.

    Args:
        s3: the process's client.
        max_bytes: of the largest file that is read.
    """

    def __init__(self, s3: "S3Client", *, max_bytes: int) -> None:
        self._s3 = s3
        self._max_bytes = max_bytes

    async def fetch(self, image: ImageRef) -> Original:
        """Return a picture's bytes.

        Raises:
            PictureGoneError: it was deleted or overwritten.
            PictureRefusedError: the file is too large; its bytes are not read.
        """
        try:
            answer = await self._s3.get_object(**version_of(image))
        except ClientError as error:
            raise _gone(error) or error from None
        async with answer["Body"] as body:
            if answer["ContentLength"] > self._max_bytes:
                raise PictureRefusedError(
                    f"The file has {answer['ContentLength']} bytes; at most {self._max_bytes} are taken."
                )
            return Original(await body.read(), from_headers(answer["Metadata"]))

    async def confirm(self, image: ImageRef) -> None:
        """Return if the picture is still there, and still the one of its event.

        A version may be there though the object is deleted: then it counts as gone.

        Raises:
            PictureGoneError: it was deleted or overwritten.
        """
        try:
            await self._s3.head_object(**version_of(image))
            if image.version_id is not None:
                await self._s3.head_object(Bucket=image.bucket, Key=image.key)
        except ClientError as error:
            raise _gone(error) or error from None


async def newest(s3: "S3Client", bucket: str) -> AsyncIterator[ImageRef]:
    """Yield the current version of every picture in a bucket, page by page."""
    async for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for entry in page.get("Versions", []):
            if entry["IsLatest"] and not events.is_folder(entry["Key"], entry["Size"]):
                yield ImageRef.of(
                    bucket=bucket,
                    key=entry["Key"],
                    etag=entry["ETag"],
                    size=entry["Size"],
                    uploaded_at=entry["LastModified"],
                    version_id=entry["VersionId"],
                )


def _gone(error: ClientError) -> PictureGoneError | None:
    how = how_gone(error)
    return PictureGoneError(how) if how is not None else None
