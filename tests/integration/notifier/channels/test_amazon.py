"""Channels to Amazon's services, against the emulator: what comes out at their other end."""

import asyncio
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from emulator import Emulator
from letterbox import TOLD_AT, a_message
from notifying import SENDER, Mailbox, Parts
from onlooker_notifier import notices
from onlooker_notifier.channels.bodies import body
from onlooker_notifier.channels.kinds import (
    CloudWatchSettings,
    EmailSettings,
    EventBridgeSettings,
    IotSettings,
    SnsSettings,
)
from onlooker_notifier.channels.message import RefusedError, UnansweredError
from onlooker_notifier.channels.pictures import Pictures
from onlooker_notifier.channels.profiles import Profiles
from onlooker_notifier.channels.senders.cloudwatch import CloudWatch
from onlooker_notifier.channels.senders.eventbridge import EventBridge
from onlooker_notifier.channels.senders.iot import Iot
from onlooker_notifier.channels.senders.ses import Ses
from onlooker_notifier.channels.senders.sns import Sns
from onlooker_shared.annotations import thumbnail_key
from onlooker_shared.aws import Aws
from onlooker_shared.results import Results, StoredResult
from onlooker_shared.topology import topology
from overhearing import Phone, a_bus, a_topic, subscriber
from recognitions import a_face, a_label, a_recognition, an_image


@pytest.fixture
async def bucket(aws: Aws) -> str:
    name = f"t{uuid.uuid4().hex}"
    await (await aws.client("s3")).create_bucket(Bucket=name)
    return name


async def test_a_mail_shows_the_thumbnail_of_the_first_picture_that_is_drawn(
    parts: Parts, aws: Aws, bucket: str, mailbox: Mailbox
) -> None:
    drawn = notices.recognized(an_image("drawn.jpg"), a_recognition(a_face()))
    s3 = await aws.client("s3")
    await s3.put_object(Bucket=bucket, Key=thumbnail_key(drawn.image_id), Body=b"\xff\xd8thumbnail")
    message = a_message(notices.recognized(an_image("not-yet.jpg"), a_recognition()), drawn)

    await Ses(parts.ses, Pictures(s3, bucket), sender=SENDER).send(EmailSettings(to=(mailbox.address,)), None, message)

    [mail] = await mailbox.mails()
    assert mail["Subject"] == message.letter.subject
    assert 'src="cid:' in mail["BodyHtml"]
    assert 'alt="images/drawn.jpg"' in mail["BodyHtml"]


async def test_a_mail_waits_for_its_picture_to_be_drawn_but_not_for_long(
    parts: Parts, aws: Aws, bucket: str, mailbox: Mailbox
) -> None:
    late, never = (notices.recognized(an_image(name), a_recognition(a_face())) for name in ("late.jpg", "never.jpg"))
    s3 = await aws.client("s3")
    pictures = Pictures(s3, bucket, wait=30.0)
    waiting = asyncio.create_task(pictures.first_of(a_message(late)))
    await asyncio.sleep(0)
    await s3.put_object(Bucket=bucket, Key=thumbnail_key(late.image_id), Body=b"\xff\xd8thumbnail")

    assert await asyncio.wait_for(waiting, 20.0) == (b"\xff\xd8thumbnail", "images/late.jpg")
    assert await Pictures(s3, bucket, wait=0.1).first_of(a_message(never)) is None
    assert await asyncio.wait_for(pictures.first_of(a_message(late, test=True)), 20.0) is None
    failed = notices.failed(an_image("broken.jpg"), "It is empty.")
    assert await asyncio.wait_for(pictures.first_of(a_message(failed)), 20.0) is None


async def test_a_topic_hands_the_text_to_a_queue_and_says_how_text_messages_are_sent(parts: Parts, aws: Aws) -> None:
    topic, queue = await a_topic(aws)

    receipt = await Sns(parts.sns).send(SnsSettings(topic_arn=topic, sender_id="Onlooker"), None, a_message())

    told = await queue.heard()
    assert (told["Message"], told["MessageId"]) == (a_message().letter.text, receipt.message_id)
    attributes = {name: value["Value"] for name, value in told["MessageAttributes"].items()}
    assert attributes == {"AWS.SNS.SMS.SMSType": "Transactional", "AWS.SNS.SMS.SenderID": "Onlooker"}


@pytest.mark.parametrize(
    ("more", "told", "attributes"),
    [
        ({}, "Ann was seen", {"SMSType": "Transactional"}),
        (
            {"sms_type": "Promotional", "sender_id": "Onlooker"},
            "x" * 479 + "…",
            {"SMSType": "Promotional", "SenderID": "Onlooker"},
        ),
    ],
    ids=["as it comes", "with settings, and cut"],
)
async def test_a_phone_gets_the_subject_as_a_text_message(
    parts: Parts, emulator: Emulator, more: dict[str, Any], told: str, attributes: dict[str, str]
) -> None:
    subject = "x" * 481 if more else told
    phone, message = Phone(emulator), a_message()
    message = replace(message, letter=replace(message.letter, subject=subject))

    receipt = await Sns(parts.sns).send(SnsSettings(phone_number=phone.number, **more), None, message)

    [text] = await phone.text_messages()
    assert (text["MessageId"], text["TopicArn"], text["Subject"]) == (receipt.message_id, None, None)
    assert text["Message"] == told
    values = {name: each["StringValue"] for name, each in text["MessageAttributes"].items()}
    assert values == {f"AWS.SNS.SMS.{name}": value for name, value in attributes.items()}


