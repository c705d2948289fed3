"""An installation of its own for a test of the recognizer, composed as it ships, and what such tests do to it."""

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from copied import provision_copy
from onlooker_recognizer.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.images import image_id
from onlooker_shared.messages import AnyMessage, decode
from onlooker_shared.results import Results
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import Queue, Topology

PATIENCE = 20.0
"""Seconds until a test gives up waiting."""


def jpeg(width: int = 120, height: int = 90, *, colour: tuple[int, int, int] = (200, 120, 40)) -> bytes:
    """A small picture."""
    out = BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    """A PNG that cannot be compressed: about three bytes a pixel."""
    out = BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(0).randbytes(width * height * 3)).save(
        out, "PNG", compress_level=0
    )
    return out.getvalue()


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    """Wait until a condition is true, and return what it says."""
    async with asyncio.timeout(PATIENCE):
        while not (said := await condition()):  # noqa: ASYNC110 - of the emulator, which tells no one
            await asyncio.sleep(0.02)
        return said


@dataclass
class Stage:
    """A provisioned installation of its own, with what tests do to it."""

    aws: Aws
    common: CommonSettings

    @property
    def names(self) -> Topology:
        return self.common.topology

    @property
    async def results(self) -> Results:
        return Results(await self.aws.client("s3"), self.names.results.name)

    async def put(self, key: str, body: bytes, **more: Any) -> str:
        """Upload a picture and return its id."""
        s3 = await self.aws.client("s3")
        answer = await s3.put_object(Bucket=self.names.images.name, Key=key, Body=body, **more)
        return image_id(self.names.images.name, key, answer["ETag"])

    async def take(self, queue: str, count: int) -> list[dict[str, Any]]:
        """Receive and delete so many messages of a queue."""
        sqs, url = await self.aws.client("sqs"), await self.aws.queue_url(queue)
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(PATIENCE):
            while len(found) < count:
                answer = await sqs.receive_message(
                    QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=min(count, 10), MessageAttributeNames=["All"]
                )
                for message in answer.get("Messages", []):
                    found.append(message)
                    await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    async def announced(self, count: int = 1) -> list[AnyMessage]:
        """What came out of the topic, as the tagger gets it."""
        return [decode(message["Body"]) for message in await self.take(self.names.tagger.name, count)]

    async def dead(self, count: int = 1) -> list[dict[str, Any]]:
        """Dead letters."""
        return await self.take(self.names.recognizer_images.dead_letter, count)

    async def waiting(self, queue: Queue | str) -> int:
        """How many messages a queue holds, hidden ones included."""
        name = queue if isinstance(queue, str) else queue.name
        sqs = await self.aws.client("sqs")
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        answer = await sqs.get_queue_attributes(QueueUrl=await self.aws.queue_url(name), AttributeNames=list(names))
        return sum(int(answer["Attributes"][name]) for name in names)

    async def settled(self) -> None:
        """Wait until the recognizer's queue is empty."""

        async def empty() -> bool:
            return await self.waiting(self.names.recognizer_images) == 0

        await until(empty)

    async def send(self, body: str | dict[str, Any]) -> None:
        """Put a message into the recognizer's queue."""
        sqs = await self.aws.client("sqs")
        text = body if isinstance(body, str) else json.dumps(body)
        await sqs.send_message(QueueUrl=await self.aws.queue_url(self.names.recognizer_images.name), MessageBody=text)

    async def lose_events(self, count: int) -> None:
        """Wait for so many messages, and lose them all, as an emulator's queue does when it ends."""

        async def arrived() -> bool:
            return await self.waiting(self.names.recognizer_images) == count

        await until(arrived)
        sqs = await self.aws.client("sqs")
        await sqs.purge_queue(QueueUrl=await self.aws.queue_url(self.names.recognizer_images.name))

    @contextlib.asynccontextmanager
    async def recognizer(self) -> AsyncIterator[Service]:
        """The recognizer, at work."""
        async with compose(self.aws, self.common) as service:
            working = [asyncio.create_task(worker.run()) for worker in service.workers]
            try:
                yield service
            finally:
                for worker in service.workers:
                    worker.stop()
                await asyncio.gather(*working)


async def provisioned(aws: Aws, *, prefix: str | None = None) -> Stage:
    """A provisioned installation with names of its own."""
    common = CommonSettings(prefix=prefix or f"r{uuid.uuid4().hex[:10]}-", shutdown_grace=2)
    await provision_copy(aws, common)
    return Stage(aws, common)
