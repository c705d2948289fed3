"""The consumer: takes a slot, then receives; runs the handler; has the outcome settled.

A slot comes first, because a message that was received but waits for a free worker ages towards its redelivery.
"""

import asyncio
import contextlib
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog
from pydantic import ValidationError

from onlooker_shared.errors import OnlookerError, describe
from onlooker_shared.images import ImageRef
from onlooker_shared.outages import is_outage
from onlooker_shared.queue.failures import Failures
from onlooker_shared.queue.operated import OperatedQueue
from onlooker_shared.queue.policy import DeadLetter, Done, Outcome, Retry, RetryPolicy
from onlooker_shared.queue.putback import PutBack
from onlooker_shared.queue.received import MAX_BATCH, Received
from onlooker_shared.queue.settler import Settler
from onlooker_shared.telemetry.metrics import MESSAGE_AGE, MESSAGE_SECONDS, MESSAGES
from onlooker_shared.telemetry.tracing import note_failure, span
from onlooker_shared.topology import Queue

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

T = TypeVar("T")

LONG_POLL = 5
"""Seconds that one receive waits for a message. SQS allows 20; but a server may give messages to a poll whose asker was
killed, and hides them then for their whole time-out, so a poll shall not live long."""
LAST_POLL = 0.2
"""Seconds that a poll may still answer once the consumer is told to stop: what it brings is handed back at once."""
CANCELLED_WITHIN = 5.0
"""Seconds that cancelled work is given to clean up."""
RECEIVE_BACKOFF_CAP = 30.0
"""Seconds between tries to receive while SQS does not answer."""
WORK_LIMIT = 900.0
"""Seconds after which work counts as hanging, unless the consumer is made with another limit."""
SETTLED: dict[type[Outcome], str] = {Done: "done", Retry: "retried", DeadLetter: "rejected"}
"""Outcomes as the metric names them."""

