"""S3 as `ingest`, `recognizer`, `annotator` and the sweeps use it."""

import hashlib
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import answered


def refusal(call: Any) -> tuple[int, str]:
    with pytest.raises(ClientError) as error:
        call()
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def upload(s3: Any, bucket: str, key: str, *parts: bytes, **condition: str) -> str:
    """Upload an object in parts; returns its ETag."""
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=key, ContentType="image/jpeg")["UploadId"]
    place = {"Bucket": bucket, "Key": key, "UploadId": upload_id}
    sent = [
        {"PartNumber": n, "ETag": s3.upload_part(**place, PartNumber=n, Body=part)["ETag"]}
        for n, part in enumerate(parts, 1)
    ]
    try:
        return str(s3.complete_multipart_upload(**place, MultipartUpload={"Parts": sent}, **condition)["ETag"])
    finally:
        answered(lambda: s3.abort_multipart_upload(**place))


def test_an_object_comes_back_with_its_type_its_metadata_and_its_tag(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    put = s3.put_object(
        Bucket=bucket, Key="k", Body=b"hello", ContentType="image/jpeg", Metadata={"traceparent": "00-a-b-01"}
    )
    got = s3.get_object(Bucket=bucket, Key="k")
    assert got["Body"].read() == b"hello"
    for answer in (got, s3.head_object(Bucket=bucket, Key="k")):
        assert (answer["ETag"], answer["ContentLength"]) == (put["ETag"], 5)
        assert (answer["ContentType"], answer["Metadata"]) == ("image/jpeg", {"traceparent": "00-a-b-01"})
    assert put["ETag"] == '"5d41402abc4b2a76b9719d911017c592"'  # quoted


def test_a_range_is_answered_with_its_place(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    s3.put_object(Bucket=bucket, Key="r", Body=b"0123456789")
    part = s3.get_object(Bucket=bucket, Key="r", Range="bytes=2-4")
    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert s3.get_object(Bucket=bucket, Key="r", Range="bytes=-3")["Body"].read() == b"789"
    assert refusal(lambda: s3.get_object(Bucket=bucket, Key="r", Range="bytes=99-")) == (416, "InvalidRange")


def test_what_is_missing_is_told_apart(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    missing = {"Bucket": bucket, "Key": "none"}
    assert refusal(lambda: s3.get_object(**missing)) == (404, "NoSuchKey")
    assert refusal(lambda: s3.head_object(**missing)) == (404, "404")
    assert refusal(lambda: s3.head_object(**missing, IfMatch='"any"')) == (404, "404")
    assert refusal(lambda: s3.head_bucket(Bucket="contract-no-bucket")) == (404, "404")
    assert refusal(lambda: s3.put_object(Bucket="contract-no-bucket", Key="k", Body=b"")) == (404, "NoSuchBucket")
    assert refusal(lambda: s3.upload_part(**missing, UploadId="none", PartNumber=1, Body=b"")) == (404, "NoSuchUpload")
    assert answered(lambda: s3.delete_object(**missing)) is None


def test_a_version_is_had_by_its_name_though_the_object_is_deleted(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    first, second = (s3.put_object(Bucket=bucket, Key="v", Body=body)["VersionId"] for body in (b"1", b"2"))
    s3.delete_object(Bucket=bucket, Key="v")
    assert refusal(lambda: s3.get_object(Bucket=bucket, Key="v")) == (404, "NoSuchKey")
    assert s3.get_object(Bucket=bucket, Key="v", VersionId=first)["Body"].read() == b"1"
    s3.delete_object(Bucket=bucket, Key="v", VersionId=second)
    gone = {"Bucket": bucket, "Key": "v", "VersionId": second}
    assert refusal(lambda: s3.get_object(**gone)) == (404, "NoSuchVersion")
    assert refusal(lambda: s3.head_object(**gone)) == (404, "404")


def test_versions_are_listed_where_none_are_kept_too(aws: Any, bucket: str) -> None:
    etag = aws("s3").put_object(Bucket=bucket, Key="k", Body=b"")["ETag"]
    (entry,) = aws("s3").list_object_versions(Bucket=bucket)["Versions"]
    assert (entry["Key"], entry["VersionId"], entry["IsLatest"], entry["ETag"]) == ("k", "null", True, etag)


def test_a_listing_is_in_byte_order_and_goes_on_where_it_stopped(aws: Any, bucket: str) -> None:
    keys = ["b", "a/1", "a/2", "c d", "Z", "~", "c+d"]
    for key in keys:
        aws("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    pages = aws("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
    listed = [entry["Key"] for page in pages for entry in page["Contents"]]
    assert listed == sorted(keys, key=str.encode)
    rest = aws("s3").list_objects_v2(Bucket=bucket, StartAfter="b")["Contents"]
    assert [entry["Key"] for entry in rest] == ["c d", "c+d", "~"]
    folders = aws("s3").list_objects_v2(Bucket=bucket, Delimiter="/")["CommonPrefixes"]
    assert folders == [{"Prefix": "a/"}]


def test_whether_a_listing_finds_keys_that_are_quoted_on_their_way(aws: Any, bucket: str, answers: Any) -> None:
    for key in ("~", "é"):
        aws("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    assert [entry["Key"] for entry in aws("s3").list_objects_v2(Bucket=bucket)["Contents"]] == ["~", "é"]
    pages = aws("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 1})

    def listed() -> list[str]:
        return [entry["Key"] for page in pages for entry in page["Contents"]]

    if answers.quoted_keys_listed:
        assert listed() == ["~", "é"]
    else:
        assert answered(listed) == "InternalError"
    assert aws("s3").list_objects_v2(Bucket=bucket, Prefix="é")["KeyCount"] == 1


def test_versions_are_listed_completely_page_by_page(aws: Any, bucket: str) -> None:
    keys = {"b", "a/1", "c d", "é", "~"}
    for key in keys:
        aws("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    pages = aws("s3").get_paginator("list_object_versions").paginate(Bucket=bucket, PaginationConfig={"PageSize": 2})
    assert {entry["Key"] for page in pages for entry in page["Versions"]} == keys  # MiniStack lists some twice


def test_keys_are_kept_as_they_are(aws: Any, bucket: str) -> None:
    keys = [".", "..", "../x", "/lead", "a//b", "a/./b", "a\x01b\nc"]
    for key in keys:
        aws("s3").put_object(Bucket=bucket, Key=key, Body=key.encode())
    for key in keys:
        assert aws("s3").get_object(Bucket=bucket, Key=key)["Body"].read() == key.encode()
    assert [entry["Key"] for entry in aws("s3").list_objects_v2(Bucket=bucket)["Contents"]] == sorted(keys)


def test_what_a_listing_does_with_a_token_that_was_never_given_out(aws: Any, bucket: str, answers: Any) -> None:
    def listing() -> Any:
        return aws("s3").list_objects_v2(Bucket=bucket, ContinuationToken="garbage")

    if answers.foreign_token == 200:
        assert listing()["KeyCount"] == 0
    else:
        assert refusal(listing)[0] == answers.foreign_token


def test_a_conditional_put_does_not_overwrite(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    etag = s3.put_object(Bucket=bucket, Key="once", Body=b"first", IfNoneMatch="*")["ETag"]
    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": '"another"'}):
        put = partial(s3.put_object, Bucket=bucket, Key="once", Body=b"second", **condition)
        assert refusal(put) == (412, "PreconditionFailed")
    assert refusal(lambda: upload(s3, bucket, "once", b"2", IfNoneMatch="*")) == (412, "PreconditionFailed")
    assert s3.get_object(Bucket=bucket, Key="once")["Body"].read() == b"first"
    s3.put_object(Bucket=bucket, Key="once", Body=b"second", IfMatch=etag)
    gone = refusal(lambda: s3.put_object(Bucket=bucket, Key="none", Body=b"", IfMatch=etag))
    assert gone == (404, "NoSuchKey")


def test_a_conditional_get_is_answered_by_etag(aws: Any, bucket: str, answers: Any) -> None:
    s3 = aws("s3")
    etag = s3.put_object(Bucket=bucket, Key="c", Body=b"x")["ETag"]
    assert refusal(lambda: s3.get_object(Bucket=bucket, Key="c", IfNoneMatch=etag)) == (304, "304")
    assert refusal(lambda: s3.get_object(Bucket=bucket, Key="c", IfMatch='"other"')) == (412, "PreconditionFailed")
    assert refusal(lambda: s3.head_object(Bucket=bucket, Key="c", IfMatch='"other"')) == (412, "412")
    assert s3.get_object(Bucket=bucket, Key="c", IfMatch=etag)["Body"].read() == b"x"
    assert (answered(lambda: s3.head_object(Bucket=bucket, Key="c", IfMatch="*")) is None) == answers.any_etag_read


def test_a_deletion_may_be_bound_to_what_is_there(aws: Any, bucket: str, answers: Any) -> None:
    s3 = aws("s3")
    etag = s3.put_object(Bucket=bucket, Key="a", Body=b"x")["ETag"]

    def delete(condition: str) -> Any:
        return s3.delete_object(Bucket=bucket, Key="a", IfMatch=condition)

    if not answers.conditional_deletes:
        assert refusal(lambda: delete(etag)) == (501, "NotImplemented")
        return
    assert refusal(lambda: delete('"other"')) == (412, "PreconditionFailed")
    delete(etag)
    for condition in (etag, "*"):
        assert refusal(partial(delete, condition)) == (404, "NoSuchKey")
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    delete("*")


def test_an_upload_in_parts_has_the_etag_of_its_parts(aws: Any, bucket: str, answers: Any) -> None:
    s3, part = aws("s3"), bytes(5 << 20)
    etags = [upload(s3, bucket, key, part, b"rest") for key in ("one", "two")]
    digests = b"".join(hashlib.md5(each).digest() for each in (part, b"rest"))
    assert etags[0] == etags[1] == f'"{hashlib.md5(digests).hexdigest()}-2"'
    assert s3.head_object(Bucket=bucket, Key="one")["ContentLength"] == len(part) + 4
    small = answered(lambda: upload(s3, bucket, "small", b"1", b"2"))
    assert small == (None if answers.small_parts else "EntityTooSmall")


def test_an_aborted_upload_leaves_nothing(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    place = {"Bucket": bucket, "Key": "cut.jpg"}
    upload_id = s3.create_multipart_upload(**place)["UploadId"]
    s3.upload_part(**place, UploadId=upload_id, PartNumber=1, Body=b"some")
    s3.abort_multipart_upload(**place, UploadId=upload_id)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_large_body_arrives_whole(aws: Any, bucket: str) -> None:
    body = bytes(range(256)) * (9 << 12)  # 9 MiB, sent after the server's 100 Continue
    aws("s3").put_object(Bucket=bucket, Key="large", Body=body)
    assert aws("s3").get_object(Bucket=bucket, Key="large")["Body"].read() == body


def test_tags_are_kept_in_any_script_and_what_becomes_of_them(aws: Any, bucket: str, answers: Any) -> None:
    s3, tags = aws("s3"), [{"Key": "person", "Value": "Zoë"}]
    s3.put_object(Bucket=bucket, Key="k", Body=b"")
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags
    s3.put_object(Bucket=bucket, Key="k", Body=b"new")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == (tags if answers.tags_survive else [])
