"""The annotated bucket: what was drawn, or why nothing was.

annotated/{image_id}.jpg       the annotated copy
thumbnails/{image_id}.jpg      the thumbnail; stored last, so that where it is, the copy is
unannotated/{image_id}.json    Unannotated: why a recognized picture has no annotated copy and never will
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_annotator.geometry import Size
from onlooker_annotator.renditions import Renditions
from onlooker_shared.messages import Rendition
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

ANNOTATED = "annotated/"
THUMBNAILS = "thumbnails/"
UNANNOTATED = "unannotated/"
JPEG = "image/jpeg"


class Annotation(BaseModel):
    """The two pictures that were made of one."""

    model_config = ConfigDict(frozen=True)

    annotated: Rendition
    thumbnail: Rendition


class Unannotated(BaseModel):
    """Why a recognized picture has no annotated copy."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reason: str


class Annotations:
    """Reads and writes the annotated bucket."""

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self.bucket = bucket

    async def find(self, image_id: str) -> Annotation | None:
        """Return what is stored of a picture; None if it is not annotated (yet).

        One request: every object's metadata has its size, the thumbnail's that of the copy, too.
        """
        try:
            answer = await self._s3.head_object(Bucket=self.bucket, Key=thumbnail_key(image_id))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        metadata = answer["Metadata"]
        return self._annotation(image_id, _size_of(metadata, "annotated-"), _size_of(metadata))

    async def store(self, image_id: str, renditions: Renditions) -> Annotation:
        """Store both pictures; storing them again changes nothing but the time."""
        annotated, thumbnail = renditions
        beside = _size(annotated.size, "annotated-")
        await self._put(annotated_key(image_id), annotated.data, JPEG, _size(annotated.size))
        await self._put(thumbnail_key(image_id), thumbnail.data, JPEG, {**_size(thumbnail.size), **beside})
        return self._annotation(image_id, annotated.size, thumbnail.size)

    async def find_reason(self, image_id: str) -> str | None:
        """Return why a picture is not annotated and never will be; None if nothing of the kind is known."""
        try:
            answer = await self._s3.get_object(Bucket=self.bucket, Key=unannotated_key(image_id))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        async with answer["Body"] as body:
            return Unannotated.model_validate_json(await body.read()).reason

    async def store_reason(self, image_id: str, reason: str) -> None:
        """Note why a picture is not annotated and never will be."""
        note = Unannotated(reason=reason).model_dump_json().encode()
        await self._put(unannotated_key(image_id), note, "application/json", {})

    async def _put(self, key: str, body: bytes, content_type: str, metadata: Mapping[str, str]) -> None:
        await self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, Metadata=dict(metadata)
        )

    def _annotation(self, image_id: str, annotated: Size, thumbnail: Size) -> Annotation:
        return Annotation(
            annotated=self._rendition(annotated_key(image_id), annotated),
            thumbnail=self._rendition(thumbnail_key(image_id), thumbnail),
        )

    def _rendition(self, key: str, size: Size) -> Rendition:
        return Rendition(bucket=self.bucket, key=key, width=size.width, height=size.height, content_type=JPEG)


def annotated_key(image_id: str) -> str:
    """Return the key of a picture's annotated copy."""
    return f"{ANNOTATED}{image_id}.jpg"


def thumbnail_key(image_id: str) -> str:
    """Return the key of a picture's thumbnail."""
    return f"{THUMBNAILS}{image_id}.jpg"


def unannotated_key(image_id: str) -> str:
    """Return the key of the note why a picture has no annotated copy."""
    return f"{UNANNOTATED}{image_id}.json"


def _size(size: Size, prefix: str = "") -> dict[str, str]:
    """Return a size as S3 keeps it in an object's metadata."""
    return {f"{prefix}width": str(size.width), f"{prefix}height": str(size.height)}


def _size_of(metadata: Mapping[str, str], prefix: str = "") -> Size:
    return Size(int(metadata[f"{prefix}width"]), int(metadata[f"{prefix}height"]))
