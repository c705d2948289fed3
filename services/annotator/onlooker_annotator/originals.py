"""The images bucket, as far as the annotator needs it: one version of one object, read whole."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from onlooker_shared.errors import Reject
from onlooker_shared.images import ImageRef
from onlooker_shared.objects import how_gone, version_of

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class OriginalGoneError(Exception):
    """The picture that was recognized is no longer there: deleted, or overwritten by another one."""


class Originals:
    """Reads pictures as they were uploaded."""

    def __init__(self, s3: "S3Client", *, max_bytes: int) -> None:
        self._s3 = s3
        self._max_bytes = max_bytes

    async def read(self, image: ImageRef) -> bytes:
        """Return the bytes of exactly the picture that was recognized.

        Raises:
            OriginalGoneError: it was deleted or overwritten; another one's boxes must not be drawn into it.
            Reject: it is larger than the limit.
        """
        try:
            answer = await self._s3.get_object(**version_of(image))
        except ClientError as error:
            how = how_gone(error)
            if how is None:
                raise
            raise OriginalGoneError(f"The picture was {how} before it was annotated.") from error
        async with answer["Body"] as body:
            if answer["ContentLength"] > self._max_bytes:
                raise Reject(f"The picture has {answer['ContentLength']:,} bytes; {self._max_bytes:,} are the most.")
            return await body.read()
