"""A queue of its own for a test of the consumer, and stand-ins around the real client that misbehave on request."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.queue.policy import RetryPolicy
from onlooker_shared.queue.received import Received
from onlooker_shared.topology import Queue

PATIENCE = 15
"""Seconds after which what is waited for is taken not to come."""
AT_ONCE = RetryPolicy(attempts=3, base=0, least=0)
"""Retries without waiting."""


async def nothing(_: str) -> None:
    """Handle a message by doing nothing."""


@dataclass
class Rig:
    """One queue with its dead-letter queue, and what tests do with it."""

    sqs: Any
    queue: Queue
    url: str
    dead_letter_url: str

    @classmethod
    async def make(cls, sqs: Any, *, visibility_timeout: int = 30) -> "Rig":
        """Make a queue."""
        queue = Queue(f"rig-{uuid.uuid4().hex}", visibility_timeout=visibility_timeout)
        url = (await sqs.create_queue(QueueName=queue.name))["QueueUrl"]
        dead_letter_url = (await sqs.create_queue(QueueName=queue.dead_letter))["QueueUrl"]
        return cls(sqs, queue, url, dead_letter_url)

    def consumer(
        self, handle: Callable[[Any], Awaitable[None]], *, sqs: Any = None, decode: Any = str, **options: Any
    ) -> Consumer[Any]:
        """Return a consumer of the queue."""
        return Consumer(
            sqs=sqs or self.sqs,
            queue=self.queue,
            url=self.url,
            dead_letter_url=self.dead_letter_url,
            decode=decode,
            handle=handle,
            **options,
        )

    async def send(self, *bodies: str, **attributes: str) -> None:
        """Send messages, ten at most, in one call."""
        extra = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        entries = [{"Id": str(n), "MessageBody": body, "MessageAttributes": extra} for n, body in enumerate(bodies)]
        await self.sqs.send_message_batch(QueueUrl=self.url, Entries=entries)

    async def receive(self, *, wait: int = 0) -> list[Received]:
        """Receive by hand, as another worker would."""
        return await self._receive(self.url, wait)

    async def dead_letters(self, count: int = 1) -> list[Received]:
        """Wait for so many dead letters and return them."""
        found: list[Received] = []
        async with asyncio.timeout(PATIENCE):
            while len(found) < count:
                found += await self._receive(self.dead_letter_url, 5)
        return found

    async def depth(self) -> tuple[int, int]:
        """Return how many messages are visible and how many are hidden."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = await self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)
        visible, hidden = (int(answer["Attributes"][name]) for name in names)
        return visible, hidden

    async def until_empty(self) -> None:
        """Wait until every message is deleted."""
        async with asyncio.timeout(PATIENCE):
            while await self.depth() != (0, 0):  # noqa: ASYNC110 - SQS has no event for it
                await asyncio.sleep(0.02)

    async def _receive(self, url: str, wait: int) -> list[Received]:
        answer = await self.sqs.receive_message(
            QueueUrl=url,
            WaitTimeSeconds=wait,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [Received.of(each) for each in answer.get("Messages", [])]


@asynccontextmanager
async def running(*consumers: Consumer[Any]) -> AsyncIterator[None]:
    """Run consumers for the length of the block, then stop them in order."""
    async with asyncio.timeout(PATIENCE + 10), asyncio.TaskGroup() as group:
        for consumer in consumers:
            group.create_task(consumer.run())
        try:
            yield
        finally:
            for consumer in consumers:
                consumer.stop()


@dataclass
class Recorder:
    """A handler that notes what it is given, and an event for each count to wait for."""

    seen: list[str] = field(default_factory=list)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def __call__(self, body: str) -> None:
        """Note a message."""
        self.seen.append(body)
        async with self._changed:
            self._changed.notify_all()

    async def until(self, count: int) -> None:
        """Wait until so many messages were noted."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.seen) >= count)


class Around:
    """The real client, except for the operations that a test gives its own version of."""

    def __init__(self, real: Any, **own: Callable[..., Awaitable[Any]]) -> None:
        self._real = real
        self._own = own

    def __getattr__(self, name: str) -> Any:
        """Return the test's version of an operation, or the client's."""
        return self._own.get(name) or getattr(self._real, name)
