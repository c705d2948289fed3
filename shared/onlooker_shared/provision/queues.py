"""Queues with their dead-letter queues, redrive policies, and who may send to them."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from onlooker_shared.provision.names import Names
from onlooker_shared.provision.report import Report
from onlooker_shared.topology import Queue, Topology

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

RETENTION = 1_209_600
"""Seconds that SQS keeps a message: its maximum, 14 days."""


class Queues:
    """Ensures queues."""

    def __init__(self, sqs: "SQSClient", names: Names, report: Report) -> None:
        self._sqs = sqs
        self._names = names
        self._report = report

    async def ensure(self, queue: Queue, topology: Topology) -> None:
        """Have a queue and its dead-letter queue with the declared attributes."""
        await self._ensure(queue.dead_letter, dead_letter_attributes(queue, self._names))
        await self._ensure(queue.name, queue_attributes(queue, topology, self._names))

    async def _ensure(self, name: str, wanted: dict[str, str]) -> None:
        try:
            url = (await self._sqs.get_queue_url(QueueName=name))["QueueUrl"]
        except self._sqs.exceptions.QueueDoesNotExist:
            await self._sqs.create_queue(QueueName=name, Attributes=wanted)  # type: ignore[arg-type]  # wants Literals
            self._report.created.append(f"queue {name}")
            return
        answer = await self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        drifted = drift(wanted, answer.get("Attributes", {}))
        if drifted:
            await self._sqs.set_queue_attributes(QueueUrl=url, Attributes=drifted)  # type: ignore[arg-type]  # as above
            self._report.repaired.append(f"queue {name}: {', '.join(drifted)}")


def dead_letter_attributes(queue: Queue, names: Names) -> dict[str, str]:
    """Return the attributes of a queue's dead-letter queue: only that queue may use it as such."""
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [names.queue(queue.name)]}
    return {**_common(), "RedriveAllowPolicy": json.dumps(allow)}


def queue_attributes(queue: Queue, topology: Topology, names: Names) -> dict[str, str]:
    """Return a queue's attributes."""
    redrive = {
        "deadLetterTargetArn": names.queue(queue.dead_letter),
        "maxReceiveCount": queue.max_receive_count,
    }
    return {
        **_common(),
        "VisibilityTimeout": str(queue.visibility_timeout),
        "RedrivePolicy": json.dumps(redrive),
        "Policy": json.dumps(policy(queue, topology, names)),
    }


def policy(queue: Queue, topology: Topology, names: Names) -> dict[str, Any]:
    """Return who else may send to a queue: the buckets that notify it and the topics it subscribes to."""
    buckets = [names.bucket(bucket.name) for bucket in topology.buckets if bucket.notifies == queue.name]
    topics = [names.topic(each.topic) for each in topology.subscriptions if each.queue == queue.name]
    sources = (("s3.amazonaws.com", buckets), ("sns.amazonaws.com", topics))
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sqs:SendMessage",
                "Resource": names.queue(queue.name),
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": sorted(arns)},
                    "StringEquals": {"aws:SourceAccount": names.account},
                },
            }
            for service, arns in sources
            if arns
        ],
    }


def drift(wanted: Mapping[str, str], found: Mapping[Any, str]) -> dict[str, str]:
    """Return the wanted attributes that are not as found; JSON is compared by what it says."""
    return {name: value for name, value in wanted.items() if _read(value) != _read(found.get(name, ""))}


def _read(value: str) -> object:
    return json.loads(value) if value.startswith("{") else value


def _common() -> dict[str, str]:
    return {"MessageRetentionPeriod": str(RETENTION), "SqsManagedSseEnabled": "true"}
