"""Makes AWS hold what the topology declares: creates what is missing, sets right what has drifted.

Run it as often as you like: it changes nothing that is as declared. What it does not know (a subscription of
somebody else's, a lifecycle rule) it leaves alone; subscriptions that nothing declares any more are reported.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from onlooker_shared.aws import Aws
from onlooker_shared.provision.buckets import Buckets
from onlooker_shared.provision.names import Names
from onlooker_shared.provision.queues import Queues
from onlooker_shared.provision.report import Provisioned, Report
from onlooker_shared.provision.tables import Tables
from onlooker_shared.provision.topics import Topics
from onlooker_shared.topology import Topology

__all__ = ["Provisioned", "provision"]


async def provision(aws: Aws, topology: Topology) -> Provisioned:
    """Create and repair everything in the topology; return what was done.

    Raises:
        ConfigurationError: something is there that cannot be made right, such as a bucket that belongs to somebody
            else or a table with another key.
        botocore.exceptions.ClientError: AWS refused a call.
    """
    report = Report()
    names = await Names.of(aws)
    buckets = Buckets(await aws.client("s3"), names, report)
    queues = Queues(await aws.client("sqs"), names, report)
    tables = Tables(await aws.client("dynamodb"), report)
    topics = Topics(await aws.client("sns"), names, report)
    await _together(
        *(buckets.ensure(bucket) for bucket in topology.buckets),
        *(queues.ensure(queue, topology) for queue in topology.queues),
        *(tables.ensure(table) for table in topology.tables),
        *(topics.ensure(topic) for topic in topology.topics),
    )
    await _together(  # what connects them comes after both ends are there
        *(buckets.notify(bucket) for bucket in topology.buckets),
        *(topics.subscribe(topic, topology.subscriptions) for topic in topology.topics),
    )
    return report.done()


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run all at once; the first that fails stops the others and is what is raised."""
    try:
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
