"""Which picture is meant: one version of one S3 object, and the id that everything about it is stored under."""

import hashlib
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

IMAGE_ID_PATTERN = r"^[0-9a-f]{32}$"


def object_prefix(bucket: str, key: str) -> str:
    """Return what the ids of all pictures under one bucket and key begin with: 16 hexadecimal digits of SHA-256.

    So everything that is stored of an object's versions can be listed, though S3 does not say which versions a deleted
    object had. Two objects may share it (64 bits): who deletes by it looks whether what was found is the object's.
    """
    return hashlib.sha256(f"{bucket}\0{key}".encode()).hexdigest()[:16]


def image_id(bucket: str, key: str, version: str) -> str:
    """Return the id of a picture: `object_prefix`, then as many digits of the SHA-256 of bucket, key and version.

    Args:
        bucket: the bucket's name.
        key: the object's key, decoded (as S3's API names it, not as an event quotes it).
        version: the object's version id where the bucket keeps versions, its ETag without quotes where not.
    """
    digest = hashlib.sha256("\0".join((bucket, key, version.strip('"'))).encode())
    return object_prefix(bucket, key) + digest.hexdigest()[:16]


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

    @property
    def moment(self) -> tuple[int, datetime]:
        """When the picture was uploaded, among the events about its key."""
        return moment(self.sequencer, self.uploaded_at)


SEQUENCER_DIGITS = 18
"""What S3 gives at most today; the first two have been zeros since it began, so the number fits 63 bits."""


def order(sequencer: str) -> int:
    """Return S3's sequencer as a number from 0 to 2**63 - 1, for use as an external version; 0 where there is none.

    Sequencers are hexadecimal and of unequal length; to compare two, the shorter is padded on the right with zeros
    (Amazon S3 user guide, "Event message structure").
    """
    digits = sequencer[:SEQUENCER_DIGITS].ljust(SEQUENCER_DIGITS, "0") if sequencer else "0"
    return min(int(digits, 16), 2**63 - 1)


def moment(sequencer: str, time: datetime) -> tuple[int, datetime]:
    """Return what sorts the events about one key: S3's sequencer, then the time where that is the same.

    Amazon's sequencers of two events about one key always differ; LocalStack gives one and the same to all events.
    """
    return order(sequencer), time
