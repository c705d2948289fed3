"""A whole installation that a keeper keeps, under a prefix of its own, and what becomes of it."""

import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from onlooker.keeper.__main__ import composed
from onlooker.keeper.rounds import Rounds
from onlooker_shared.aws import Aws
from onlooker_shared.objects import list_objects
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import Topology


@dataclass
class Services:
    """Sweep when they are asked to, unless they are away."""

    away: bool = False
    swept: int = 0

    async def sweep(self) -> bool:
        self.swept += not self.away
        return not self.away


@dataclass(frozen=True)
class Kept:
    """An installation that is kept, and the keeper's surroundings."""

    aws: Aws
    settings: CommonSettings
    data: Path
    services: Services = field(default_factory=Services)

    @property
    def topology(self) -> Topology:
        return self.settings.topology

    @property
    def marker_name(self) -> str:
        """Of the bucket and of the table."""
        return f"{self.settings.prefix}keeper"

    @property
    def keeper(self) -> Callable[[], AbstractAsyncContextManager[Rounds]]:
        return partial(composed, self.data, self.settings, self.services.sweep)

    async def lose_everything(self) -> None:
        """Leave nothing of it in the emulator, as if that had just started."""
        s3 = await self.aws.client("s3")
        for bucket in (*(bucket.name for bucket in self.topology.buckets), self.marker_name):
            async for entry in list_objects(s3, bucket):
                await s3.delete_object(Bucket=bucket, Key=entry["Key"])
            await s3.delete_bucket(Bucket=bucket)
        await self.lose_tables()

    async def lose_tables(self) -> None:
        """Leave the objects alone, as if DynamoDB had ended, and had started anew."""
        dynamodb = await self.aws.client("dynamodb")
        for table in (*(table.name for table in self.topology.tables), self.marker_name):
            await dynamodb.delete_table(TableName=table)

    async def keys(self, bucket: str) -> list[str]:
        return [entry["Key"] async for entry in list_objects(await self.aws.client("s3"), bucket)]


async def put_in_parts(kept: Kept, key: str) -> str:
    """Put an object in parts of unequal length, as some clients do, and return its ETag."""
    s3, named = await kept.aws.client("s3"), {"Bucket": kept.topology.images.name, "Key": key}
    upload = {**named, "UploadId": (await s3.create_multipart_upload(**named, ContentType="image/jpeg"))["UploadId"]}
    parts = []
    for number, size in enumerate((6 << 20, 5 << 20, 3), 1):
        sent = await s3.upload_part(**upload, PartNumber=number, Body=os.urandom(size))
        parts.append({"PartNumber": number, "ETag": sent["ETag"]})
    etag: str = (await s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts}))["ETag"]
    return etag
