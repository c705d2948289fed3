"""Every way in which S3 tells a queue about a picture is understood; what is not about one is told apart."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_recognizer.events import Arrivals, decode, encode
from onlooker_shared.errors import Reject
from onlooker_shared.images import ImageRef, image_id

ETAG = "d41d8cd98f00b204e9800998ecf8427e"


def record(key: str = "a.jpg", *, name: str = "ObjectCreated:Put", size: int = 5, **more: Any) -> dict[str, Any]:
    """As Amazon documents it."""
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-west-2",
        "eventTime": "2026-11-21T10:00:00.123Z",
        "eventName": name,
        "s3": {
            "s3SchemaVersion": "1.0",
            "bucket": {"name": "pictures", "ownerIdentity": {"principalId": "x"}, "arn": "arn:aws:s3:::pictures"},
            "object": {"key": key, "size": size, "eTag": ETAG, "sequencer": "0055AED6DCD90281E5", **more},
        },
    }


def body(*records: dict[str, Any]) -> str:
    return json.dumps({"Records": records})


def test_a_notification_names_its_picture() -> None:
    (image,) = decode(body(record())).images
    assert image == ImageRef(
        image_id=image_id("pictures", "a.jpg", ETAG),
        bucket="pictures",
        key="a.jpg",
        etag=ETAG,
        size=5,
        sequencer="0055AED6DCD90281E5",
        uploaded_at=datetime(2026, 11, 21, 10, 0, 0, 123_000, UTC),
    )


@pytest.mark.parametrize(
    ("quoted", "key"),
    [
        ("a+b/c%2Bd+%C3%A9.jpg", "a b/c+d é.jpg"),
        ("100%2525.jpg", "100%25.jpg"),
        ("%F0%9F%99%82.jpg", "🙂.jpg"),
        ("plain/key.jpg", "plain/key.jpg"),
    ],
)
def test_a_key_is_unquoted_like_a_form(quoted: str, key: str) -> None:
    assert [image.key for image in decode(body(record(quoted))).images] == [key]


def test_a_version_makes_the_id_where_the_bucket_keeps_versions() -> None:
    (image,) = decode(body(record(versionId="v1"))).images
    assert (image.version_id, image.image_id) == ("v1", image_id("pictures", "a.jpg", "v1"))


def test_several_records_are_several_pictures() -> None:
    images = decode(body(record("a.jpg"), record("b.jpg"))).images
    assert [image.key for image in images] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    "name", ["ObjectRemoved:Delete", "ObjectTagging:Put", "s3:ObjectRestore:Completed", "LifecycleExpiration:Delete"]
)
def test_what_is_no_creation_is_left_alone(name: str) -> None:
    assert decode(body(record(name=name), record("b.jpg", name="ObjectCreated:Copy"))) == decode(
        body(record("b.jpg", name="ObjectCreated:Copy"))
    )


def test_a_removal_needs_no_size_and_no_etag() -> None:
    removal = record(name="ObjectRemoved:Delete")
    del removal["s3"]["object"]["size"], removal["s3"]["object"]["eTag"]
    assert decode(body(removal)) == Arrivals()


def test_the_test_event_announces_nothing() -> None:
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-21T10:00:00Z", "Bucket": "pictures"}
    assert decode(json.dumps(event)) == Arrivals()


def test_the_empty_object_of_a_folder_is_no_picture_but_an_empty_file_is_one() -> None:
    images = decode(body(record("folder/", size=0), record("empty.jpg", size=0))).images
    assert [image.key for image in images] == ["empty.jpg"]


def test_a_notification_in_the_envelope_of_a_topic() -> None:
    envelope = {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:x", "Message": body(record())}
    assert decode(json.dumps(envelope)) == decode(body(record()))


def test_an_event_of_eventbridge_whose_key_is_not_quoted() -> None:
    event = {
        "version": "0",
        "detail-type": "Object Created",
        "source": "aws.s3",
        "time": "2026-11-21T10:00:00Z",
        "detail": {
            "bucket": {"name": "pictures"},
            "object": {"key": "a+b c.jpg", "size": 5, "etag": ETAG, "version-id": "v1", "sequencer": "00AA"},
            "reason": "PutObject",
        },
    }
    (image,) = decode(json.dumps(event)).images
    assert (image.key, image.version_id, image.sequencer) == ("a+b c.jpg", "v1", "00AA")
    assert decode(json.dumps({**event, "detail-type": "Object Deleted"})) == Arrivals()


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "null", "{}", '{"Records": 1}', '{"Event": "s3:Other"}', '{"Message": "no json"}']
)
def test_what_is_no_event_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        decode(text)


def test_a_creation_without_an_etag_is_refused_with_its_place() -> None:
    with pytest.raises(Reject, match=r"pictures/a\.jpg"):
        decode(body(record(eTag="")))


@pytest.mark.parametrize("version", [None, "v1"])
@pytest.mark.parametrize("key", ["a b/c+d é%.jpg", "🙂" * 255 + ".jpg"])
def test_what_the_sweep_writes_is_read_back(key: str, version: str | None) -> None:
    image = ImageRef.of(
        bucket="pictures",
        key=key,
        etag=ETAG,
        size=5,
        uploaded_at=datetime(2026, 11, 21, tzinfo=UTC),
        version_id=version,
    )
    assert decode(encode(image)) == Arrivals((image,))
