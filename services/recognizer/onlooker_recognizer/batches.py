"""Sends messages to a queue, as many in one call as SQS takes."""

from typing import TYPE_CHECKING

import structlog

from onlooker_shared.queue.received import MAX_BATCH

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

log = structlog.stdlib.get_logger(__name__)


class Batches:
    """Sends what a sweep found.

    Args:
        sqs: the process's client.
        queue_url: where to.
    """

    def __init__(self, sqs: "SQSClient", queue_url: str) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._waiting: list[str] = []
        self.sent = 0
        """Messages that SQS took; another sweep sends the rest."""

    async def add(self, body: str) -> None:
        """Send a message, now or with those that come after it."""
        self._waiting.append(body)
        if len(self._waiting) == MAX_BATCH:
            await self.flush()

    async def flush(self) -> None:
        """Send what still waits for others."""
        batch, self._waiting = self._waiting, []
        if not batch:
            return
        answer = await self._sqs.send_message_batch(
            QueueUrl=self._queue_url,
            Entries=[{"Id": str(n), "MessageBody": body} for n, body in enumerate(batch)],
        )
        for failed in answer.get("Failed", []):
            log.warning("sweep.not_sent", code=failed["Code"], error=failed.get("Message", ""))
        self.sent += len(answer.get("Successful", []))
