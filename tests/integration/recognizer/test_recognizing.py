"""A picture that arrives in the bucket is recognized, stored and announced; what was done is not done twice."""

import json
from collections.abc import Awaitable, Callable

import pytest

from onlooker_recognizer import events
from onlooker_shared.images import ImageRef
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.objects import exists
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import result_key
from recognizer_stage import Stage, jpeg, noise, until
from rekognition_standin import FACE, Refusal, StandIn

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


async def test_a_picture_is_recognized_stored_and_announced(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        image_id = await stage.put("a/picture.jpg", jpeg(120, 90), Metadata={"traceparent": TRACE})
        (message,) = await stage.announced()

    assert isinstance(message, ImageRecognized)
    assert message.image.image_id == image_id
    assert message.image.key == "a/picture.jpg"
    assert message.traceparent is not None
    assert message.traceparent.split("-")[1] == TRACE.split("-")[1]
    assert message.recognition is not None
    assert (message.recognition.width, message.recognition.height, message.recognition.format) == (120, 90, "JPEG")
    assert message.recognition.faces[0].emotion is not None
    assert message.recognition.faces[0].emotion.type == "HAPPY"
    stored = await (await stage.results).get(image_id)
    assert stored.recognition == message.recognition
    assert stored.rekognition["DetectFaces"]["FaceDetails"] == [FACE]
    assert stored.rekognition["DetectLabels"]["LabelModelVersion"] == "3.0"
    assert [asked.body["Attributes"] for asked in standin.asked if asked.operation == "DetectFaces"] == [["ALL"]]
    assert [asked.body["MaxLabels"] for asked in standin.asked if asked.operation == "DetectLabels"] == [10]
    await stage.settled()


async def test_a_redelivered_picture_is_announced_again_but_not_paid_for_again(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        (first,) = await stage.announced()
        await stage.send(events.encode(first.image))
        (second,) = await stage.announced()

    assert isinstance(first, ImageRecognized)
    assert isinstance(second, ImageRecognized)
    assert (second.image, second.recognition) == (first.image, first.recognition)
    assert (standin.calls("DetectFaces"), standin.calls("DetectLabels")) == (1, 1)


async def test_the_same_bytes_put_again_count_as_the_newer_upload(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        (first,) = await stage.announced()
        await stage.put("a.jpg", jpeg())
        (second,) = await stage.announced()
        stored = await (await stage.results).get(second.image.image_id)

    assert second.image.image_id == first.image.image_id
    assert second.image.sequencer > first.image.sequencer
    assert stored.image == second.image
    assert standin.calls("DetectFaces") == 1


async def test_a_crash_between_store_and_announcement_loses_nothing(
    stage: Stage, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish, crashes = Publisher.publish, [RuntimeError("crashed")]

    async def crash_once(self: Publisher, message: ImageRecognized) -> None:
        if crashes:
            raise crashes.pop()
        await publish(self, message)

    monkeypatch.setattr(Publisher, "publish", crash_once)
    async with stage.recognizer():
        image_id = await stage.put("a.jpg", jpeg())
        (message,) = await stage.announced()

    assert message.image.image_id == image_id
    assert not crashes
    assert standin.calls("DetectFaces") == 1


async def test_the_same_picture_twice_at_once_is_paid_for_once(stage: Stage, standin: StandIn) -> None:
    standin.gate.clear()
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        await standin.reached(2)
        twin = events.encode(await _image(stage, "a.jpg"))
        await stage.send(twin)
        await until(_in_flight(stage, 2))
        standin.gate.set()
        announced = await stage.announced(2)

    assert len({message.image.image_id for message in announced}) == 1
    assert (standin.calls("DetectFaces"), standin.calls("DetectLabels")) == (1, 1)


async def test_one_message_may_announce_several_pictures(stage: Stage) -> None:
    await stage.put("good.jpg", jpeg())
    await stage.put("bad.jpg", b"words, words, words")
    notifications = [json.loads(message["Body"]) for message in await stage.take(stage.names.recognizer_images.name, 3)]
    records = [record for notification in notifications for record in notification.get("Records", [])]
    async with stage.recognizer():
        await stage.send({"Records": records})
        announced = await stage.announced(2)
        (dead,) = await stage.dead()

    assert {(message.image.key, type(message)) for message in announced} == {
        ("good.jpg", ImageRecognized),
        ("bad.jpg", ImageFailed),
    }
    assert "bad.jpg" in dead["MessageAttributes"]["Reason"]["StringValue"]


@pytest.mark.parametrize(
    "key",
    [
        "plain.jpg",
        "with space and+plus/and %2F percent.jpg",
        "Ünïcödé/日本語/🙂.jpg",
        "é" * 510 + ".jpg",
        "quotes\"and'more&<>.jpg",
    ],
    ids=["plain", "plus", "unicode", "1024 bytes", "quotes"],
)
async def test_any_key_arrives_as_it_was_meant(stage: Stage, key: str) -> None:
    async with stage.recognizer():
        picture = await stage.put(key, jpeg())
        (message,) = await stage.announced()

    assert (message.image.key, message.image.image_id) == (key, picture)


async def test_a_message_too_large_for_the_queue_points_to_the_result(stage: Stage, standin: StandIn) -> None:
    standin.faces = [FACE] * 60
    standin.labels = [
        {
            "Name": f"Thing {n}",
            "Confidence": 90.0,
            "Instances": [{"BoundingBox": FACE["BoundingBox"], "Confidence": 87.65432} for _ in range(250)],
        }
        for n in range(10)
    ]
    async with stage.recognizer():
        await stage.put("crowd.jpg", jpeg())
        (message,) = await stage.announced()
        assert isinstance(message, ImageRecognized)
        recognition = await (await stage.results).recognition_of(message)

    assert message.recognition is None
    assert len(recognition.faces) == 60
    assert sum(len(label.instances) for label in recognition.labels) == 2500


async def test_a_large_picture_is_fetched_by_rekognition_itself(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        await stage.put("noise.png", noise(400, 400))
        await stage.announced()

    place = {"Bucket": stage.names.images.name, "Name": "noise.png"}
    assert [asked.body["Image"] for asked in standin.asked] == [{"S3Object": place}] * 2


async def test_a_picture_that_rekognition_may_have_fetched_too_late_is_left_to_its_newer_event(
    stage: Stage, standin: StandIn
) -> None:
    standin.gate.clear()
    async with stage.recognizer():
        older = await stage.put("noise.png", noise(400, 400))
        await standin.reached(2)
        newer = await stage.put("noise.png", jpeg())
        standin.gate.set()
        (message,) = await stage.announced()
        await stage.settled()

    assert message.image.image_id == newer
    assert not await exists(await stage.aws.client("s3"), stage.names.results.name, result_key(older))


async def test_a_picture_deleted_before_rekognition_fetched_it_leaves_nothing(stage: Stage, standin: StandIn) -> None:
    standin.judge = lambda _: Refusal("InvalidS3ObjectException")
    standin.gate.clear()
    async with stage.recognizer():
        await stage.put("noise.png", noise(400, 400))
        await standin.reached(2)
        await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key="noise.png")
        standin.gate.set()
        await stage.settled()

    assert len(standin.asked) == 2
    assert await stage.waiting(stage.names.recognizer_images.dead_letter) == 0


async def test_a_version_of_a_versioned_bucket_is_recognized_as_that_version(stage: Stage) -> None:
    s3 = await stage.aws.client("s3")
    await s3.put_bucket_versioning(Bucket=stage.names.images.name, VersioningConfiguration={"Status": "Enabled"})
    versions = [
        await s3.put_object(Bucket=stage.names.images.name, Key="a.jpg", Body=jpeg(side)) for side in (100, 200)
    ]
    async with stage.recognizer():
        announced = await stage.announced(2)

    widths = {
        m.image.version_id: m.recognition.width for m in announced if isinstance(m, ImageRecognized) and m.recognition
    }
    assert widths == {versions[0]["VersionId"]: 100, versions[1]["VersionId"]: 200}


def _in_flight(stage: Stage, count: int) -> Callable[[], Awaitable[bool]]:
    """Whether so many messages were received and are not settled."""

    async def received() -> bool:
        sqs = await stage.aws.client("sqs")
        url = await stage.aws.queue_url(stage.names.recognizer_images.name)
        name = "ApproximateNumberOfMessagesNotVisible"
        answer = await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return int(answer["Attributes"][name]) >= count

    return received


async def _image(stage: Stage, key: str) -> ImageRef:
    head = await (await stage.aws.client("s3")).head_object(Bucket=stage.names.images.name, Key=key)
    return ImageRef.of(
        bucket=stage.names.images.name,
        key=key,
        etag=head["ETag"],
        size=head["ContentLength"],
        uploaded_at=head["LastModified"],
    )
