"""Versions of objects, where a bucket keeps any: what was overwritten or deleted is still there, and goes here."""

import time
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client

REMEMBERED = 60.0
"""Seconds that it is believed whether a bucket keeps versions."""


class Versions:
    """Deletes objects with all that S3 keeps of them.

    Args:
        s3: the process's client.
        monotonic: a clock in seconds for what is remembered.
    """

    def __init__(self, s3: "S3Client", *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._s3 = s3
        self._monotonic = monotonic
        self._kept: dict[str, tuple[float, bool]] = {}

    async def delete(self, bucket: str, key: str) -> int:
        """Delete an object and its versions; return how many of these there were besides the newest."""
        await self._s3.delete_object(Bucket=bucket, Key=key)
        return await self._delete(bucket, key, newest_too=True)

    async def delete_earlier(self, bucket: str, key: str) -> int:
        """Delete all versions of an object but the newest; return how many."""
        return await self._delete(bucket, key, newest_too=False)

    async def earlier(self, bucket: str, prefix: str = "") -> AsyncIterator[tuple[str, str]]:
        """Yield the keys and ids of all versions but the newest ones, also of objects that were deleted."""
        if not await self._keeps_any(bucket):
            return
        async for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for entry in page.get("Versions", ()):
                if not entry["IsLatest"]:
                    yield entry["Key"], entry["VersionId"]

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
        """Whether a bucket keeps versions, or once did; as it was a moment ago."""
        until, keeps = self._kept.get(bucket, (0.0, False))
        now = self._monotonic()
        if now >= until:
            keeps = "Status" in await self._s3.get_bucket_versioning(Bucket=bucket)
            self._kept[bucket] = (now + REMEMBERED, keeps)
        return keeps
