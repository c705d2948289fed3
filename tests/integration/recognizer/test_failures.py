"""What bad input and bad days get: a defined answer, and nothing is lost."""

import struct
import zlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

import pytest

from onlooker_recognizer import calls
from onlooker_recognizer.metrics import CALLS
from onlooker_shared import outages
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageDeleted, ImageFailed
from onlooker_shared.queue import consumer
from onlooker_shared.queue.policy import RetryPolicy
from recognizer_stage import Stage, jpeg, until
from rekognition_standin import Refusal, StandIn, serving

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
BOMB = b"\x89PNG\r\n\x1a\n" + b"".join(
    struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)),
        (b"IDAT", b""),
        (b"IEND", b""),
    )
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "The file is empty."),
        (b"words, words, words", "not a picture"),
        (jpeg(400, 300)[:-500], "truncated"),
        (BOMB, "20000 x 20000 pixels"),
    ],
    ids=["empty", "text", "truncated", "bomb"],
)
async def test_a_picture_that_cannot_be_decoded_is_failed_for_good_with_its_reason(
    stage: Stage, standin: StandIn, body: bytes, reason: str
) -> None:
    async with stage.recognizer():
        image_id = await stage.put("bad.jpg", body, Metadata={"traceparent": TRACE})
        (message,) = await stage.announced()
        (dead,) = await stage.dead()
        await stage.settled()

    assert isinstance(message, ImageFailed)
    assert message.image.image_id == image_id
    assert message.traceparent is not None
    assert message.traceparent.split("-")[1] == TRACE.split("-")[1]
    assert reason in message.reason
    assert reason in dead["MessageAttributes"]["Reason"]["StringValue"]
    assert (await (await stage.results).get_failure(image_id)).reason == message.reason
    assert standin.asked == []


async def test_a_picture_that_rekognition_cannot_read_is_failed_for_good(stage: Stage, standin: StandIn) -> None:
    standin.judge = lambda _: Refusal("InvalidImageFormatException", message="Request has invalid image format")
    async with stage.recognizer():
        await stage.put("bad.jpg", jpeg())
        (message,) = await stage.announced()
        await stage.dead()

    assert isinstance(message, ImageFailed)
    assert "Request has invalid image format" in message.reason
    assert len(standin.asked) <= 2


async def test_a_file_over_the_limit_is_refused_without_being_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_MAX_BYTES", "1000")
    async with stage.recognizer():
        await stage.put("large.jpg", jpeg() + b"\0" * 1000)
        (message,) = await stage.announced()

    assert isinstance(message, ImageFailed)
    assert "at most 1000 are taken" in message.reason


async def test_a_picture_deleted_before_it_was_fetched_leaves_nothing(stage: Stage, standin: StandIn) -> None:
    image_id = await stage.put("a.jpg", jpeg())
    await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key="a.jpg")
    async with stage.recognizer():
        await stage.settled()

    assert standin.asked == []
    with pytest.raises(NotFoundError):
        await (await stage.results).get(image_id)
    assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0
    (message,) = await stage.announced()
    assert isinstance(message, ImageDeleted)
    assert await stage.waiting(stage.names.tagger) == 0


async def test_of_an_overwritten_picture_only_the_newer_is_recognized(stage: Stage, standin: StandIn) -> None:
    await stage.put("a.jpg", jpeg(100))
    newer = await stage.put("a.jpg", jpeg(200))
    async with stage.recognizer():
        (message,) = await stage.announced()
        await stage.settled()

    assert message.image.image_id == newer
    assert standin.calls("DetectFaces") == 1
    assert await stage.waiting(stage.names.tagger) == 0


async def test_throttling_is_waited_out(stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BACKOFF", 0.01)
    standin.script.extend([Refusal("ThrottlingException")] * 3 + [Refusal("ProvisionedThroughputExceededException")])
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        await stage.announced()

    assert len(standin.asked) == 6


async def test_an_outage_of_rekognition_loses_no_picture(
    dark_stage: Stage, standin: StandIn, rekognition_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "SHORTEST", 0.5)
    stage = dark_stage
    pictures = {await stage.put(f"{n}.jpg", jpeg(100 + n)) for n in range(12)}
    async with stage.recognizer():
        await until(_tried(10))
        assert await stage.waiting(stage.names.tagger) == 0
        async with serving(standin, rekognition_port):
            announced = await stage.announced(12)

    assert {message.image.image_id for message in announced} == pictures
    assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0


async def test_a_broken_rekognition_is_an_outage_too(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "SHORTEST", 0.5)
    standin.script.extend([Refusal("InternalServerError", status=500)] * 4)
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        await stage.announced()

    assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0


async def test_what_is_not_the_pictures_fault_is_tried_anew_by_the_sweep(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "RetryPolicy", partial(RetryPolicy, attempts=1))
    standin.script.extend([Refusal("AccessDeniedException")] * 2)
    async with stage.recognizer() as service:
        image_id = await stage.put("a.jpg", jpeg())
        (dead,) = await stage.dead()
        await stage.settled()
        with pytest.raises(NotFoundError):
            await (await stage.results).get_failure(image_id)
        standin.script.clear()  # mended: the role may call Rekognition now
        assert service.sweep is not None
        await service.sweep(timedelta(0))
        (message,) = await stage.announced()

    assert "AccessDeniedException" in dead["MessageAttributes"]["Reason"]["StringValue"]
    assert message.image.image_id == image_id


async def test_what_is_no_event_goes_to_the_dead_letters_and_a_test_event_nowhere(stage: Stage) -> None:
    async with stage.recognizer():
        await stage.send({"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": stage.names.images.name})
        await stage.send("no json")
        await stage.send({"Records": [{"eventName": "ObjectCreated:Put"}]})
        dead = await stage.dead(2)
        await stage.settled()

    assert {letter["Body"] for letter in dead} == {"no json", '{"Records": [{"eventName": "ObjectCreated:Put"}]}'}
    assert all("Not a message" in letter["MessageAttributes"]["Reason"]["StringValue"] for letter in dead)


def _tried(times: int) -> Callable[[], Awaitable[bool]]:
    """Whether Rekognition was asked in vain so often."""

    async def tried() -> bool:
        failed = CALLS.labels("DetectFaces", "failed")
        return failed._value.get() - before >= times

    before = CALLS.labels("DetectFaces", "failed")._value.get()
    return tried
