"""A queue as its operators see it: how much waits, what went wrong and why, and trying that again.

With SQS's plain calls, not with StartMessageMoveTask: emulators lack it, and a move by hand lets the reason be left
behind.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from onlooker_shared.errors import NotFoundError
from onlooker_shared.queue.deadletters import DeadLetter
from onlooker_shared.queue.received import MAX_BATCH, Received
from onlooker_shared.queue.settler import REASON, SOURCE

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

LOOKED_AT = 50
"""Dead letters that are shown, at most."""
HIDDEN = 30
"""Seconds that a dead letter is hidden while it is looked at, at most: it is shown again once all are seen."""
HELD = 60
"""Seconds that a dead letter is hidden while it is moved."""
POLL = 1
"""Seconds: a poll that does not wait at all asks only some of SQS's servers and may miss what is there."""
SEARCHED = 1_000
"""Dead letters among which one is looked for: all of them are held meanwhile."""


class QueueState(BaseModel):
    """How many messages are where; SQS calls its own numbers approximate."""

    model_config = ConfigDict(frozen=True)

    name: str
    waiting: int = Field(description="Messages that could be received now.")
    delayed: int = Field(description="Messages that were sent to be received later.")
    in_work: int = Field(description="Messages that a consumer has, or that it put back to try again after a while.")
    oldest_seconds: float | None = Field(
        default=None,
        description="Since the oldest message was sent that this process has in work or put back; null if it has none.",
    )
    dead: int = Field(description="Messages in the dead-letter queue.")

    @property
    def left(self) -> int:
        """Messages that are still to be worked on."""
        return self.waiting + self.delayed + self.in_work


def _unknown() -> datetime | None:
    return None


class OperatedQueue:
    """One queue with its dead-letter queue.

    Args:
        sqs: the process's client.
        name: the queue's name.
        url: the queue's URL.
        dead_letter_url: of its dead-letter queue.
        oldest: when the oldest message was sent that the consumer knows of; None if it knows of none.
    """

    def __init__(
        self,
        sqs: "SQSClient",
        name: str,
        url: str,
        dead_letter_url: str,
        *,
        oldest: Callable[[], datetime | None] = _unknown,
    ) -> None:
        self.name = name
        self._sqs = sqs
        self._url = url
        self._dead_letter_url = dead_letter_url
        self._oldest = oldest
        self._one_at_a_time = asyncio.Lock()  # who looks hides letters from who moves them

    async def state(self) -> QueueState:
        """Return how many messages are where."""
        (waiting, delayed, in_work), dead = await asyncio.gather(
            self._counts(self._url), self._counts(self._dead_letter_url)
        )
        oldest = self._oldest() if delayed + in_work + waiting else None
        age = None if oldest is None else max(0.0, (datetime.now(UTC) - oldest).total_seconds())
        return QueueState(
            name=self.name, waiting=waiting, delayed=delayed, in_work=in_work, oldest_seconds=age, dead=sum(dead)
        )

    async def dead_letters(self, count: int) -> list[DeadLetter]:
        """Return so many of the dead letters, `LOOKED_AT` at most, oldest first; they stay where they are."""
        seen: dict[str, Received] = {}
        handles: list[str] = []
        async with self._one_at_a_time:
            while len(seen) < min(LOOKED_AT, count) and (batch := await self._receive(HIDDEN)):
                handles += [message.receipt_handle for message in batch]
                if all(message.message_id in seen for message in batch):
                    break
                seen |= {message.message_id: message for message in batch}
            await self._show(handles)
        found = sorted(seen.values(), key=lambda message: message.sent_at)
        return [DeadLetter.of(message) for message in found[:count]]

    async def redrive(self, most: int | None = None) -> int:
        """Send the dead letters that are there now through the queue again, or `most` of them; returns how many.

        Each is deleted only after it was sent, so that an interruption doubles a message (which consumers bear) but
        never loses one. What fails once more meanwhile stays, or this would go on for ever.
        """
        began = datetime.now(UTC)
        moved = 0
        later: list[str] = []
        async with self._one_at_a_time:
            while (most is None or moved < most) and (batch := await self._receive(HELD)):
                due = [message for message in batch if message.sent_at < began]
                due = due if most is None else due[: most - moved]
                later += [message.receipt_handle for message in batch if message not in due]
                await asyncio.gather(*map(self._move, due))
                moved += len(due)
            await self._show(later)
        return moved

    async def redrive_one(self, message_id: str) -> None:
        """Send one dead letter through the queue again.

        Raises:
            NotFoundError: it is not among the first `SEARCHED` dead letters.
        """
        looked_at: dict[str, str] = {}
        async with self._one_at_a_time:
            try:
                while len(looked_at) < SEARCHED and (batch := await self._receive(HELD)):
                    known = len(looked_at)
                    looked_at |= {message.message_id: message.receipt_handle for message in batch}
                    for message in batch:
                        if message.message_id == message_id:
                            del looked_at[message_id]
                            await self._move(message)
                            return
                    if len(looked_at) == known:
                        break
            finally:
                await self._show(list(looked_at.values()))
        raise NotFoundError(f"Queue {self.name} has no dead letter with this id; it may have been sent on already.")

    async def _move(self, message: Received) -> None:
        kept = {name: value for name, value in message.attributes.items() if name not in {REASON, SOURCE}}
        await self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=message.body,
            MessageAttributes={n: {"DataType": "String", "StringValue": v} for n, v in kept.items()},
        )
        await self._sqs.delete_message(QueueUrl=self._dead_letter_url, ReceiptHandle=message.receipt_handle)

    async def _receive(self, hidden: int) -> list[Received]:
        answer = await self._sqs.receive_message(
            QueueUrl=self._dead_letter_url,
            MaxNumberOfMessages=MAX_BATCH,
            VisibilityTimeout=hidden,
            WaitTimeSeconds=POLL,
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
            MessageAttributeNames=["All"],
        )
        return [Received.of(message) for message in answer.get("Messages", [])]

    async def _show(self, handles: Sequence[str]) -> None:
        """Show dead letters again; those that fail are shown when their time is over."""
        for start in range(0, len(handles), MAX_BATCH):
            await self._sqs.change_message_visibility_batch(
                QueueUrl=self._dead_letter_url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": handle, "VisibilityTimeout": 0}
                    for n, handle in enumerate(handles[start : start + MAX_BATCH])
                ],
            )

    async def _counts(self, url: str) -> tuple[int, int, int]:
        """Return how many messages wait, are delayed, and are in work."""
        answer = await self._sqs.get_queue_attributes(
            QueueUrl=url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesDelayed",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )
        found = {name: int(value) for name, value in answer["Attributes"].items()}
        return (
            found["ApproximateNumberOfMessages"],
            found["ApproximateNumberOfMessagesDelayed"],
            found["ApproximateNumberOfMessagesNotVisible"],
        )
