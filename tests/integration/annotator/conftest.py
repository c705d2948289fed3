"""The annotator with everything around it in the emulator, and what an upload and the recognizer would have done."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from PIL import Image

from emulator import Emulator
from installation import Installation, Keys, client_of, eventually, installation, working
from onlooker_annotator.__main__ import compose
from onlooker_annotator.annotations import Annotations
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageAnnotated, ImageFailed, ImageRecognized, decode
from onlooker_shared.queue.sender import Sender
from onlooker_shared.queue.settler import REASON
from onlooker_shared.recognition import Face, Label
from onlooker_shared.results import Results, StoredResult
from onlooker_shared.service import Service
from recognitions import a_face, a_recognition

GREY = (120, 130, 140)


def a_photo(width: int = 640, height: int = 480) -> bytes:
    """A JPEG of one grey."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), GREY).save(out, "JPEG")
    return out.getvalue()


@dataclass
class House:
    """An installation with a running annotator; a queue of the tests' own hears what is announced."""

    home: Installation
    service: Service
    keys: Keys
    heard: str
    """URL of the queue that receives what is announced: the tagger's."""

    async def upload(self, data: bytes, key: str = "a photo.jpg") -> ImageRef:
        """Store a picture, as ingest would."""
        s3 = await self.home.aws.client("s3")
        bucket = self.home.topology.images.name
        etag = (await s3.put_object(Bucket=bucket, Key=key, Body=data))["ETag"]
        head = await s3.head_object(Bucket=bucket, Key=key)
        return ImageRef.of(bucket=bucket, key=key, etag=etag, size=len(data), uploaded_at=head["LastModified"])

    async def recognize(self, image: ImageRef, *found: Face | Label) -> ImageRecognized:
        """Store a result, as the recognizer would; returns what it would announce."""
        result = StoredResult(image=image, recognition=a_recognition(*(found or (a_face(),))), rekognition={})
        await self.results.put(result)
        return result.message(self.results.bucket)

    async def announce(self, *messages: ImageRecognized | ImageAnnotated | ImageFailed) -> None:
        """Put messages into the annotator's queue."""
        sender = Sender(await self.home.aws.client("sqs"), await self.home.aws.queue_url(self.queue))
        for message in messages:
            await sender.send(message)

    async def annotate(self, image: ImageRef, *found: Face | Label) -> ImageAnnotated:
        """Have a picture recognized and annotated; returns what the annotator announced."""
        await self.announce(await self.recognize(image, *found))
        return await self.next_announced()

    async def next_announced(self) -> ImageAnnotated:
        """Return the next announcement of an annotated picture."""
        message = decode(await self._next(self.heard))
        assert isinstance(message, ImageAnnotated)
        return message

    async def next_reason(self) -> str:
        """Return why the next rejected message was."""
        sqs = await self.home.aws.client("sqs")
        url = await self.home.aws.queue_url(f"{self.queue}-dlq")

        async def look() -> str:
            answer = await sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"], WaitTimeSeconds=1)
            return "".join(found["MessageAttributes"][REASON]["StringValue"] for found in answer.get("Messages", []))

        return await eventually(look)

    async def depth(self, queue: str) -> int:
        """Return how many messages wait or are in work."""
        sqs = await self.home.aws.client("sqs")
        answer = await sqs.get_queue_attributes(QueueUrl=await self.home.aws.queue_url(queue), AttributeNames=["All"])
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        return sum(int(answer["Attributes"][name]) for name in names)

    async def object(self, key: str) -> bytes:
        """Return an object of the annotated bucket."""
        s3 = await self.home.aws.client("s3")
        answer = await s3.get_object(Bucket=self.home.topology.annotated.name, Key=key)
        async with answer["Body"] as body:
            return await body.read()

    def client(self, key: str = "admin") -> httpx.AsyncClient:
        """Call the annotator's HTTP API."""
        return client_of(self.service, self.keys, key)

    @property
    def queue(self) -> str:
        return self.home.topology.annotator.name

    @property
    def results(self) -> Results:
        return self._results

    @property
    def annotations(self) -> Annotations:
        return self._annotations

    async def connect(self) -> None:
        """Open what needs a client."""
        s3 = await self.home.aws.client("s3")
        self._results = Results(s3, self.home.topology.results.name)
        self._annotations = Annotations(s3, self.home.topology.annotated.name)

    async def _next(self, url: str) -> str:
        sqs = await self.home.aws.client("sqs")

        async def look() -> str:
            answer = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=1, WaitTimeSeconds=1)
            for found in answer.get("Messages", []):
                await sqs.delete_message(QueueUrl=url, ReceiptHandle=found["ReceiptHandle"])
                return found["Body"]
            return ""

        return await eventually(look)


@pytest.fixture
async def house(emulator: Emulator) -> AsyncIterator[House]:
    """A running annotator in an installation of its own."""
    async with installation() as home, compose(home.aws, home.common) as service:
        house = House(home, service, Keys(), await home.aws.queue_url(home.topology.tagger.name))
        await house.connect()
        async with working(service):
            yield house
