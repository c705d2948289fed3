"""The crops of the collection's faces, in the results bucket: to be looked at, and to make the collection anew of.

crops/{face_id}.jpg
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from onlooker_shared.objects import is_missing

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

CROPS = "crops/"


class CropStore:
    """Keeps crops.

    Args:
        s3: the process's client.
        bucket: the results bucket.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def put(self, face_id: str, jpeg: bytes) -> str:
        """Store the crop that a face was indexed from, and return its key, for `FaceRecord.crop`."""
        key = crop_key(face_id)
        await self._s3.put_object(Bucket=self._bucket, Key=key, Body=jpeg, ContentType="image/jpeg")
        return key

    async def get(self, key: str) -> bytes | None:
        """Return a crop's bytes; None if it is not there."""
        try:
            answer = await self._s3.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if is_missing(error):
                return None
            raise
        async with answer["Body"] as body:
            return await body.read()

    async def delete(self, key: str) -> None:
        """Delete a crop, if it is there."""
        await self._s3.delete_object(Bucket=self._bucket, Key=key)


def crop_key(face_id: str) -> str:
    """Return the key of the crop that a face was indexed from."""
    return f"{CROPS}{face_id}.jpg"
