"""What the annotator does when something around it does not work."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from onlooker_annotator.geometry import Size
from onlooker_annotator.handlers import Annotator, Draw, decode_event
from onlooker_annotator.pictures import UnreadablePictureError
from onlooker_annotator.renditions import Encoded, Renditions
from onlooker_shared.annotations import Annotation, Drawn
from onlooker_shared.errors import Reject, RetryLater
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageAnnotated, ImageDeleted, ImageRecognized, Rendition
from onlooker_shared.outages import Outages
from onlooker_shared.recognition import Recognition
from onlooker_shared.results import StoredResult
from recognitions import NOON, a_face, a_recognition, an_image, annotated, identified, recognized

AWAY = EndpointConnectionError(endpoint_url="http://127.0.0.1:1")
BROKEN = ClientError({"ResponseMetadata": {"HTTPStatusCode": 507}}, "PutObject")
FORBIDDEN = ClientError({"ResponseMetadata": {"HTTPStatusCode": 403}}, "PutObject")
DRAWN = Renditions(*(Encoded(name, Size(2, 1)) for name in (b"a", b"t", b"p", b"s")))


@dataclass
class Around:
    """Originals, results, annotations, deletions and publisher in one, in memory; each call may be told to fail."""

    fails: dict[str, Exception] = field(default_factory=dict)
    stored: dict[str, datetime] = field(default_factory=dict)
    """When what was drawn had been settled, by image id."""
    meanwhile: list[Recognition] = field(default_factory=list)
    """What others store while this one draws, one each time."""
    holds: Recognition | None = None
    """What the result says."""
    times_drawn: int = 0
    deleted: set[str] = field(default_factory=set)
    """The ids of pictures whose result is gone."""
    reasons: dict[str, str] = field(default_factory=dict)
    published: list[ImageAnnotated] = field(default_factory=list)

    async def read(self, image: ImageRef) -> bytes:
        self._try("read")
        return b"picture"

    async def recognition_of(self, message: ImageRecognized) -> Recognition:
        assert message.recognition is not None
        return message.recognition

    async def find(self, image_id: str) -> Drawn | None:
        self._try("find")
        if image_id not in self.stored:
            return None
        return Drawn(self._annotation(image_id), self.stored[image_id], NOON, self._etag(image_id))

    async def is_whole(self, image_id: str) -> bool:
        return image_id in self.stored

    async def get(self, image_id: str) -> StoredResult:
        assert self.holds is not None
        return StoredResult(image=an_image(), recognition=self.holds, rekognition={})

    async def store(
        self, image_id: str, renditions: Renditions, as_of: datetime, *, replacing: str | None
    ) -> Annotation | None:
        self._try("store")
        self.times_drawn += 1
        if self.meanwhile:
            self.holds = self.meanwhile.pop()
            self.stored[image_id] = self.holds.as_of
        if replacing != (self._etag(image_id) if image_id in self.stored else None):
            return None
        self.stored[image_id] = as_of
        return self._annotation(image_id)

    async def delete_without_result(self, image_id: str) -> bool:
        if image_id in self.deleted:
            self.stored.pop(image_id, None)
            self.reasons.pop(image_id, None)
        return image_id in self.deleted

    async def store_reason(self, image_id: str, reason: str) -> None:
        self.reasons[image_id] = reason

    async def publish(self, message: ImageAnnotated) -> None:
        self._try("publish")
        self.published.append(message)

    def _etag(self, image_id: str) -> str:
        return f'"{self.stored[image_id]}"'

    def _annotation(self, image_id: str) -> Annotation:
        rendition = Rendition(bucket="b", key=image_id, width=2, height=1, content_type="image/jpeg")
        return Annotation(annotated=rendition, thumbnail=rendition, preview=rendition, screen=rendition)

    def _try(self, call: str) -> None:
        if call in self.fails:
            raise self.fails[call]


def annotator(around: Any, draw: Draw = lambda _, __: DRAWN, threads: int = 1) -> Annotator:
    return Annotator(
        originals=around,
        results=around,
        annotations=around,
        deletions=around,
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
        await annotator(around).handle(message)
    assert raised.value.pause
    assert around.reasons == {}

    around.fails.clear()
    await annotator(around).handle(message)
    assert [published.image for published in around.published] == [message.image]


async def test_what_is_forbidden_is_no_outage() -> None:
    with pytest.raises(ClientError):
        await annotator(Around(fails={"store": FORBIDDEN})).handle(recognized(an_image(), a_face()))


async def test_a_fault_of_ours_is_not_noted_as_the_pictures() -> None:
    around = Around()

    def fail(_data: bytes, _recognition: Recognition) -> Renditions:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await annotator(around, fail).handle(recognized(an_image(), a_face()))
    assert (around.stored, around.reasons, around.published) == ({}, {}, [])


@pytest.mark.parametrize(("seconds", "times"), [(-60, 1), (0, 1), (60, 2)], ids=["older", "the same", "later"])
async def test_only_a_later_recognition_is_drawn_anew_and_each_is_announced(seconds: int, times: int) -> None:
    around = Around()
    message = recognized(an_image(), a_face())
    assert message.recognition is not None
    again = NOON + timedelta(seconds=seconds)
    other = message.model_copy(update={"recognition": message.recognition.model_copy(update={"recognized_at": again})})

    await annotator(around).handle(message)
    await annotator(around).handle(other)

    assert around.times_drawn == times
    assert around.stored == {message.image.image_id: max(NOON, again)}
    assert len(around.published) == 2


@pytest.mark.parametrize(("seconds", "times"), [(-60, 1), (0, 1), (60, 2)], ids=["older", "the same", "later"])
async def test_whom_it_shows_settled_anew_is_drawn_anew(seconds: int, times: int) -> None:
    around, image, settled = Around(), an_image(), NOON + timedelta(seconds=seconds)

    await annotator(around).handle(recognized(image, a_face()))
    await annotator(around).handle(identified(image, a_face(name="Ada Lovelace"), at=settled))

    assert around.times_drawn == times
    assert around.stored == {image.image_id: max(NOON, settled)}


@pytest.mark.parametrize(("seconds", "times"), [(0, 1), (60, 2)], ids=["the same", "later"])
async def test_what_holds_stands_in_the_end_though_an_older_message_is_drawn_last(seconds: int, times: int) -> None:
    image = an_image()
    later = a_recognition(a_face(name="Ada Lovelace"), identified_at=NOON + timedelta(seconds=seconds))
    around, drawn = Around(meanwhile=[later]), list[Recognition]()

    def draw(_data: bytes, recognition: Recognition) -> Renditions:
        drawn.append(recognition)
        return DRAWN

    await annotator(around, draw).handle(recognized(image, a_face()))

    assert len(drawn) == times
    assert drawn[-1].as_of == later.as_of
    assert around.stored == {image.image_id: later.as_of}
    assert len(around.published) == 1


async def test_what_was_deleted_while_it_was_drawn_is_not_left_behind() -> None:
    message = recognized(an_image(), a_face())
    around = Around(deleted={message.image.image_id})

    await annotator(around).handle(message)

    assert (around.times_drawn, around.stored, around.published) == (1, {}, [])


async def test_what_was_deleted_is_no_dead_letter_though_it_can_not_be_drawn() -> None:
    message = recognized(an_image(), a_face())
    around = Around(deleted={message.image.image_id})

    def fail(_data: bytes, _recognition: Recognition) -> Renditions:
        raise UnreadablePictureError("damaged")

    await annotator(around, fail).handle(message)

    assert (around.reasons, around.published) == ({}, [])


async def test_no_more_pictures_are_drawn_at_a_time_than_there_are_threads() -> None:
    drawing, most, both = [0], [0], threading.Barrier(2)

    def draw(_data: bytes, _recognition: Recognition) -> Renditions:
        drawing[0] += 1
        most[0] = max(most[0], drawing[0])
        both.wait(timeout=10)
        drawing[0] -= 1
        return DRAWN

    one = annotator(Around(), draw, threads=2)
    await asyncio.gather(*(one.handle(recognized(an_image(f"{n}.jpg"), a_face())) for n in range(6)))
    assert most == [2]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (lambda: recognized(an_image(), a_face()).model_dump_json(), None),
        (lambda: identified(an_image(), a_face()).model_dump_json(), None),
        (lambda: ImageDeleted(bucket="images", key="cat.jpg", deleted_at=NOON).model_dump_json(), None),
        (lambda: annotated(an_image()).model_dump_json(), Reject),
        (lambda: "{}", ValueError),
        (lambda: "no JSON", ValueError),
    ],
)
def test_only_recognized_and_deleted_pictures_are_taken(body: Callable[[], str], error: type[Exception] | None) -> None:
    if error is None:
        assert decode_event(body()).type in {"image.recognized.v1", "image.identified.v1", "image.deleted.v1"}
    else:
        with pytest.raises(error):
            decode_event(body())
