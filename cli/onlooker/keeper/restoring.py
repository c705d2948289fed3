"""Puts back into an empty emulator what the copy holds, before anything notices that it comes."""

from dataclasses import dataclass
from functools import partial

from onlooker.keeper.batches import in_batches
from onlooker.keeper.comparison import put_back
from onlooker.keeper.copy import Copy
from onlooker.keeper.objects import Objects
from onlooker.keeper.tables import Tables
from onlooker_shared.aws import Aws
from onlooker_shared.provision.buckets import Buckets as OurBuckets
from onlooker_shared.provision.names import Names
from onlooker_shared.provision.report import Report
from onlooker_shared.provision.tables import Tables as OurTables
from onlooker_shared.topology import Topology


@dataclass(frozen=True, slots=True)
class Restored:
    """How much was put back."""

    objects: int
    items: int


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

        Raises:
            CopyError: the copy is damaged; nothing was put back.
        """
        self._copy.require_whole()
        self._copy.sweep_is_due = True
        items = 0
        ours = OurTables(await self._aws.client("dynamodb"), Report())
        for table in self._topology.tables:
            await ours.ensure(table)
            async for put in in_batches(self._copy.items(table.name), partial(self._tables.put_back, table)):
                items += len(put)
        s3 = await self._aws.client("s3")
        buckets = OurBuckets(s3, await Names.of(self._aws), Report())
        objects = 0
        for bucket in self._topology.buckets:
            await buckets.ensure(bucket)
            await s3.put_bucket_notification_configuration(Bucket=bucket.name, NotificationConfiguration={})
            async for batch in in_batches(self._copy.objects(bucket.name), self._objects.put_back):
                versions = ((each.key, put_back(each.properties["etag"], each.size)) for each in batch)
                self._copy.change_versions(bucket.name, versions)
                objects += len(batch)
        return Restored(objects, items)
