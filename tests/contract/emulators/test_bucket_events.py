"""What is sent to a queue when an object comes or goes, as `recognizer` reads it."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote_plus

import pytest

from .conftest import answered


@pytest.mark.parametrize("key", ["plain.jpg", "a folder/ü+漢 %2F&=?#.jpg", "k" * 1024])
def test_a_put_is_told_with_an_encoded_key_and_a_bare_etag(aws: Any, bucket: str, events: Any, key: str) -> None:
    put = aws("s3").put_object(Bucket=bucket, Key=key, Body=b"hello")
    ((name, told),) = events.take()
    assert name == "ObjectCreated:Put"
    assert unquote_plus(told["key"]) == key
    assert (told["size"], f'"{told["eTag"]}"') == (5, put["ETag"])
    assert "versionId" not in told


def test_an_event_names_its_bucket_and_its_time(aws: Any, bucket: str, events: Any) -> None:
    aws("s3").put_object(Bucket=bucket, Key="k", Body=b"")
    (event,) = events.queue.take()
    (record,) = event["Records"]
    assert record["s3"]["bucket"]["name"] == bucket
    told = datetime.fromisoformat(record["eventTime"])
    assert abs(datetime.now(UTC) - told) < timedelta(minutes=1)


def test_how_spaces_are_told(aws: Any, bucket: str, events: Any, answers: Any) -> None:
    aws("s3").put_object(Bucket=bucket, Key="a b/c+d é", Body=b"")
    ((_, told),) = events.take()
    assert told["key"] == "a+b/c%2Bd+%C3%A9".replace("+", answers.space)


def test_a_multipart_upload_is_told_once_when_it_is_complete(aws: Any, bucket: str, events: Any) -> None:
    s3 = aws("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big.jpg")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="big.jpg", UploadId=upload, PartNumber=1, Body=b"all")
    assert events.queue.is_empty()
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="big.jpg",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    ((name, told),) = events.take()
    assert name == "ObjectCreated:CompleteMultipartUpload"
    assert told["eTag"].endswith("-1")


def test_the_version_is_told_when_the_bucket_keeps_versions(aws: Any, bucket: str, events: Any) -> None:
    aws("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put = aws("s3").put_object(Bucket=bucket, Key="v.jpg", Body=b"x")
    ((_, told),) = events.take()
    assert told["versionId"] == put["VersionId"]


def test_sequencers_and_times_grow_with_the_events_of_a_key(aws: Any, bucket: str, events: Any, answers: Any) -> None:
    for body in (b"1", b"22", b"333"):
        aws("s3").put_object(Bucket=bucket, Key="same.jpg", Body=body)
    aws("s3").delete_object(Bucket=bucket, Key="same.jpg")
    told = events.take(4)
    assert [at.get("size", 0) for _, at in told] == [1, 2, 3, 0]  # in the order of their times
    sequencers = [at["sequencer"] for _, at in told]
    assert {len(sequencer) for sequencer in sequencers} == {18}  # of one length, so that text order is their order
    assert len(set(sequencers)) == (4 if answers.sequencers else 1)
    assert sequencers == sorted(sequencers)


def test_no_event_is_lost_while_others_receive_and_delete(aws: Any, bucket: str, events: Any) -> None:
    total, taken = 200, []

    def put(number: int) -> None:
        aws("s3").put_object(Bucket=bucket, Key=str(number), Body=b"x")

    with ThreadPoolExecutor(8) as threads:
        puts = [threads.submit(put, number) for number in range(total)]
        taken = events.take(total)
        for done in puts:
            done.result()
    assert sorted(int(at["key"]) for _, at in taken) == list(range(total))


@pytest.mark.parametrize("key", ["plain.jpg", "a folder/ü+漢 %2F&=?#.jpg"])
def test_a_deletion_is_told_as_that_of_the_whole_object(aws: Any, bucket: str, events: Any, key: str) -> None:
    aws("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    aws("s3").delete_object(Bucket=bucket, Key=key)
    _, (name, deletion) = events.take(2)
    assert name == "ObjectRemoved:Delete"
    assert unquote_plus(deletion["key"]) == key
    assert "versionId" not in deletion


def test_the_deletion_of_what_is_not_there_is_not_told(aws: Any, bucket: str, events: Any) -> None:
    aws("s3").delete_object(Bucket=bucket, Key="none")
    aws("s3").put_object(Bucket=bucket, Key="some", Body=b"")
    assert [at["key"] for _, at in events.take()] == ["some"]


def test_each_of_many_deleted_at_once_is_told(aws: Any, bucket: str, events: Any) -> None:
    for key in ("a", "b"):
        aws("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    events.take(2)
    aws("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    told = events.take(2)
    assert sorted((name, at["key"]) for name, at in told) == [
        ("ObjectRemoved:Delete", "a"),
        ("ObjectRemoved:Delete", "b"),
    ]


def test_with_versions_a_deletion_tells_its_marker_and_a_versions_end_its_own_id(
    aws: Any, bucket: str, events: Any
) -> None:
    aws("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put = aws("s3").put_object(Bucket=bucket, Key="v.jpg", Body=b"x")
    marker = aws("s3").delete_object(Bucket=bucket, Key="v.jpg")
    aws("s3").delete_object(Bucket=bucket, Key="v.jpg", VersionId=put["VersionId"])
    _, *told = events.take(3)
    assert [(name, at["versionId"]) for name, at in told] == [
        ("ObjectRemoved:DeleteMarkerCreated", marker["VersionId"]),
        ("ObjectRemoved:Delete", put["VersionId"]),
    ]


def test_how_the_end_of_a_version_without_a_name_is_told(aws: Any, bucket: str, events: Any, answers: Any) -> None:
    aws("s3").put_object(Bucket=bucket, Key="old.jpg", Body=b"x")
    aws("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    aws("s3").delete_object(Bucket=bucket, Key="old.jpg", VersionId="null")
    _, (name, told) = events.take(2)
    assert name == "ObjectRemoved:Delete"
    assert told.get("versionId") == ("null" if answers.null_version_named else None)


def test_a_bucket_announces_to_queues_that_exist_and_says_to_which(aws: Any, bucket: str, make_queue: Any) -> None:
    s3, queue = aws("s3"), make_queue()
    entry = {
        "Id": "ours",
        "QueueArn": queue.arn,
        "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"],
    }

    def announce(**changes: str) -> None:
        s3.put_bucket_notification_configuration(
            Bucket=bucket, NotificationConfiguration={"QueueConfigurations": [entry | changes]}
        )

    assert answered(lambda: announce(QueueArn=f"{queue.arn}-none")) == "InvalidArgument"
    announce()
    assert s3.get_bucket_notification_configuration(Bucket=bucket)["QueueConfigurations"] == [entry]
    assert [json.loads(each["Body"])["Event"] for each in queue.receive()] == ["s3:TestEvent"]