async def test_iot_gets_the_whole_profile_of_who_was_seen_and_ours_beside_it(
    parts: Parts, aws: Aws, emulator: Emulator, bucket: str
) -> None:
    names = topology(parts.rules.removesuffix("alert-rules"))
    await parts.dynamodb.put_item(
        TableName=names.people.name, Item={"person_id": {"S": "p1"}, "face_ids": {"SS": ["f1", "f2"]}}
    )
    await parts.dynamodb.put_item(
        TableName=names.profiles.name,
        Item={
            "FaceId": {"S": "f2"},
            "Bio": {"S": "Likes cats"},
            "Age": {"N": "42"},
            "Tags": {"SS": ["b", "a"]},
            "Photo": {"B": b"x"},
            "Address": {"M": {"City": {"S": "Ulm"}}},
        },
    )
    recognition = a_recognition(a_face("HAPPY", name="Ann", person_id="p1"), a_face("SAD"), a_label("Cat"))
    image, nobody = an_image("ann.jpg"), an_image("cat.jpg")
    results = Results(await aws.client("s3"), bucket)
    await results.put(StoredResult(image=image, recognition=recognition, rekognition={}))
    await results.put(StoredResult(image=nobody, recognition=a_recognition(a_label("Cat")), rekognition={}))
    message = a_message(notices.recognized(image, recognition), notices.recognized(nobody, a_recognition()))
    sender = Iot(
        lambda: aws.client("iot-data"), results, Profiles(parts.dynamodb, names.people.name, names.profiles.name)
    )

    async with subscriber(emulator, "rekognition") as things:
        receipt = await sender.send(IotSettings(), None, message)
        told = [await things.heard(), await things.heard()]

    assert receipt.answer == "2 messages"
    [ann] = [each for each in told if "FaceId" in each]
    ours = ann.pop("onlooker")
    similarity = ann.pop("Similarity")
    assert ann == {"FaceId": "f2", "Bio": "Likes cats", "Age": 42, "Tags": ["a", "b"], "Address": {"City": "Ulm"}}
    assert ours["persons"] == [{"person_id": "p1", "name": "Ann", "similarity": similarity}]
    assert (ours["bucket"], ours["key"]) == ("images", "ann.jpg")
    assert [label["name"] for label in ours["labels"]] == ["Cat"]
    [other] = [each for each in told if "FaceId" not in each]
    assert other["onlooker"]["key"] == "cat.jpg"


async def test_cloudwatch_counts_pictures_faces_failures_and_emotions(aws: Aws, bucket: str) -> None:
    recognition = a_recognition(a_face("HAPPY"), a_face("HAPPY"))
    results = Results(await aws.client("s3"), bucket)
    await results.put(StoredResult(image=an_image(), recognition=recognition, rekognition={}))
    namespace = f"Onlooker/{uuid.uuid4().hex}"
    message = a_message(notices.recognized(an_image(), recognition), notices.failed(an_image("x"), "empty"))

    await CloudWatch(lambda: aws.client("cloudwatch"), results).send(
        CloudWatchSettings(namespace=namespace), None, message
    )

    cloudwatch = await aws.client("cloudwatch")
    listed = (await cloudwatch.list_metrics(Namespace=namespace))["Metrics"]
    assert {(m["MetricName"], *(d["Value"] for d in m["Dimensions"])) for m in listed} == {
        ("Pictures",),
        ("Faces",),
        ("Failures",),
        ("Emotion", "HAPPY"),
    }
    faces = await cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="Faces",
        StartTime=TOLD_AT - timedelta(minutes=5),  # and not when it was taken, which may be hours later
        EndTime=TOLD_AT + timedelta(minutes=5),
        Period=3600,
        Statistics=["Sum"],
    )
    assert sum(point["Sum"] for point in faces["Datapoints"]) == 2


async def test_a_bus_hands_the_json_of_webhooks_to_who_has_a_rule_for_it(aws: Aws) -> None:
    wanted = {"source": ["house"], "detail-type": ["alert.v1"], "detail": {"rule": {"id": ["cats"]}}}
    name, queue = await a_bus(aws, wanted)

    sender = EventBridge(lambda: aws.client("events"))
    receipt = await sender.send(EventBridgeSettings(bus=name, source="house"), None, a_message())

    event = await queue.heard()
    assert (event["id"], event["source"], event["detail-type"]) == (receipt.message_id, "house", "alert.v1")
    assert event["detail"] == body(a_message())


class Full:
    """EventBridge when it takes the call, but not the event."""

    def __init__(self, code: str) -> None:
        self._code = code
        self.entries: list[dict[str, Any]] = []

    async def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - Amazon's
        self.entries += Entries
        return {"FailedEntryCount": len(Entries), "Entries": [{"ErrorCode": self._code} for _ in Entries]}

    async def client(self) -> "Full":
        return self


@pytest.mark.parametrize(
    ("code", "error"), [("ThrottlingException", UnansweredError), ("MalformedDetail", RefusedError)]
)
async def test_an_event_that_a_bus_does_not_take_is_noticed(code: str, error: type[Exception]) -> None:
    full = Full(code)
    with pytest.raises(error, match=code):
        await EventBridge(full.client).send(EventBridgeSettings(), None, a_message())

    assert [entry["Time"] for entry in full.entries] == [TOLD_AT]  # which the emulator takes for nothing
