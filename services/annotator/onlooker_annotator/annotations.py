"""The annotated bucket as the annotator writes it: what was drawn (`onlooker_shared.annotations`), or why nothing was.

unannotated/{image_id}.json    Unannotated: why a recognized picture has no annotated copy and never will
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_annotator.renditions import Encoded, Renditions
from onlooker_shared.annotations import (
    ANNOTATED,
    AS_OF,
    PREVIEWS,
    SCREENS,
    Annotation,
    Drawn,
    find_drawn,
    rendition_key,
    thumbnail_key,
)
from onlooker_shared.messages import Rendition
from onlooker_shared.objects import ANY, exists, how_gone, is_missing

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

    async def find(self, image_id: str) -> Drawn | None:
        """Return what is stored of a picture; None if it is not annotated (yet)."""
        return await find_drawn(self._s3, self.bucket, image_id)

    async def is_whole(self, image_id: str) -> bool:
        """Whether all is there that belongs to a thumbnail: a deletion may have been overtaken by the same picture."""
        keys = [rendition_key(prefix, image_id) for prefix in (ANNOTATED, SCREENS, PREVIEWS)]
        return all(await asyncio.gather(*(exists(self._s3, self.bucket, key) for key in keys)))

    async def store(
        self, image_id: str, renditions: Renditions, as_of: datetime, *, replacing: str | None
    ) -> Annotation | None:
        """Store all pictures; storing them again changes nothing but the time.

        Args:
            image_id: of what they were made.
            renditions: what was made.
            as_of: when what was drawn had been settled.
            replacing: the ETag of the thumbnail that was there, `ANY` for whatever is; None: there was none.

        Returns:
            What is stored now; None if somebody else stored a thumbnail since: what is there may be of both.
        """
        sizes = {name: encoded.size for name, encoded in renditions._asdict().items()}
        stored = Annotation.of(image_id, self.bucket, **sizes)
        await asyncio.gather(
            *(
                self._put_picture(rendition, encoded, {"width": str(rendition.width), "height": str(rendition.height)})
                for rendition, encoded in (
                    (stored.annotated, renditions.annotated),
                    (stored.screen, renditions.screen),
                    (stored.preview, renditions.preview),
                )
                if rendition is not None
            )
        )
        told = stored.metadata | {AS_OF: as_of.isoformat()}
        try:
            await self._put_picture(stored.thumbnail, renditions.thumbnail, told, **_condition(replacing))
        except ClientError as error:
            if how_gone(error) is None:
                raise
            return None
        return stored

    async def delete(self, image_id: str) -> None:
        """Delete all that is stored of a picture; the thumbnail first, for where it is, all are."""
        await self._s3.delete_object(Bucket=self.bucket, Key=thumbnail_key(image_id))
        others = (*(rendition_key(prefix, image_id) for prefix in (ANNOTATED, SCREENS, PREVIEWS)), _note_key(image_id))
        await asyncio.gather(*(self._s3.delete_object(Bucket=self.bucket, Key=key) for key in others))

    async def find_reason(self, image_id: str) -> str | None:
        """Return why a picture is not annotated and never will be; None if nothing of the kind is known."""
        try:
            answer = await self._s3.get_object(Bucket=self.bucket, Key=_note_key(image_id))
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        async with answer["Body"] as body:
            return Unannotated.model_validate_json(await body.read()).reason

    async def store_reason(self, image_id: str, reason: str) -> None:
        """Note why a picture is not annotated and never will be."""
        note = Unannotated(reason=reason).model_dump_json().encode()
        await self._put(_note_key(image_id), note, "application/json", {})

    async def _put_picture(
        self, rendition: Rendition, encoded: Encoded, metadata: Mapping[str, str], **condition: Any
    ) -> None:
        await self._put(rendition.key, encoded.data, rendition.content_type, metadata, **condition)

    async def _put(
        self, key: str, body: bytes, content_type: str, metadata: Mapping[str, str], **condition: Any
    ) -> None:
        await self._s3.put_object(
            Bucket=self.bucket, Key=key, Body=body, ContentType=content_type, Metadata=dict(metadata), **condition
        )


def _condition(replacing: str | None) -> dict[str, str]:
    if replacing is None:
        return {"IfNoneMatch": ANY}
    return {} if replacing == ANY else {"IfMatch": replacing}


def _note_key(image_id: str) -> str:
    return f"{UNANNOTATED}{image_id}.json"
