"""Versions of objects, where a bucket keeps any: what was overwritten or deleted is still there, and goes here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


class Versions:
    """Deletes objects with all that S3 keeps of them.

    Args:
        s3: the process's client.
    """

    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3
        self._kept: dict[str, bool] = {}

    async def delete(self, bucket: str, key: str) -> int:
        """Delete an object and its versions; return how many of these there were besides the newest."""
        await self._s3.delete_object(Bucket=bucket, Key=key)
        return await self._delete(bucket, key, newest_too=True)

    async def delete_earlier(self, bucket: str, key: str) -> int:
        """Delete all versions of an object but the newest; return how many."""
        return await self._delete(bucket, key, newest_too=False)

    async def _delete(self, bucket: str, key: str, *, newest_too: bool) -> int:
        if not await self._keeps_any(bucket):
            return 0
        deleted = 0
        async for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=key):
            for entry in (*page.get("Versions", ()), *page.get("DeleteMarkers", ())):
                if entry["Key"] == key and (newest_too or not entry["IsLatest"]):
                    await self._s3.delete_object(Bucket=bucket, Key=key, VersionId=entry["VersionId"])
                    deleted += 1
        return deleted

    async def _keeps_any(self, bucket: str) -> bool:
        """Whether a bucket keeps versions, or once did."""
        if bucket not in self._kept:
            self._kept[bucket] = "Status" in await self._s3.get_bucket_versioning(Bucket=bucket)
        return self._kept[bucket]
