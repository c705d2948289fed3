"""The annotated bucket as the annotator writes it: what was drawn (`onlooker_shared.annotations`), or why nothing was.

unannotated/{image_id}.json    Unannotated: why a recognized picture has no annotated copy and never will
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_annotator.renditions import Renditions
from onlooker_shared.annotations import Annotation, find_annotation
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

UNANNOTATED = "unannotated/"


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
        """Return what is stored of a picture; None if it is not annotated (yet)."""
        return await find_annotation(self._s3, self.bucket, image_id)

    async def store(self, image_id: str, renditions: Renditions) -> Annotation:
        """Store both pictures; storing them again changes nothing but the time."""
        annotated, thumbnail = renditions
        stored = Annotation.of(image_id, self.bucket, annotated=annotated.size, thumbnail=thumbnail.size)
        copy, small = stored.annotated, stored.thumbnail
        own_size = {"width": str(copy.width), "height": str(copy.height)}
        await self._put(copy.key, annotated.data, copy.content_type, own_size)
        await self._put(small.key, thumbnail.data, small.content_type, stored.metadata)
        return stored

    async def find_reason(self, image_id: str) -> str | None:
        """Return why a picture is not annotated and never will be; None if nothing of the kind is known."""
        try:
            answer = await self._s3.get_object(Bucket=self.bucket, Key=_unannotated_key(image_id))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        async with answer["Body"] as body:
            return Unannotated.model_validate_json(await body.read()).reason

    async def store_reason(self, image_id: str, reason: str) -> None:
        """Note why a picture is not annotated and never will be."""
        note = Unannotated(reason=reason).model_dump_json().encode()
        await self._put(_unannotated_key(image_id), note, "application/json", {})

    async def _put(self, key: str, body: bytes, content_type: str, metadata: Mapping[str, str]) -> None:
        await self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, Metadata=dict(metadata)
        )


def _unannotated_key(image_id: str) -> str:
    return f"{UNANNOTATED}{image_id}.json"
