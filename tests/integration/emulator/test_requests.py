"""What the embedded emulator adds to MiniStack, or leaves out, as its clients meet it.

What all emulators have in common, and where they differ, is in tests/contract/emulators.
"""

import contextlib
import http.client
import json
import socket
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulator import Emulator


@pytest.fixture(scope="module")
def s3(emulator: Emulator) -> Any:
    return boto3.client("s3", endpoint_url=emulator.url, config=Config(s3={"addressing_style": "path"}))


@pytest.fixture(scope="module")
def bucket(s3: Any) -> str:
    name = "embedded-requests"
    s3.create_bucket(Bucket=name)
    return name


def test_events_are_in_the_queue_when_the_puts_are_answered_and_in_their_order(
    emulator: Emulator, s3: Any, bucket: str
) -> None:
    sqs = boto3.client("sqs", endpoint_url=emulator.url)
    url = sqs.create_queue(QueueName="embedded-requests")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    announce = {"QueueConfigurations": [{"QueueArn": arn, "Events": ["s3:ObjectCreated:*"]}]}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=announce)
    for number in range(9):
        s3.put_object(Bucket=bucket, Key=str(number), Body=b"x")
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    told = [json.loads(message["Body"]) for message in messages]
    assert told[0]["Event"] == "s3:TestEvent"
    assert [event["Records"][0]["s3"]["object"]["key"] for event in told[1:]] == [str(number) for number in range(9)]


def test_a_body_of_unknown_length_arrives_whole(emulator: Emulator, s3: Any, bucket: str) -> None:
    connection = http.client.HTTPConnection(emulator.url.removeprefix("http://"))
    with contextlib.closing(connection):
        chunks = iter([b"one, ", b"two, ", b"three"])
        headers = {"Transfer-Encoding": "chunked"}
        connection.request("PUT", f"/{bucket}/chunked", body=chunks, headers=headers, encode_chunked=True)
        assert connection.getresponse().status == 200
    assert s3.get_object(Bucket=bucket, Key="chunked")["Body"].read() == b"one, two, three"


def test_a_body_that_is_cut_off_leaves_nothing(emulator: Emulator, s3: Any, bucket: str) -> None:
    host, _, port = emulator.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(
            f"PUT /{bucket}/cut HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1000\r\n\r\nonly this".encode()
        )
    assert s3.list_objects_v2(Bucket=bucket, Prefix="cut")["KeyCount"] == 0


def test_what_could_not_be_made_to_last_is_not_offered(emulator: Emulator) -> None:
    dynamodb = boto3.client("dynamodb", endpoint_url=emulator.url)
    with pytest.raises(ClientError, match="could not be made to last"):
        dynamodb.create_backup(TableName="embedded-requests", BackupName="backup")


def test_only_the_removing_thread_asks_for_the_times_to_live_of_all_tables() -> None:
    """The adjustment `keep_expired_items` rests on this; it acts a minute after the start, too late for a test."""
    module = find_spec("ministack.services.dynamodb")
    assert module is not None
    assert module.origin is not None
    source = Path(module.origin).read_text()
    reaper = source[source.index("def _ttl_reaper") :].partition("\nthreading.Thread")[0]
    assert reaper.count("_ttl_settings.all_items()") == source.count("_ttl_settings.all_items()") == 1
