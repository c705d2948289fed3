"""A whole installation that a keeper keeps, under a prefix of its own, and what becomes of it."""

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
    def marker_bucket(self) -> str:
        return f"{self.settings.prefix}keeper"

    @property
    def keeper(self) -> Callable[[], AbstractAsyncContextManager[Rounds]]:
        return partial(composed, self.data, self.settings, self.services.sweep)

    async def lose_everything(self) -> None:
        """Leave nothing of it in the emulator, as if that had just started."""
        s3, dynamodb = await self.aws.client("s3"), await self.aws.client("dynamodb")
        for bucket in (*(bucket.name for bucket in self.topology.buckets), self.marker_bucket):
            async for entry in list_objects(s3, bucket):
                await s3.delete_object(Bucket=bucket, Key=entry["Key"])
            await s3.delete_bucket(Bucket=bucket)
        for table in self.topology.tables:
            await dynamodb.delete_table(TableName=table.name)

    async def keys(self, bucket: str) -> list[str]:
        return [entry["Key"] async for entry in list_objects(await self.aws.client("s3"), bucket)]
