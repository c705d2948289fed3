"""Puts back into an empty emulator what the copy holds, before anything notices that it comes."""

from dataclasses import dataclass
from functools import partial

import structlog

from onlooker.keeper.batches import in_batches
from onlooker.keeper.comparison import NOT_PUT_BACK, put_back
from onlooker.keeper.copy import Copy, KeptObject
from onlooker.keeper.objects import ABOUT_ONE, ObjectError, Objects
from onlooker.keeper.tables import Tables
from onlooker_shared.aws import Aws
from onlooker_shared.errors import describe
from onlooker_shared.provision.buckets import Buckets as OurBuckets
from onlooker_shared.provision.names import Names
from onlooker_shared.provision.report import Report
from onlooker_shared.provision.tables import Tables as OurTables
from onlooker_shared.topology import Topology

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Restored:
    """How much was put back."""

    items: int
    objects: int = 0
    not_put_back: int = 0
    """Objects that could not be. The copy has them still, and the next time they are tried again."""


class Restorer:
    """Puts a copy back.

    Args:
        aws: the process's clients.
        topology: whose buckets and tables are put back.
        copy: what they held.
        objects: of the emulator.
        tables: of the emulator.
    """

    def __init__(self, *, aws: Aws, topology: Topology, copy: Copy, objects: Objects, tables: Tables) -> None:
        self._aws = aws
        self._topology = topology
        self._copy = copy
        self._objects = objects
        self._tables = tables

    async def restore(self) -> Restored:
        """Make the buckets and tables, and put everything back into them. What is there already stays as it is.

        Buckets come one after the other, what others are made of first: a service that sweeps meanwhile finds the next
        bucket missing and stops, where half a bucket of pictures would have it delete the results of the other half.
        No bucket announces what comes: it was recognized before, and what was not is found by the sweeps afterwards.
        An object that cannot be put back does not keep the others from it: it is told, and stays in the copy.

        Raises:
            CopyError: the copy is damaged; nothing was put back.
            ObjectError: more objects could not be put back than could.
        """
        self._copy.require_files()
        items = await self.restore_items()
        s3 = await self._aws.client("s3")
        buckets = OurBuckets(s3, await Names.of(self._aws), Report())
        objects = failed = 0
        for bucket in self._topology.buckets:
            await buckets.ensure(bucket)
            await s3.put_bucket_notification_configuration(Bucket=bucket.name, NotificationConfiguration={})
            async for versions in in_batches(self._copy.objects(bucket.name), self._put_back):
                self._copy.change_versions(bucket.name, versions)
                put = [key for key, version in versions if version != NOT_PUT_BACK]
                objects, failed = objects + len(put), failed + len(versions) - len(put)
        if failed > objects:
            raise ObjectError(f"{failed} of {failed + objects} objects could not be put back; all are tried again.")
        return Restored(items.items, objects, failed)

    async def restore_items(self) -> Restored:
        """Make the tables, and put the items back into them.

        Raises:
            CopyError: the index is damaged; nothing was put back.
        """
        self._copy.require_index()
        self._copy.require_sweep()
        items = 0
        tables = OurTables(await self._aws.client("dynamodb"), Report())
        for table in self._topology.tables:
            await tables.ensure(table)
            async for put in in_batches(self._copy.items(table.name), partial(self._tables.put_back, table)):
                items += len(put)
        return Restored(items)

    async def _put_back(self, kept: KeptObject) -> tuple[str, str]:
        """Put an object back; return its key, and the version that it is kept under from now on."""
        reason = await self._refusal(kept)
        if reason is None:
            return kept.key, put_back(kept.properties["etag"], kept.size)
        log.error("keeper.object_not_put_back", bucket=kept.bucket, key=kept.key, file=kept.file, reason=reason)
        return kept.key, NOT_PUT_BACK

    async def _refusal(self, kept: KeptObject) -> str | None:
        """Put an object back; return why it cannot be.

        It is the object that is at fault, and not the emulator, if that still tells of the bucket.
        """
        try:
            await self._objects.put_back(kept)
        except (*ABOUT_ONE, OSError) as error:
            await (await self._aws.client("s3")).head_bucket(Bucket=kept.bucket)
            return describe(error)
        return None
