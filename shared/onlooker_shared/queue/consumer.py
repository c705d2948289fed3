"""The consumer: takes a slot, then receives; runs the handler; has the outcome settled.

A slot comes first, because a message that was received but waits for a free worker ages towards its redelivery.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog
from pydantic import ValidationError

from onlooker_shared.errors import OnlookerError
from onlooker_shared.queue.policy import DeadLetter, Done, Outcome, Retry, RetryPolicy, describe
from onlooker_shared.queue.received import MAX_BATCH, Received
from onlooker_shared.queue.settler import Settler
from onlooker_shared.telemetry.metrics import MESSAGE_SECONDS, MESSAGES
from onlooker_shared.telemetry.tracing import span
from onlooker_shared.topology import Queue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

T = TypeVar("T")
R = TypeVar("R")

LONG_POLL = 20
"""Seconds: SQS's longest wait for a message."""
RECEIVE_BACKOFF_CAP = 30.0
"""Seconds between tries to receive while SQS does not answer."""

log = structlog.stdlib.get_logger(__name__)


class Consumer(Generic[T]):
    """Works on one queue's messages, several at a time, until stopped.

    Args:
        sqs: the process's client.
        queue: the queue's declaration.
        url: the queue's URL.
        dead_letter_url: where rejected messages go.
        decode: makes a message of a body; what it raises as `ValidationError` or `Reject` is rejected, never retried.
        handle: does the work. Returning deletes the message; `RetryLater` and `Reject` do what they say; any other
            exception is retried with back-off, a few times, then rejected.
        concurrency: messages in work at the same time.
        grace: seconds that work in hand is given to finish after `stop`; what is left is handed back to the queue.
        policy: how failures are retried.
    """

    def __init__(
        self,
        *,
        sqs: "SQSClient",
        queue: Queue,
        url: str,
        dead_letter_url: str,
        decode: Callable[[str], T],
        handle: Callable[[T], Awaitable[None]],
        concurrency: int = MAX_BATCH,
        grace: float = 25.0,
        policy: RetryPolicy | None = None,
    ) -> None:
        self._sqs = sqs
        self._queue = queue
        self._url = url
        self._decode = decode
        self._handle = handle
        self._grace = grace
        self._policy = policy or RetryPolicy(last_receive=queue.max_receive_count)
        self._settler = Settler(sqs, url, dead_letter_url, queue.name)
        self._slots = asyncio.Semaphore(concurrency)
        self._working: dict[asyncio.Task[None], Received] = {}
        self._stopping = asyncio.Event()
        self._paused_until = 0.0

    def stop(self) -> None:
        """Receive nothing more; `run` returns when the work in hand is finished or its grace is over."""
        self._stopping.set()

    async def run(self) -> None:
        """Work until `stop`."""
        settling = asyncio.create_task(self._settler.run(), name=f"settle {self._queue.name}")
        extending = asyncio.create_task(self._keep_hidden(), name=f"extend {self._queue.name}")
        try:
            await self._receive_until_stopped()
            await self._drain()
        finally:
            extending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await extending
            self._settler.close()
            await settling

    async def _receive_until_stopped(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            await self._wait_out_pause()
            slots = await self._take_slots()
            messages: list[Received] = []
            try:
                messages = await self._receive(slots)
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever SQS's trouble is, the consumer outlives it
                failures += 1
                log.warning("queue.not_received", queue=self._queue.name, error=describe(error), failures=failures)
                self._pause(min(RECEIVE_BACKOFF_CAP, 0.5 * 2.0 ** min(failures, 10)))
            finally:
                for _ in range(slots - len(messages)):
                    self._slots.release()
            for message in messages:
                self._begin(message)

    async def _take_slots(self) -> int:
        """Wait for a free slot and return how many were taken, 1 to 10; 0 when told to stop meanwhile."""
        if not await self._unless_stopped(self._slots.acquire()):
            return 0
        taken = 1
        while taken < MAX_BATCH and not self._slots.locked():
            await self._slots.acquire()
            taken += 1
        return taken

    async def _receive(self, slots: int) -> list[Received]:
        if not slots:
            return []
        answer = await self._unless_stopped(
            self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=slots,
                WaitTimeSeconds=LONG_POLL,
                VisibilityTimeout=self._queue.visibility_timeout,
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                MessageAttributeNames=["All"],
            )
        )
        return [Received.of(message) for message in answer.get("Messages", [])] if answer else []

    def _begin(self, message: Received) -> None:
        task = asyncio.create_task(self._work(message), name=f"{self._queue.name} {message.message_id}")
        self._working[task] = message
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._working[task]
        self._slots.release()
        if not task.cancelled() and (error := task.exception()):
            # Settling itself failed: SQS shows the message again when its time-out ends.
            log.error("message.not_settled", queue=self._queue.name, error=describe(error))

    async def _work(self, message: Received) -> None:
        with MESSAGE_SECONDS.labels(self._queue.name).time():
            outcome = await self._outcome(message)
        await self._settle(message, outcome)

    async def _outcome(self, message: Received) -> Outcome:
        """Run the handler inside the message's trace and return what becomes of the message."""
        try:
            decoded = self._decode(message.body)
        except Exception as error:  # noqa: BLE001 - the policy judges every error
            return self._judge(message, error)
        with span(f"{self._queue.name} process", getattr(decoded, "traceparent", None)):
            try:
                await self._handle(decoded)
            except Exception as error:  # noqa: BLE001 - as above
                return self._judge(message, error)
        return Done()

    def _judge(self, message: Received, error: Exception) -> Outcome:
        outcome = self._policy.judge(error, message.attempts, random.random)
        expected = isinstance(error, OnlookerError | ValidationError)
        log.log(
            logging.WARNING if expected else logging.ERROR,
            "message.retried" if isinstance(outcome, Retry) else "message.rejected",
            queue=self._queue.name,
            message_id=message.message_id,
            attempt=message.attempts,
            reason=getattr(outcome, "reason", ""),
            exc_info=None if expected else error,
        )
        return outcome

    async def _settle(self, message: Received, outcome: Outcome) -> None:
        match outcome:
            case Done():
                self._settler.finish(message)
            case Retry(delay=delay, pause=pause):
                if pause:
                    self._pause(delay)
                await self._settler.postpone(message, delay)
            case DeadLetter(reason=reason):
                await self._settler.reject(message, reason)
        MESSAGES.labels(self._queue.name, type(outcome).__name__.lower()).inc()

    async def _keep_hidden(self) -> None:
        """Extend the time-outs of everything in work, well before they end."""
        timeout = self._queue.visibility_timeout
        while True:
            await asyncio.sleep(timeout / 3)
            try:
                await self._settler.extend(tuple(self._working.values()), timeout)
            except Exception as error:  # noqa: BLE001 - the next beat tries again before the time-out ends
                log.warning("messages.not_extended", queue=self._queue.name, error=describe(error))

    async def _drain(self) -> None:
        """Let work finish within the grace; hand the rest back so that another worker has it at once."""
        if not self._working:
            return
        await asyncio.wait(self._working, timeout=self._grace)
        left = dict(self._working)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)
            log.warning("messages.handed_back", queue=self._queue.name, count=len(left))
            await self._settler.extend(left.values(), 0)

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    async def _wait_out_pause(self) -> None:
        left = self._paused_until - time.monotonic()
        if left > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), left)

    async def _unless_stopped(self, work: Awaitable[R]) -> R | None:
        """Return what `work` returns, or None (the work cancelled) when told to stop first."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((task, stop), return_when=asyncio.FIRST_COMPLETED)
            return await task if task.done() else None
        finally:
            for waiting in (task, stop):
                waiting.cancel()
