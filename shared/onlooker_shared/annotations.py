"""The annotated bucket: the pictures that the annotator makes of one, found by whoever needs them.

annotated/{image_id}.jpg    the annotated copy
screens/{image_id}.jpg      nothing drawn into it, as large as a screen; every browser can show it
previews/{image_id}.jpg     nothing drawn into it, as small as in a gallery
thumbnails/{image_id}.jpg   small and drawn, stored last, so that where it is, all are; its metadata has all sizes
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict

from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageAnnotated, Rendition
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

ANNOTATED = "annotated/"
SCREENS = "screens/"
PREVIEWS = "previews/"
THUMBNAILS = "thumbnails/"
CONTENT_TYPE = "image/jpeg"
AS_OF = "as-of"
"""In the thumbnail's metadata: when what was drawn had been settled, `Recognition.as_of`."""
RECOGNIZED_AT = "recognized-at"
"""The same in thumbnails from before anybody was told apart, when nothing was settled but by recognizing."""

Size = tuple[int, int]
"""Width and height in pixels."""


class Annotation(BaseModel):
    """What was made of a picture."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    annotated: Rendition
    thumbnail: Rendition
    preview: Rendition | None = None
    screen: Rendition | None = None

    @classmethod
    def of(
        cls,
        image_id: str,
        bucket: str,
        *,
        annotated: Size,
        thumbnail: Size,
        preview: Size | None = None,
        screen: Size | None = None,
    ) -> "Annotation":
        """Return the annotation of a picture whose pictures have these sizes."""
        return cls(
            annotated=_rendition(bucket, rendition_key(ANNOTATED, image_id), annotated),
            thumbnail=_rendition(bucket, thumbnail_key(image_id), thumbnail),
            preview=preview and _rendition(bucket, rendition_key(PREVIEWS, image_id), preview),
            screen=screen and _rendition(bucket, rendition_key(SCREENS, image_id), screen),
        )

    @classmethod
    def announced(cls, message: ImageAnnotated) -> "Annotation":
        """Return what a message tells of."""
        return cls(
            annotated=message.annotated, thumbnail=message.thumbnail, preview=message.preview, screen=message.screen
        )

    def message(self, image: ImageRef, traceparent: str | None = None) -> ImageAnnotated:
        """Return the message that announces this."""
        return ImageAnnotated(
            image=image,
            annotated=self.annotated,
            thumbnail=self.thumbnail,
            preview=self.preview,
            screen=self.screen,
            traceparent=traceparent,
        )

    @property
    def metadata(self) -> dict[str, str]:
        """What the thumbnail's object has in its metadata, so that one request tells everything."""
        named = {"": self.thumbnail, "annotated-": self.annotated, "preview-": self.preview, "screen-": self.screen}
        return {
            f"{prefix}{side}": str(getattr(rendition, side))
            for prefix, rendition in named.items()
            if rendition is not None
            for side in ("width", "height")
        }


class Drawn(NamedTuple):
    """What is stored of a picture, and since when."""

    annotation: Annotation
    as_of: datetime | None
    """When what was drawn had been settled; None where that was not noted."""
    annotated_at: datetime
    etag: str
    """The thumbnail's, by which it can be replaced if nobody else did meanwhile."""


async def find_drawn(s3: "S3Client", bucket: str, image_id: str) -> Drawn | None:
    """Return what is stored of a picture; None if that is nothing (yet), or its thumbnail does not say the sizes."""
    try:
        answer = await s3.head_object(Bucket=bucket, Key=thumbnail_key(image_id))
    except ClientError as error:
        if is_missing(error):
            return None
        raise
    told = answer["Metadata"]
    try:
        annotation = Annotation.of(
            image_id,
            bucket,
            annotated=_size(told, "annotated-"),
            thumbnail=_size(told, ""),
            preview=_size(told, "preview-") if "preview-width" in told else None,
            screen=_size(told, "screen-") if "screen-width" in told else None,
        )
        settled = told.get(AS_OF, told.get(RECOGNIZED_AT))
        as_of = datetime.fromisoformat(settled) if settled else None
    except (KeyError, ValueError):  # not the annotator's, or copied without its metadata
        return None
    return Drawn(annotation, as_of, answer["LastModified"], answer["ETag"])


async def find_annotation(s3: "S3Client", bucket: str, image_id: str) -> Annotation | None:
    """Return what `find_drawn` does, without the times."""
    drawn = await find_drawn(s3, bucket, image_id)
    return drawn and drawn.annotation


def rendition_key(prefix: str, image_id: str) -> str:
    """Return the key of one of the pictures that are made of a picture."""
    return f"{prefix}{image_id}.jpg"


def thumbnail_key(image_id: str) -> str:
    """Return the key of a picture's thumbnail."""
    return rendition_key(THUMBNAILS, image_id)


def _size(metadata: Mapping[str, str], prefix: str) -> Size:
    return int(metadata[f"{prefix}width"]), int(metadata[f"{prefix}height"])


def _rendition(bucket: str, key: str, size: Size) -> Rendition:
    width, height = size
    return Rendition(bucket=bucket, key=key, width=width, height=height, content_type=CONTENT_TYPE)
