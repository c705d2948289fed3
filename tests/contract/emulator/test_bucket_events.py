"""What the emulator sends to a queue when an object comes or goes, as `recognizer` reads it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_plus

import pytest


@pytest.mark.parametrize("key", ["plain.jpg", "a folder/ü+漢 %2F&=?#.jpg", "k" * 1024])
def test_a_put_is_told_with_an_encoded_key_and_a_bare_etag(aws: Any, bucket: str, events: Any, key: str) -> None:
    put = aws("s3").put_object(Bucket=bucket, Key=key, Body=b"hello")
    ((record,),) = (event["Records"] for event in events.take())
    assert record["eventName"] == "ObjectCreated:Put"
    assert record["s3"]["bucket"]["name"] == bucket
    told = record["s3"]["object"]
    assert unquote_plus(told["key"]) == key
    assert (told["size"], f'"{told["eTag"]}"') == (5, put["ETag"])
    assert "versionId" not in told


def test_spaces_are_told_as_plus_and_slashes_as_they_are(aws: Any, bucket: str, events: Any) -> None:
    aws("s3").put_object(Bucket=bucket, Key="a b/c+d é", Body=b"")
    assert events.take()[0]["Records"][0]["s3"]["object"]["key"] == "a+b/c%2Bd+%C3%A9"


def test_a_multipart_upload_is_told_once_when_it_is_complete(aws: Any, bucket: str, events: Any) -> None:
    s3 = aws("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="big.jpg")["UploadId"]
    part = s3.upload_part(Bucket=bucket, Key="big.jpg", UploadId=upload, PartNumber=1, Body=b"all")
    assert events.take(wait=0) == []
    s3.complete_multipart_upload(
        Bucket=bucket,
        Key="big.jpg",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]},
    )
    (event,) = events.take()
    assert event["Records"][0]["eventName"] == "ObjectCreated:CompleteMultipartUpload"
    assert event["Records"][0]["s3"]["object"]["eTag"].endswith("-1")


def test_the_version_is_told_when_the_bucket_keeps_versions(aws: Any, bucket: str, events: Any) -> None:
    aws("s3").put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    put = aws("s3").put_object(Bucket=bucket, Key="v.jpg", Body=b"x")
    assert events.take()[0]["Records"][0]["s3"]["object"]["versionId"] == put["VersionId"]


def test_sequencers_grow_with_the_writes_of_a_key(aws: Any, bucket: str, events: Any) -> None:
    for body in (b"1", b"22", b"333"):
        aws("s3").put_object(Bucket=bucket, Key="same.jpg", Body=body)
    told = [event["Records"][0]["s3"]["object"] for event in events.take()]
    assert [record["size"] for record in told] == [1, 2, 3]
    sequencers = [record["sequencer"] for record in told]
    assert sequencers == sorted(set(sequencers))
    assert {len(sequencer) for sequencer in sequencers} == {18}  # of one length, so that text order is their order


def test_an_event_is_in_the_queue_when_the_put_is_answered(aws: Any, bucket: str, events: Any) -> None:
    aws("s3").put_object(Bucket=bucket, Key="now.jpg", Body=b"x")
    assert len(events.receive(wait=0)) == 1


def test_no_event_is_lost_while_others_receive_and_delete(aws: Any, bucket: str, events: Any) -> None:
    total, taken = 300, []

    def put(number: int) -> None:
        aws("s3").put_object(Bucket=bucket, Key=str(number), Body=b"x")

    with ThreadPoolExecutor(8) as threads:
        puts = [threads.submit(put, number) for number in range(total)]
        while not all(done.done() for done in puts):
            taken += events.take(wait=0)
        for done in puts:
            done.result()
    while more := events.take(wait=0):
        taken += more
    assert sorted(int(event["Records"][0]["s3"]["object"]["key"]) for event in taken) == list(range(total))


def told(queue: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(record["eventName"], record["s3"]["object"]) for event in queue.take() for record in event["Records"]]


@pytest.mark.parametrize("key", ["plain.jpg", "a folder/ü+漢 %2F&=?#.jpg"])
def test_a_deletion_is_told_after_the_put_with_a_larger_sequencer(aws: Any, bucket: str, events: Any, key: str) -> None:
    aws("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    aws("s3").delete_object(Bucket=bucket, Key=key)
    (_, put), (name, deletion) = told(events)
    assert name == "ObjectRemoved:Delete"
    assert unquote_plus(deletion["key"]) == key
    assert deletion["sequencer"] > put["sequencer"]
    assert "versionId" not in deletion


def test_each_of_many_deleted_at_once_is_told(aws: Any, bucket: str, events: Any) -> None:
    for key in ("a", "b"):
        aws("s3").put_object(Bucket=bucket, Key=key, Body=b"x")
    aws("s3").delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "a"}, {"Key": "b"}]})
    assert [(name, at["key"]) for name, at in told(events)][2:] == [
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
    assert [(name, at["versionId"]) for name, at in told(events)][1:] == [
        ("ObjectRemoved:DeleteMarkerCreated", marker["VersionId"]),
        ("ObjectRemoved:Delete", put["VersionId"]),
    ]


def test_a_deletion_may_be_bound_to_what_is_there(aws: Any, bucket: str, events: Any) -> None:
    s3 = aws("s3")
    etag = s3.put_object(Bucket=bucket, Key="a.jpg", Body=b"x")["ETag"]
    with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
        s3.delete_object(Bucket=bucket, Key="a.jpg", IfMatch='"other"')
    s3.delete_object(Bucket=bucket, Key="a.jpg", IfMatch=etag)
    for condition in (etag, "*"):
        with pytest.raises(s3.exceptions.ClientError, match="NoSuchKey"):
            s3.delete_object(Bucket=bucket, Key="a.jpg", IfMatch=condition)
    assert [name for name, _ in told(events)] == ["ObjectCreated:Put", "ObjectRemoved:Delete"]
