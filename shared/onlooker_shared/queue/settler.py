"""Tells SQS what became of messages: kept hidden while work runs, deleted in batches, shown again, or moved.

The only place that acknowledges. Every batch call's ``Failed`` list is read.
"""

import asyncio
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog

from onlooker_shared.errors import describe
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
OTHER_ATTRIBUTES = 8
"""Attributes of a dead letter besides these two: SQS takes ten in all."""
LINGER = 0.5
"""Seconds that a deletion waits for others to share its call."""
DELETE_TRIES = 3

_UNSENDABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What SQS refuses in a text (API reference, SendMessage)."""

log = structlog.stdlib.get_logger(__name__)


class Settler:
    """Settles the messages of one queue.

    `delete_finished` and `keep_hidden` must run while messages are settled; `close` flushes and ends the former.
    """

    def __init__(self, sqs: "SQSClient", url: str, dead_letter_url: str, queue: str) -> None:
        self._sqs = sqs
        self._url = url
        self._dead_letter_url = dead_letter_url
        self._queue = queue
        self._held: dict[str, Received] = {}
        self._extending = asyncio.Lock()
        self._finished: asyncio.Queue[Received | None] = asyncio.Queue()

    def hold(self, message: Received) -> None:
        """Keep a message hidden until it is settled or let go."""
        self._held[message.receipt_handle] = message

    def let_go(self, message: Received) -> None:
        """Keep a message hidden no longer than its running time-out."""
        self._held.pop(message.receipt_handle, None)

    def finish(self, message: Received) -> None:
        """Delete a message soon."""
        self.let_go(message)
        self._finished.put_nowait(message)

    async def postpone(self, messages: Sequence[Received], seconds: float) -> None:
        """Show messages again after some seconds (whole ones, rounded up: SQS knows no others)."""
        for message in messages:
            self.let_go(message)
        async with self._extending:
            pass  # an extension under way still has them: it must not come after this, and hide them for longer
        await self._change_visibility(messages, math.ceil(seconds))

    async def reject(self, message: Received, reason: str) -> None:
        """Move a message to the dead-letter queue with the reason, then delete it here.

        In this order, so that a failure between the two doubles the dead letter but never loses the message.
        """
        others = [each for each in message.attributes.items() if each[0] not in {REASON, SOURCE}][:OTHER_ATTRIBUTES]
        ours = ((REASON, _UNSENDABLE.sub("?", reason)[:REASON_LIMIT] or "unknown"), (SOURCE, self._queue))
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": value} for name, value in (*others, *ours)
        }
        await self._sqs.send_message(
            QueueUrl=self._dead_letter_url, MessageBody=message.body, MessageAttributes=attributes
        )
        self.finish(message)

    async def keep_hidden(self, seconds: int) -> None:
        """Extend the time-outs of all that is held, of so many seconds, well before they end, until cancelled."""
        while True:
            await asyncio.sleep(seconds / 3)
            try:
                async with self._extending:
                    await self._change_visibility(tuple(self._held.values()), seconds, only_held=True)
            except Exception as error:  # noqa: BLE001 - the next beat tries again before the time-out ends
                log.warning("messages.not_extended", queue=self._queue, error=describe(error))

    async def delete_finished(self) -> None:
        """Delete finished messages in batches until `close` is called and the last one is deleted."""
        closing = False
        while not closing:
            batch, closing = await self._gather()
            if batch:
                await self._delete(batch)

    def close(self) -> None:
        """Let `delete_finished` end once everything finished until now is deleted."""
        self._finished.put_nowait(None)

    async def _change_visibility(self, messages: Sequence[Received], seconds: int, *, only_held: bool = False) -> None:
        for start in range(0, len(messages), MAX_BATCH):
            batch = messages[start : start + MAX_BATCH]
            answer = await self._sqs.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": m.receipt_handle, "VisibilityTimeout": seconds}
                    for n, m in enumerate(batch)
                ],
            )
            for failed in answer.get("Failed", []):
                if not only_held or batch[int(failed["Id"])].receipt_handle in self._held:  # else settled meanwhile
                    self._warn("message.not_hidden", batch, failed)

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
            except Exception as error:  # noqa: BLE001 - SQS is away: the messages come again, handlers are idempotent
                log.warning("messages.not_deleted", queue=self._queue, count=len(batch), error=describe(error))
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
