"""The annotator with everything around it in the emulator, and what an upload and the recognizer would have done."""

import io
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from PIL import Image

from installation import Installation, Keys, client_of, eventually, installation, working
from onlooker_annotator.__main__ import compose
from onlooker_annotator.annotations import Annotations
from onlooker_shared.aws import Aws
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageAnnotated, ImageDeleted, ImageRecognized, decode
from onlooker_shared.objects import list_objects
from onlooker_shared.queue.sender import Sender
from onlooker_shared.queue.settler import REASON
from onlooker_shared.recognition import Face, Label
from onlooker_shared.results import Results, StoredResult, result_key
from onlooker_shared.service import Service
from onlooker_shared.topology import Topology
from recognitions import a_face, a_recognition

GREY = (120, 130, 140)


def a_photo(width: int = 640, height: int = 480) -> bytes:
    """A JPEG of one grey."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), GREY).save(out, "JPEG")
    return out.getvalue()


@dataclass
class House:
    """An installation with an annotator; what it announces is read from the tagger's queue."""

    home: Installation
    service: Service
    results: Results
    annotations: Annotations
    keys: Keys = field(default_factory=Keys)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def topology(self) -> Topology:
        return self.home.topology

    @property
    def queue(self) -> str:
        return self.topology.annotator.name

    async def upload(self, data: bytes, key: str | None = None) -> ImageRef:
        """Store a picture, as ingest would; under a key of its own unless one is named."""
        s3, bucket = await self.home.aws.client("s3"), self.topology.images.name
        key = key or f"photo {next(self._numbers)}.jpg"
        await s3.put_object(Bucket=bucket, Key=key, Body=data)
        head = await s3.head_object(Bucket=bucket, Key=key)
        return ImageRef.of(bucket=bucket, key=key, etag=head["ETag"], size=len(data), uploaded_at=head["LastModified"])

    async def delete(self, image: ImageRef) -> None:
        """Delete a picture, as its owner might at any time."""
        s3 = await self.home.aws.client("s3")
        await s3.delete_object(Bucket=image.bucket, Key=image.key)

    async def recognize(self, image: ImageRef, *found: Face | Label) -> ImageRecognized:
        """Store a result, as the recognizer would; returns what it would announce."""
        result = StoredResult(image=image, recognition=a_recognition(*(found or (a_face(),))), rekognition={})
        await self.results.put(result)
        return result.message(self.results.bucket)

    async def forget(self, image: ImageRef) -> ImageDeleted:
        """Delete a picture's result, as the recognizer does; returns what it announces then."""
        s3 = await self.home.aws.client("s3")
        await s3.delete_object(Bucket=self.results.bucket, Key=result_key(image.image_id))
        return ImageDeleted(bucket=image.bucket, key=image.key, deleted_at=datetime.now(UTC))

    async def stored(self) -> set[str]:
        """Return the keys of the annotated bucket."""
        s3 = await self.home.aws.client("s3")
        return {entry["Key"] async for entry in list_objects(s3, self.annotations.bucket)}

    async def announce(self, *messages: ImageRecognized | ImageAnnotated | ImageDeleted) -> None:
        """Put messages into the annotator's queue."""
        sender = Sender(await self.home.aws.client("sqs"), await self.home.aws.queue_url(self.queue))
        for message in messages:
            await sender.send(message)

    async def announced(self) -> ImageAnnotated:
        """Return the annotator's next announcement."""
        body, _ = await self.take(self.topology.tagger.name)
        message = decode(body)
        assert isinstance(message, ImageAnnotated)
        return message

    async def rejected(self) -> str:
        """Return why the next rejected message was."""
        _, reason = await self.take(self.topology.annotator.dead_letter)
        return reason

    async def depth(self, queue: str) -> int:
        """Return how many messages wait or are in work."""
        sqs = await self.home.aws.client("sqs")
        answer = await sqs.get_queue_attributes(QueueUrl=await self.home.aws.queue_url(queue), AttributeNames=["All"])
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(answer["Attributes"][name]) for name in names)

    async def settled(self) -> None:
        """Wait until the annotator has nothing left to do."""

        async def depth() -> int:
            return await self.depth(self.queue)

        await eventually(depth, lambda left: left == 0)

    async def object(self, key: str) -> bytes:
        """Return an object of the annotated bucket."""
        s3 = await self.home.aws.client("s3")
        answer = await s3.get_object(Bucket=self.annotations.bucket, Key=key)
        async with answer["Body"] as body:
            return await body.read()

    def client(self, key: str = "admin") -> httpx.AsyncClient:
        """Call the annotator's HTTP API."""
        return client_of(self.service, self.keys, key)

    async def take(self, queue: str) -> tuple[str, str]:
        """Take a queue's next message: its body, and the reason that a dead letter has."""
        sqs, url = await self.home.aws.client("sqs"), await self.home.aws.queue_url(queue)

        async def look() -> tuple[str, str] | None:
            answer = await sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=1)
            for found in answer.get("Messages", []):
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=found["ReceiptHandle"])
                return found["Body"], found["MessageAttributes"].get(REASON, {}).get("StringValue", "")
            return None

        found = await eventually(look)
        assert found is not None
        return found


@asynccontextmanager
async def an_idle_house(aws: Aws) -> AsyncIterator[House]:
    async with installation(aws) as home, compose(home.aws, home.common) as service:
        s3 = await home.aws.client("s3")
        results = Results(s3, home.topology.results.name)
        yield House(home, service, results, Annotations(s3, home.topology.annotated.name))


@pytest.fixture(scope="module")
async def idle_house(aws: Aws) -> AsyncIterator[House]:
    """An annotator that answers requests, but takes no messages."""
    async with an_idle_house(aws) as house:
        yield house


@pytest.fixture(scope="module")
async def house(aws: Aws) -> AsyncIterator[House]:
    """A running annotator. Tests take what they cause to be announced or rejected, so that the next finds none."""
    async with an_idle_house(aws) as house, working(house.service):
        yield house


@pytest.fixture
async def new_house(aws: Aws) -> AsyncIterator[House]:
    """An annotator that takes no messages, in an installation of this test's own."""
    async with an_idle_house(aws) as house:
        yield house
