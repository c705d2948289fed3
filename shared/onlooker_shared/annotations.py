"""The annotated bucket: the two pictures that the annotator makes of one, found by whoever needs them.

annotated/{image_id}.jpg    the annotated copy
thumbnails/{image_id}.jpg   the thumbnail, stored last, so that where it is, the copy is; its metadata has both sizes
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_shared.messages import Rendition
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

ANNOTATED = "annotated/"
THUMBNAILS = "thumbnails/"
CONTENT_TYPE = "image/jpeg"

Size = tuple[int, int]
"""Width and height in pixels."""


class Annotation(BaseModel):
    """The annotated copy and the thumbnail of a picture."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    annotated: Rendition
    thumbnail: Rendition

    @classmethod
    def of(cls, image_id: str, bucket: str, *, annotated: Size, thumbnail: Size) -> "Annotation":
        """Return the annotation of a picture whose two pictures have these sizes."""
        return cls(
            annotated=_rendition(bucket, f"{ANNOTATED}{image_id}.jpg", annotated),
            thumbnail=_rendition(bucket, thumbnail_key(image_id), thumbnail),
        )

    @property
    def metadata(self) -> dict[str, str]:
        """What the thumbnail's object has in its metadata, so that one request tells everything."""
        return {
            "width": str(self.thumbnail.width),
            "height": str(self.thumbnail.height),
            "annotated-width": str(self.annotated.width),
            "annotated-height": str(self.annotated.height),
        }


async def find_annotation(s3: "S3Client", bucket: str, image_id: str) -> Annotation | None:
    """Return what is stored of a picture; None if that is nothing (yet), or its thumbnail does not say the sizes."""
    try:
        answer = await s3.head_object(Bucket=bucket, Key=thumbnail_key(image_id))
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    try:
        return Annotation.of(
            image_id,
            bucket,
            annotated=_size(answer["Metadata"], "annotated-"),
            thumbnail=_size(answer["Metadata"], ""),
        )
    except (KeyError, ValueError):  # not the annotator's, or copied without its metadata
        return None


def thumbnail_key(image_id: str) -> str:
    """Return the key of a picture's thumbnail."""
    return f"{THUMBNAILS}{image_id}.jpg"


def _size(metadata: Mapping[str, str], prefix: str) -> Size:
    return int(metadata[f"{prefix}width"]), int(metadata[f"{prefix}height"])


def _rendition(bucket: str, key: str, size: Size) -> Rendition:
    width, height = size
    return Rendition(bucket=bucket, key=key, width=width, height=height, content_type=CONTENT_TYPE)
