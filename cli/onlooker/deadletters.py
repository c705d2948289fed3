"""Looks into the queues and moves dead letters back, with SQS's plain calls.

Not with StartMessageMoveTask: emulators lack it, and a move by hand lets the reason be left behind.
"""

import asyncio
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from onlooker_shared.queue.received import MAX_BATCH, Received
from onlooker_shared.queue.settler import REASON, SOURCE
from onlooker_shared.topology import Queue, Topology

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

LOOKED_AT = 50
"""Dead letters whose reasons are shown."""
HIDDEN = 2
"""Seconds that a dead letter is hidden while it is looked at: long enough to see each one once."""
HELD = 60
"""Seconds that a dead letter is hidden while it is moved."""
POLL = 1
"""Seconds: a poll that does not wait at all asks only some of SQS's servers and may miss what is there."""
SUMMARY = 100
"""Characters of a message that are shown where nothing shorter says what it is about."""


@dataclass(frozen=True, slots=True)
class QueueState:
    """How many messages are where; SQS calls its own numbers approximate."""

    name: str
    waiting: int
    in_work: int
    dead: int
    dead_letter_url: str


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that could not be worked on."""

    reason: str
    summary: str


async def states(sqs: "SQSClient", topology: Topology) -> list[QueueState]:
    """Return the state of every queue."""
    return list(await asyncio.gather(*(_state(sqs, queue) for queue in topology.queues)))


async def look(sqs: "SQSClient", state: QueueState) -> list[DeadLetter]:
    """Return some of a queue's dead letters; they stay where they are."""
    letters: dict[str, DeadLetter] = {}
    while len(letters) < min(LOOKED_AT, state.dead) and (batch := await _receive(sqs, state.dead_letter_url, HIDDEN)):
        fresh = {m.message_id: _letter(m) for m in batch if m.message_id not in letters}
        if not fresh:
            break
        letters |= fresh
    return list(letters.values())


async def redrive_all(sqs: "SQSClient", queue: Queue) -> int:
    """Send every dead letter that is there now through its queue again; returns how many.

    Each is deleted only after it was sent, so that an interruption doubles a message (which consumers bear) but never
    loses one. What fails once more meanwhile stays, or this would go on for ever.
    """
    began = datetime.now(UTC)
    url = (await sqs.get_queue_url(QueueName=queue.name))["QueueUrl"]
    dead_letter_url = (await sqs.get_queue_url(QueueName=queue.dead_letter))["QueueUrl"]
    moved = 0
    later: list[Received] = []
    while batch := await _receive(sqs, dead_letter_url, HELD):
        for message in batch:
            if message.sent_at >= began:
                later.append(message)
                continue
            await _send_again(sqs, url, message)
            await sqs.delete_message(QueueUrl=dead_letter_url, ReceiptHandle=message.receipt_handle)
            moved += 1
    for message in later:
        await sqs.change_message_visibility(
            QueueUrl=dead_letter_url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=0
        )
    return moved


async def _send_again(sqs: "SQSClient", url: str, message: Received) -> None:
    kept = {name: value for name, value in message.attributes.items() if name not in {REASON, SOURCE}}
    await sqs.send_message(
        QueueUrl=url,
        MessageBody=message.body,
        MessageAttributes={n: {"DataType": "String", "StringValue": v} for n, v in kept.items()},
    )


async def _state(sqs: "SQSClient", queue: Queue) -> QueueState:
    url = (await sqs.get_queue_url(QueueName=queue.name))["QueueUrl"]
    dead_letter_url = (await sqs.get_queue_url(QueueName=queue.dead_letter))["QueueUrl"]
    own, dead = await asyncio.gather(_counts(sqs, url), _counts(sqs, dead_letter_url))
    return QueueState(queue.name, own[0], own[1], sum(dead), dead_letter_url)


async def _counts(sqs: "SQSClient", url: str) -> tuple[int, int]:
    """Return how many messages wait (delayed ones too) and how many are in work."""
    answer = await sqs.get_queue_attributes(
        QueueUrl=url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesDelayed",
            "ApproximateNumberOfMessagesNotVisible",
        ],
    )
    found = {name: int(value) for name, value in answer["Attributes"].items()}
    waiting = found["ApproximateNumberOfMessages"] + found["ApproximateNumberOfMessagesDelayed"]
    return waiting, found["ApproximateNumberOfMessagesNotVisible"]


async def _receive(sqs: "SQSClient", url: str, hidden: int) -> list[Received]:
    answer = await sqs.receive_message(
        QueueUrl=url,
        MaxNumberOfMessages=MAX_BATCH,
        VisibilityTimeout=hidden,
        WaitTimeSeconds=POLL,
        MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
        MessageAttributeNames=["All"],
    )
    return [Received.of(message) for message in answer.get("Messages", [])]


def _letter(message: Received) -> DeadLetter:
    reason = message.attributes.get(REASON, f"received {message.attempts} times without success")
    return DeadLetter(reason, _summary(message.body))


def _summary(body: str) -> str:
    """Return what a message is about: its picture if it names one, else its beginning."""
    try:
        content = json.loads(body)
        if "Records" in content:
            place = content["Records"][0]["s3"]
            return f"{place['bucket']['name']}/{place['object']['key']}"
        return f"{content['type']} {content['image']['bucket']}/{content['image']['key']}"
    except (ValueError, LookupError, TypeError):
        return body[:SUMMARY]
