"""Presigned links to what was drawn: whoever holds one may fetch the picture, for a while, without any key."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.annotations import Drawn
from onlooker_shared.messages import Rendition

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Link(BaseModel):
    """A picture that can be fetched."""

    model_config = ConfigDict(frozen=True)

    url: str = Field(description="Fetch it with GET; it needs no access key.")
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    content_type: str


class Links(BaseModel):
    """Links to what was made of a picture."""

    model_config = ConfigDict(frozen=True)

    image_id: str
    annotated: Link
    thumbnail: Link
    preview: Link | None = Field(
        description="Small, nothing drawn into it; null if it was annotated before there were."
    )
    screen: Link | None = Field(description="Large, nothing drawn into it; null likewise.")
    annotated_at: datetime = Field(description="When this was drawn, UTC.")
    expires_at: datetime = Field(description="UTC; after this the links answer 403.")


class Presigner:
    """Makes links.

    Args:
        s3: a client for the endpoint that the links name.
        lifetime: how long a link works, 7 days at most. One that is signed with temporary credentials (a role's) ends
            with those, if that is sooner.
    """

    def __init__(self, s3: "S3Client", lifetime: timedelta) -> None:
        self._s3 = s3
        self._lifetime = lifetime

    async def links(self, image_id: str, drawn: Drawn) -> Links:
        """Return links to all that was made of a picture."""
        annotation = drawn.annotation
        expires_at = (datetime.now(UTC) + self._lifetime).replace(microsecond=0)
        return Links(
            image_id=image_id,
            annotated=await self._link(annotation.annotated),
            thumbnail=await self._link(annotation.thumbnail),
            preview=await self._link(annotation.preview) if annotation.preview else None,
            screen=await self._link(annotation.screen) if annotation.screen else None,
            annotated_at=drawn.annotated_at,
            expires_at=expires_at,
        )

    async def _link(self, rendition: Rendition) -> Link:
        url = await self._s3.generate_presigned_url(
            "get_object",
            Params={"Bucket": rendition.bucket, "Key": rendition.key},
            ExpiresIn=int(self._lifetime.total_seconds()),
        )
        return Link(url=url, width=rendition.width, height=rendition.height, content_type=rendition.content_type)
