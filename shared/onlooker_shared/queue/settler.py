"""Tells SQS what became of messages: deletions gathered into batches, time-outs extended, rejects moved.

The only place that acknowledges. Every batch call's ``Failed`` list is read.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import structlog

from onlooker_shared.queue.received import MAX_BATCH, Received

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient
    from types_aiobotocore_sqs.type_defs import BatchResultErrorEntryTypeDef, MessageAttributeValueTypeDef

REASON = "Reason"
"""The attribute of a dead letter that says why it is one, in words."""
SOURCE = "SourceQueue"
"""The attribute of a dead letter that names the queue it came from."""
REASON_LIMIT = 1_000
"""Characters of a reason that are kept: attributes count towards the message's size."""
LINGER = 0.1
"""Seconds that a deletion waits for others to share its call."""
DELETE_TRIES = 3

log = structlog.stdlib.get_logger(__name__)


class Settler:
    """Settles the messages of one queue.

    `run` must run while messages are settled; `close` flushes and ends it.
    """

    def __init__(self, sqs: "SQSClient", url: str, dead_letter_url: str, queue: str) -> None:
        self._sqs = sqs
        self._url = url
        self._dead_letter_url = dead_letter_url
        self._queue = queue
        self._finished: asyncio.Queue[Received | None] = asyncio.Queue()

    async def run(self) -> None:
        """Delete finished messages in batches until `close` is called and the last one is deleted."""
        closing = False
        while not closing:
            batch, closing = await self._gather()
            if batch:
                await self._delete(batch)

    def close(self) -> None:
        """Let `run` end once everything finished until now is deleted."""
        self._finished.put_nowait(None)

    def finish(self, message: Received) -> None:
        """Delete a message soon."""
        self._finished.put_nowait(message)

    async def postpone(self, message: Received, seconds: float) -> None:
        """Show a message again after some seconds (whole ones: SQS knows no others)."""
        await self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt_handle, VisibilityTimeout=round(seconds)
        )

    async def extend(self, messages: Iterable[Received], seconds: int) -> None:
        """Keep messages hidden for some more seconds, counted from now."""
        held = tuple(messages)
        for start in range(0, len(held), MAX_BATCH):
            batch = held[start : start + MAX_BATCH]
            answer = await self._sqs.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": m.receipt_handle, "VisibilityTimeout": seconds}
                    for n, m in enumerate(batch)
                ],
            )
            for failed in answer.get("Failed", []):
                self._warn("message.not_extended", batch, failed)

    async def reject(self, message: Received, reason: str) -> None:
        """Move a message to the dead-letter queue with the reason, then delete it here.

        In this order, so that a failure between the two doubles the dead letter but never loses the message.
        """
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value}
            for name, value in (
                *message.attributes.items(),
                (REASON, reason[:REASON_LIMIT] or "unknown"),
                (SOURCE, self._queue),
            )
        }
        await self._sqs.send_message(
            QueueUrl=self._dead_letter_url, MessageBody=message.body, MessageAttributes=attributes
        )
        self.finish(message)

    async def _gather(self) -> tuple[list[Received], bool]:
        """Return the next batch to delete, and whether it is the last."""
        batch: list[Received] = []
        try:
            async with asyncio.timeout(None) as limit:
                while len(batch) < MAX_BATCH:
                    message = await self._finished.get()
                    if message is None:
                        return batch, True
                    batch.append(message)
                    if len(batch) == 1:
                        limit.reschedule(asyncio.get_running_loop().time() + LINGER)
        except TimeoutError:
            pass  # the linger is over: what is gathered goes
        return batch, False

    async def _delete(self, batch: Sequence[Received]) -> None:
        """Delete messages; what fails for a passing reason is tried again, the rest is redelivered by SQS."""
        for _ in range(DELETE_TRIES):
            try:
                answer = await self._sqs.delete_message_batch(
                    QueueUrl=self._url,
                    Entries=[{"Id": str(n), "ReceiptHandle": m.receipt_handle} for n, m in enumerate(batch)],
                )
            except Exception as error:  # noqa: BLE001 - SQS is away: the messages come again, their handlers are idempotent
                log.warning("messages.not_deleted", queue=self._queue, count=len(batch), error=str(error))
                return
            failed = answer.get("Failed", [])
            for entry in failed:
                self._warn("message.not_deleted", batch, entry)
            batch = [batch[int(entry["Id"])] for entry in failed if not entry["SenderFault"]]
            if not batch:
                return

    def _warn(self, event: str, batch: Sequence[Received], failed: "BatchResultErrorEntryTypeDef") -> None:
        log.warning(
            event,
            queue=self._queue,
            message_id=batch[int(failed["Id"])].message_id,
            code=failed["Code"],
            error=failed.get("Message", ""),
        )
