"""The marker: an object of the keeper's own, by which an emulator that lost its memory is known.

It holds the name of the copy that keeps this emulator. An emulator that has just started with nothing has none.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from onlooker_shared.objects import MISSING

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

KEY = "kept-by"


class Marker:
    """The marker in a bucket of its own.

    Args:
        s3: the process's client.
        bucket: its name.
    """

    def __init__(self, s3: "S3Client", bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    async def read(self) -> str | None:
        """Return the name of the copy that keeps this emulator; None if none does."""
        try:
            answer = await self._s3.get_object(Bucket=self._bucket, Key=KEY)
        except ClientError as error:
            if error.response["Error"]["Code"] in {*MISSING, "NoSuchBucket"}:
                return None
            raise
        async with answer["Body"] as body:
            text: bytes = await body.read()
        return text.decode()

    async def write(self, name: str) -> None:
        """Say that this emulator is kept by a copy."""
        try:
            await self._s3.put_object(Bucket=self._bucket, Key=KEY, Body=name.encode())
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":
                raise
            await self._s3.create_bucket(Bucket=self._bucket)
            await self._s3.put_object(Bucket=self._bucket, Key=KEY, Body=name.encode())
