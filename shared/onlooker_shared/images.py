"""Which picture is meant: one version of one S3 object, and the id that everything about it is stored under."""

import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

IMAGE_ID_PATTERN = r"^[0-9a-f]{32}$"


def image_id(bucket: str, key: str, version: str) -> str:
    """Return the id of a picture: 32 lower-case hexadecimal digits (128 bits of SHA-256).

    Args:
        bucket: the bucket's name.
        key: the object's key, decoded (as S3's API names it, not as an event quotes it).
        version: the object's version id where the bucket keeps versions, its ETag without quotes where not.
    """
    digest = hashlib.sha256("\0".join((bucket, key, version.strip('"'))).encode())
    return digest.hexdigest()[:32]


class ImageRef(BaseModel):
    """One version of one object in an images bucket."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    image_id: str = Field(pattern=IMAGE_ID_PATTERN, description="Hash of bucket, key and version or ETag.")
    bucket: str
    key: str
    version_id: str | None = Field(default=None, description="None where the bucket keeps no versions.")
    etag: str = Field(description="Without quotes.")
    size: int = Field(ge=0, description="Bytes.")
    sequencer: str = Field(
        default="",
        description="S3's hexadecimal sequencer: of two events about one key, the one with the larger is the later.",
    )
    uploaded_at: datetime = Field(description="When S3 stored the object, UTC.")

    @classmethod
    def of(
        cls,
        *,
        bucket: str,
        key: str,
        etag: str,
        size: int,
        uploaded_at: datetime,
        version_id: str | None = None,
        sequencer: str = "",
    ) -> "ImageRef":
        """Return the reference with its id worked out."""
        etag = etag.strip('"')
        version_id = None if version_id in {None, "", "null"} else version_id
        return cls(
            image_id=image_id(bucket, key, version_id or etag),
            bucket=bucket,
            key=key,
            version_id=version_id,
            etag=etag,
            size=size,
            sequencer=sequencer,
            uploaded_at=uploaded_at,
        )


def order(sequencer: str) -> int:
    """Return S3's sequencer as a number that can be compared; 0 where there is none.

    S3 gives hexadecimal digits of unequal length and asks to pad the shorter one on the right with zeros
    (Amazon S3 user guide, "Event message structure"). 16 digits are kept, so that the number fits a signed 64-bit
    external version: the first bit is dropped by taking 15 digits.
    """
    return int(sequencer[:15].ljust(15, "0"), 16) if sequencer else 0
