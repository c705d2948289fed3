"""S3 as `ingest`, `annotator` and the sweep use it."""

import contextlib
import http.client
import socket
import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import Emulator


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[int, str]:
    answer = error.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


def fetch(url: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_conditional_put_does_not_overwrite(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    s3.put_object(Bucket=bucket, Key="once", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket=bucket, Key="once", Body=b"second", IfNoneMatch="*")
    assert code(error) == (412, "PreconditionFailed")
    assert s3.get_object(Bucket=bucket, Key="once")["Body"].read() == b"first"


def test_a_range_is_answered_with_its_place(aws: Any, bucket: str) -> None:
    aws("s3").put_object(Bucket=bucket, Key="r", Body=b"0123456789")
    part = aws("s3").get_object(Bucket=bucket, Key="r", Range="bytes=2-4")
    assert (part["Body"].read(), part["ContentRange"]) == (b"234", "bytes 2-4/10")
    assert aws("s3").get_object(Bucket=bucket, Key="r", Range="bytes=-3")["Body"].read() == b"789"
    with pytest.raises(ClientError) as error:
        aws("s3").get_object(Bucket=bucket, Key="r", Range="bytes=99-")
    assert code(error) == (416, "InvalidRange")


def test_a_conditional_get_is_answered_by_etag(aws: Any, bucket: str) -> None:
    etag = aws("s3").put_object(Bucket=bucket, Key="c", Body=b"x")["ETag"]
    with pytest.raises(ClientError) as error:
        aws("s3").get_object(Bucket=bucket, Key="c", IfNoneMatch=etag)
    assert code(error) == (304, "304")
    with pytest.raises(ClientError) as error:
        aws("s3").get_object(Bucket=bucket, Key="c", IfMatch='"another"')
    assert code(error) == (412, "PreconditionFailed")


def test_what_is_missing_is_told_apart(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    for call, expected in (
        (lambda: s3.get_object(Bucket=bucket, Key="none"), (404, "NoSuchKey")),
        (lambda: s3.head_object(Bucket=bucket, Key="none"), (404, "404")),
        (lambda: s3.put_object(Bucket="contract-no-bucket", Key="k", Body=b""), (404, "NoSuchBucket")),
    ):
        with pytest.raises(ClientError) as error:
            call()
        assert code(error) == expected


def test_a_listing_is_in_byte_order_and_goes_on_where_it_stopped(aws: Any, bucket: str) -> None:
    keys = ["b", "a/1", "a/2", "c d", "é", "Z", "~", "c+d"]
    for key in keys:
        aws("s3").put_object(Bucket=bucket, Key=key, Body=b"")
    pages = aws("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, PaginationConfig={"PageSize": 3})
    listed = [entry["Key"] for page in pages for entry in page["Contents"]]
    assert listed == sorted(keys, key=str.encode)
    rest = aws("s3").list_objects_v2(Bucket=bucket, StartAfter="b")["Contents"]
    assert [entry["Key"] for entry in rest] == ["c d", "c+d", "~", "é"]


def test_an_aborted_upload_leaves_nothing(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    upload = s3.create_multipart_upload(Bucket=bucket, Key="cut.jpg")["UploadId"]
    s3.upload_part(Bucket=bucket, Key="cut.jpg", UploadId=upload, PartNumber=1, Body=b"some")
    s3.abort_multipart_upload(Bucket=bucket, Key="cut.jpg", UploadId=upload)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_a_presigned_link_opens_one_object_under_one_host_for_a_time(aws: Any, bucket: str) -> None:
    s3 = aws("s3")
    for key in ("a b.jpg", "other.jpg"):
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())
    link = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "a b.jpg"}, ExpiresIn=60)
    assert fetch(link) == (200, b"a b.jpg")
    assert fetch(link.replace("a%20b", "other"))[0] == 403
    assert fetch(link.replace("127.0.0.1", "localhost"))[0] == 403
    assert fetch(link[:-1] + ("0" if link[-1] != "0" else "1"))[0] == 403


def test_a_large_body_arrives_whole(aws: Any, bucket: str) -> None:
    body = bytes(range(256)) * (9 << 12)  # 9 MiB, sent after the server's 100 Continue
    aws("s3").put_object(Bucket=bucket, Key="large", Body=body)
    assert aws("s3").get_object(Bucket=bucket, Key="large")["Body"].read() == body
    assert aws("s3").head_object(Bucket=bucket, Key="large")["ContentLength"] == len(body)


def test_a_body_of_unknown_length_arrives_whole(aws: Any, bucket: str, emulator: Emulator) -> None:
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"))
    with contextlib.closing(connection):
        chunks = iter([b"one, ", b"two, ", b"three"])
        headers = {"Transfer-Encoding": "chunked"}
        connection.request("PUT", f"/{bucket}/chunked", body=chunks, headers=headers, encode_chunked=True)
        assert connection.getresponse().status == 200
    assert aws("s3").get_object(Bucket=bucket, Key="chunked")["Body"].read() == b"one, two, three"


def test_a_body_that_is_cut_off_leaves_nothing(aws: Any, bucket: str, emulator: Emulator) -> None:
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"PUT /{bucket}/cut HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\nonly this".encode()
        )
    assert aws("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0