NOTHING: Mapping[str, str] = MappingProxyType({})

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
        work_limit: seconds after which a handler is taken to hang, is cancelled, and has failed.
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
        work_limit: float = WORK_LIMIT,
    ) -> None:
        self._sqs = sqs
        self._queue = queue
        self._url = url
        self._decode = decode
        self._handle = handle
        self._concurrency = concurrency
        self._grace = grace
        self._policy = policy or RetryPolicy(last_receive=queue.max_receive_count)
        self._work_limit = work_limit
        self._settler = Settler(sqs, url, dead_letter_url, queue.name)
        self._failures = Failures()
        self._put_back = PutBack()
        self._working: dict[asyncio.Task[None], Received] = {}
        self._slot_freed = asyncio.Event()
        self._stopping = asyncio.Event()
        self._paused_until = 0.0
        self.operated = OperatedQueue(sqs, queue.name, url, dead_letter_url, oldest=self._oldest)
        """The queue as its operators see it."""

    def __repr__(self) -> str:
        return f"consumer of {self._queue.name}"

    def stop(self) -> None:
        """Receive nothing more; `run` returns when the work in hand is finished or its grace is over."""
        self._stopping.set()
        self._slot_freed.set()

    async def run(self) -> None:
        """Work until `stop`."""
        deleting = asyncio.create_task(self._settler.delete_finished(), name=f"delete {self._queue.name}")
        deleting.add_done_callback(lambda _: self.stop())  # were it to fail, nothing would be acknowledged
        hiding = asyncio.create_task(
            self._settler.keep_hidden(self._queue.visibility_timeout), name=f"hide {self._queue.name}"
        )
        try:
            await self._receive_until_stopped()
            if self._working:
                await asyncio.wait(self._working, timeout=self._grace)
        finally:
            await self._hand_back_the_rest()
            hiding.cancel()
            self._settler.close()
            await deleting

    def _oldest(self) -> datetime | None:
        """Return when the oldest message was sent that is in work here, or was put back."""
        working = [message.sent_at for message in self._working.values()]
        return min((*working, *self._put_back.sent(time.monotonic())), default=None)

    async def _receive_until_stopped(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            await self._wait_out_pause()
            slots = await self._free_slots()
            if not slots:
                continue
            try:
                messages = await self._receive(slots)
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever SQS's trouble is, the consumer outlives it
                failures += 1
                log.warning("queue.not_received", queue=self._queue.name, error=describe(error), failures=failures)
                self._pause(min(RECEIVE_BACKOFF_CAP, 0.5 * 2.0 ** min(failures, 10)))
            else:
                await self._begin(messages)

    async def _free_slots(self) -> int:
        """Wait for free slots and return how many there are, 1 to 10; 0 when told to stop meanwhile."""
        while not self._stopping.is_set():
            free = min(MAX_BATCH, self._concurrency - len(self._working))
            if free > 0:
                return free
            self._slot_freed.clear()
            await self._slot_freed.wait()
        return 0

    async def _receive(self, slots: int) -> list[Received]:
        """Return the next messages; those of the last moment, too, when told to stop meanwhile."""
        poll = asyncio.ensure_future(
            self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=slots,
                WaitTimeSeconds=LONG_POLL,
                VisibilityTimeout=self._queue.visibility_timeout,
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                MessageAttributeNames=["All"],
            )
        )
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((poll, stop), return_when=asyncio.FIRST_COMPLETED)
            if not poll.done():
                await asyncio.wait((poll,), timeout=LAST_POLL)
            return [Received.of(each) for each in poll.result().get("Messages", [])] if poll.done() else []
        finally:
            poll.cancel()
            stop.cancel()

    async def _begin(self, messages: Sequence[Received]) -> None:
        """Begin to work on messages, unless the consumer was stopped or paused while they were on their way."""
        pause = self._paused_until - time.monotonic()
        if self._stopping.is_set() or pause > 0:
            await self._hand_back(messages, 0.0 if self._stopping.is_set() else pause)
            return
        for message in messages:
            self._settler.hold(message)
            self._put_back.forget(message)
            task = asyncio.create_task(self._work(message), name=f"{self._queue.name} {message.message_id}")
            self._working[task] = message
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._settler.let_go(self._working.pop(task))
        self._slot_freed.set()
        if not task.cancelled() and (error := task.exception()):
            # Settling itself failed: SQS shows the message again when its time-out ends.
            trace = None if is_outage(error) else error
            log.error("message.not_settled", queue=self._queue.name, error=describe(error), exc_info=trace)
            MESSAGES.labels(self._queue.name, "failed").inc()

    async def _work(self, message: Received) -> None:
        MESSAGE_AGE.labels(self._queue.name).observe(max(0.0, time.time() - message.sent_at.timestamp()))
        with MESSAGE_SECONDS.labels(self._queue.name).time():
            outcome = await self._outcome(message)
        await self._settle(message, outcome)

    async def _outcome(self, message: Received) -> Outcome:
        """Run the handler inside the message's trace and return what becomes of the message."""
        try:
            decoded = self._decode(message.body)
        except Exception as error:  # noqa: BLE001 - the policy judges every error
            return self._judge(message, error)
        about, began = _about(decoded), time.perf_counter()
        with span(f"{self._queue.name} process", getattr(decoded, "traceparent", None)):
            waited = time.time() - message.sent_at.timestamp()
            log.info("message.received", waited_milliseconds=round(1000 * waited), **self._told(message), **about)
            try:
                await self._run_handler(decoded)
            except Exception as error:  # noqa: BLE001 - as above
                note_failure(error)
                return self._judge(message, error, about)
            milliseconds = round(1000 * (time.perf_counter() - began), 1)
            log.info("message.done", milliseconds=milliseconds, **self._told(message), **about)
        return Done()

    def _told(self, message: Received) -> dict[str, object]:
        """Return what every line about a message tells."""
        return {"queue": self._queue.name, "message_id": message.message_id, "receives": message.attempts}

    async def _run_handler(self, decoded: T) -> None:
        """Run the handler; one that hangs, or in which something was cancelled, has failed like any other."""
        limit = asyncio.timeout(self._work_limit)
        try:
            async with limit:
                await self._handle(decoded)
        except TimeoutError as error:
            if limit.expired():
                raise TimeoutError(f"the work took longer than {self._work_limit:g} seconds") from error
            raise
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise  # the consumer wants it: the grace is over
            raise RuntimeError("a part of the work was cancelled") from error

    def _judge(self, message: Received, error: Exception, about: Mapping[str, str] = NOTHING) -> Outcome:
        expected = isinstance(error, OnlookerError | ValidationError)
        outcome = self._policy.judge(
            error,
            receives=message.attempts,
            failures=0 if expected else self._failures.add(message.message_id),
            random=random.random,
        )
        log.log(
            logging.WARNING if expected else logging.ERROR,
            "message.retried" if isinstance(outcome, Retry) else "message.rejected",
            reason=getattr(outcome, "reason", ""),
            exc_info=None if expected else error,
            **self._told(message),
            **about,
        )
        return outcome

    async def _settle(self, message: Received, outcome: Outcome) -> None:
        match outcome:
            case Done():
                self._settler.finish(message)
            case Retry(delay=delay, pause=pause):
                if pause:
                    self._pause(delay)
                self._put_back.add(message, time.monotonic() + delay)
                await self._settler.postpone([message], delay)
            case DeadLetter(reason=reason):
                await self._settler.reject(message, reason)
        if not isinstance(outcome, Retry):
            self._failures.forget(message.message_id)
        MESSAGES.labels(self._queue.name, SETTLED[type(outcome)]).inc()

    async def _hand_back_the_rest(self) -> None:
        """Cancel what is still in work and hand it back, so that another worker has it at once."""
        left = dict(self._working)
        if not left:
            return
        for task in left:
            task.cancel()
        await asyncio.wait(left, timeout=CANCELLED_WITHIN)
        await self._hand_back([message for task, message in left.items() if task.cancelled()], 0.0)

    async def _hand_back(self, messages: Sequence[Received], seconds: float) -> None:
        if not messages:
            return
        log.info("messages.handed_back", queue=self._queue.name, count=len(messages))
        for message in messages:
            self._put_back.add(message, time.monotonic() + seconds)
        try:
            await self._settler.postpone(messages, seconds)
        except Exception as error:  # noqa: BLE001 - SQS shows them again when their time-outs end
            log.warning("messages.not_handed_back", queue=self._queue.name, error=describe(error))

    def _pause(self, seconds: float) -> None:
        self._paused_until = max(self._paused_until, time.monotonic() + seconds)

    async def _wait_out_pause(self) -> None:
        left = self._paused_until - time.monotonic()
        if left > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), left)


def _about(decoded: object) -> dict[str, str]:
    """Return which picture a message is about, where it is one: not every line about it may have its trace."""
    image = getattr(decoded, "image", None)
    return {"image_id": image.image_id} if isinstance(image, ImageRef) else {}
