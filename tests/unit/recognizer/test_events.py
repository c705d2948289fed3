"""Every way in which S3 tells a queue that a picture came or went is understood; what else arrives is told apart."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_recognizer.events import Changes, RecognizeAgain, Removal, decode, encode, encode_removal
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


def changes(text: str) -> Changes:
    told = decode(text)
    assert isinstance(told, Changes)
    return told


def test_a_notification_names_its_picture() -> None:
    (image,) = changes(body(record())).arrivals
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
    assert [image.key for image in changes(body(record(quoted))).arrivals] == [key]


def test_a_version_makes_the_id_where_the_bucket_keeps_versions() -> None:
    (image,) = changes(body(record(versionId="v1"))).arrivals
    assert (image.version_id, image.image_id) == ("v1", image_id("pictures", "a.jpg", "v1"))


def test_several_records_are_several_pictures() -> None:
    images = changes(body(record("a.jpg"), record("b.jpg"))).arrivals
    assert [image.key for image in images] == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize("name", ["ObjectTagging:Put", "s3:ObjectRestore:Completed", "ObjectRestore:Delete"])
def test_what_neither_comes_nor_goes_is_left_alone(name: str) -> None:
    assert decode(body(record(name=name), record("b.jpg", name="ObjectCreated:Copy"))) == decode(
        body(record("b.jpg", name="ObjectCreated:Copy"))
    )


def removal(key: str = "a b.jpg", *, name: str = "ObjectRemoved:Delete", **more: Any) -> dict[str, Any]:
    """As Amazon documents it: without size and ETag."""
    made = record(key.replace(" ", "+"), name=name, **more)
    del made["s3"]["object"]["size"], made["s3"]["object"]["eTag"]
    return made


GONE = Removal(
    bucket="pictures",
    key="a b.jpg",
    deleted_at=datetime(2026, 11, 21, 10, 0, 0, 123_000, UTC),
    sequencer="0055AED6DCD90281E5",
)


@pytest.mark.parametrize("name", ["ObjectRemoved:Delete", "s3:ObjectRemoved:Delete", "LifecycleExpiration:Delete"])
def test_a_deletion_names_its_object(name: str) -> None:
    assert decode(body(removal(name=name))) == Changes(removals=(GONE,))


@pytest.mark.parametrize("name", ["ObjectRemoved:DeleteMarkerCreated", "LifecycleExpiration:DeleteMarkerCreated"])
def test_a_delete_marker_means_the_object_and_not_the_version_that_it_is(name: str) -> None:
    assert decode(body(removal(name=name, versionId="marker"))) == Changes(removals=(GONE,))


@pytest.mark.parametrize("version", ["v1", "null"])
def test_a_version_that_is_deleted_for_good_is_named(version: str) -> None:
    assert decode(body(removal(versionId=version))) == Changes(removals=(replace(GONE, version_id=version),))


def test_one_message_may_tell_of_both() -> None:
    told = changes(body(removal(), record("b.jpg")))
    assert ([each.key for each in told.removals], [each.key for each in told.arrivals]) == (["a b.jpg"], ["b.jpg"])


def test_the_test_event_announces_nothing() -> None:
    event = {"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": "2026-11-21T10:00:00Z", "Bucket": "pictures"}
    assert decode(json.dumps(event)) == Changes()


def test_the_empty_object_of_a_folder_is_no_picture_but_an_empty_file_is_one() -> None:
    images = changes(body(record("folder/", size=0), record("empty.jpg", size=0))).arrivals
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
    (image,) = changes(json.dumps(event)).arrivals
    assert (image.key, image.version_id, image.sequencer) == ("a+b c.jpg", "v1", "00AA")
    assert decode(json.dumps({**event, "detail-type": "Object Tags Added"})) == Changes()


@pytest.mark.parametrize(
    ("deletion", "version"),
    [("Permanently Deleted", "v1"), ("Permanently Deleted", None), ("Delete Marker Created", "v1")],
)
def test_a_deletion_that_eventbridge_tells_of(deletion: str, version: str | None) -> None:
    event = {
        "version": "0",
        "detail-type": "Object Deleted",
        "source": "aws.s3",
        "time": "2026-11-21T10:00:00Z",
        "detail": {
            "bucket": {"name": "pictures"},
            "object": {"key": "a+b c.jpg", "sequencer": "00AA", **({"version-id": version} if version else {})},
            "reason": "DeleteObject",
            "deletion-type": deletion,
        },
    }
    (gone,) = changes(json.dumps(event)).removals
    assert (gone.key, gone.sequencer) == ("a+b c.jpg", "00AA")
    assert gone.version_id == (version if deletion == "Permanently Deleted" else None)


def test_a_deletion_in_the_envelope_of_a_topic() -> None:
    envelope = {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:x", "Message": body(removal())}
    assert decode(json.dumps(envelope)) == Changes(removals=(GONE,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no json",
        "[]",
        "null",
        "{}",
        '{"Records": 1}',
        '{"Event": "s3:Other"}',
        '{"Message": "no json"}',
        '{"type": "image.recognized.v1"}',
        '{"type": "recognizer.again.v1"}',
    ],
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
    assert decode(encode(image)) == Changes((image,))


def test_a_deletion_that_the_sweep_writes_is_read_back() -> None:
    told = decode(encode_removal(GONE.bucket, "a b/c+d é%.jpg", GONE.deleted_at))
    assert told == Changes(removals=(replace(GONE, key="a b/c+d é%.jpg", sequencer=""),))


def test_a_request_to_recognize_again_is_told_from_every_event() -> None:
    (image,) = changes(body(record())).arrivals
    request = RecognizeAgain(image=image)
    assert decode(request.model_dump_json(exclude_none=True)) == request
