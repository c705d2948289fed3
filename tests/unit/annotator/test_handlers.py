"""What the annotator does when something around it does not work."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from onlooker_annotator.geometry import Size
from onlooker_annotator.handlers import Annotator, Draw, decode_recognized
from onlooker_annotator.renditions import Encoded, Renditions
from onlooker_shared.annotations import Annotation
from onlooker_shared.errors import Reject, RetryLater
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageAnnotated, ImageRecognized, Rendition
from onlooker_shared.outages import Outages
from onlooker_shared.recognition import Recognition
from recognitions import a_face, an_image, annotated, recognized

AWAY = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
BROKEN = ClientError({"ResponseMetadata": {"HTTPStatusCode": 507}}, "PutObject")
FORBIDDEN = ClientError({"ResponseMetadata": {"HTTPStatusCode": 403}}, "PutObject")
DRAWN = Renditions(Encoded(b"a", Size(2, 1)), Encoded(b"t", Size(2, 1)))


@dataclass
class Around:
    """Originals, results, annotations and publisher in one, in memory; each call may be told to fail."""

    fails: dict[str, Exception] = field(default_factory=dict)
    stored: dict[str, Renditions] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    published: list[ImageAnnotated] = field(default_factory=list)

    async def read(self, image: ImageRef) -> bytes:
        self._try("read")
        return b"picture"

    async def recognition_of(self, message: ImageRecognized) -> Recognition:
        assert message.recognition is not None
        return message.recognition

    async def find(self, image_id: str) -> Annotation | None:
        self._try("find")
        return self._annotation(image_id) if image_id in self.stored else None

    async def store(self, image_id: str, renditions: Renditions) -> Annotation:
        self._try("store")
        self.stored[image_id] = renditions
        return self._annotation(image_id)

    async def store_reason(self, image_id: str, reason: str) -> None:
        self.reasons[image_id] = reason

    async def publish(self, message: ImageAnnotated) -> None:
        self._try("publish")
        self.published.append(message)

    def _annotation(self, image_id: str) -> Annotation:
        rendition = Rendition(bucket="b", key=image_id, width=2, height=1, content_type="image/jpeg")
        return Annotation(annotated=rendition, thumbnail=rendition)

    def _try(self, call: str) -> None:
        if call in self.fails:
            raise self.fails[call]


def annotator(around: Any, draw: Draw = lambda _, __: DRAWN, threads: int = 1) -> Annotator:
    return Annotator(
        originals=around,
        results=around,
        annotations=around,
        publisher=around,
        draw=draw,
        executor=ThreadPoolExecutor(threads),
        outages=Outages(),
    )


@pytest.mark.parametrize("call", ["find", "read", "store", "publish"])
@pytest.mark.parametrize("error", [AWAY, BROKEN], ids=["away", "broken"])
async def test_an_outage_puts_the_work_back_and_lets_the_consumer_rest(call: str, error: Exception) -> None:
    around = Around(fails={call: error})
    message = recognized(an_image(), a_face())
    with pytest.raises(RetryLater) as raised:
        await annotator(around).annotate(message)
    assert raised.value.pause
    assert around.reasons == {}

    around.fails.clear()
    await annotator(around).annotate(message)
    assert [published.image for published in around.published] == [message.image]


async def test_what_is_forbidden_is_no_outage() -> None:
    with pytest.raises(ClientError):
        await annotator(Around(fails={"store": FORBIDDEN})).annotate(recognized(an_image(), a_face()))


async def test_a_fault_of_ours_is_not_noted_as_the_pictures() -> None:
    around = Around()

    def fail(_data: bytes, _recognition: Recognition) -> Renditions:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await annotator(around, fail).annotate(recognized(an_image(), a_face()))
    assert (around.stored, around.reasons, around.published) == ({}, {}, [])


async def test_no_more_pictures_are_drawn_at_a_time_than_there_are_threads() -> None:
    drawing, most, both = [0], [0], threading.Barrier(2)

    def draw(_data: bytes, _recognition: Recognition) -> Renditions:
        drawing[0] += 1
        most[0] = max(most[0], drawing[0])
        both.wait(timeout=10)
        drawing[0] -= 1
        return DRAWN

    one = annotator(Around(), draw, threads=2)
    await asyncio.gather(*(one.annotate(recognized(an_image(f"{n}.jpg"), a_face())) for n in range(6)))
    assert most == [2]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (lambda: recognized(an_image(), a_face()).model_dump_json(), None),
        (lambda: annotated(an_image()).model_dump_json(), Reject),
        (lambda: "{}", ValueError),
        (lambda: "no JSON", ValueError),
    ],
)
def test_only_recognized_pictures_are_taken(body: Callable[[], str], error: type[Exception] | None) -> None:
    if error is None:
        assert decode_recognized(body()).image == an_image()
    else:
        with pytest.raises(error):
            decode_recognized(body())
