"""Pictures of people that are stored already: in the buckets of pictures and of faces, and nowhere else."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from onlooker_recognizer.errors import PictureGoneError, PictureRefusedError
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.enrolment.bodies import StoredAt
from onlooker_recognizer.people.enrolment.fitting import Picture
from onlooker_shared.errors import ConflictError, ForbiddenError, NotFoundError, TooLargeError
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class StoredPictures:
    """Fetches pictures that requests point to.

    Args:
        s3: the process's client.
        originals: fetches them.
        buckets: those from which it does.
    """

    def __init__(self, s3: "S3Client", originals: Originals, buckets: Collection[str]) -> None:
        self._s3 = s3
        self._originals = originals
        self._buckets = buckets

    async def fetch(self, at: StoredAt) -> Picture:
        """Return a picture.

        Raises:
            ForbiddenError: it is in another bucket.
            NotFoundError: it is not there.
            ConflictError: it was deleted or overwritten this moment.
            TooLargeError: it has more bytes than are taken.
        """
        if at.bucket not in self._buckets:
            raise ForbiddenError(
                f"Pictures are taken from {' and '.join(sorted(self._buckets))}, not from {at.bucket}."
            )
        image = await self._look(at)
        try:
            return Picture((await self._originals.fetch(image)).data, image)
        except PictureGoneError as gone:
            raise ConflictError(f"{at.bucket}/{at.key} was {gone} this moment.") from gone
        except PictureRefusedError as refusal:
            raise TooLargeError(refusal.reason) from refusal

    async def _look(self, at: StoredAt) -> ImageRef:
        version: dict[str, Any] = {"VersionId": at.version_id} if at.version_id else {}
        try:
            answer = await self._s3.head_object(Bucket=at.bucket, Key=at.key, **version)
        except ClientError as error:
            if is_missing(error):
                raise NotFoundError(f"There is no object {at.bucket}/{at.key}.") from error
            raise
        return ImageRef.of(
            bucket=at.bucket,
            key=at.key,
            etag=answer["ETag"],
            size=answer["ContentLength"],
            uploaded_at=answer["LastModified"],
            version_id=answer.get("VersionId"),
        )
