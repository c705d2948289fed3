"""Clients and uniquely named resources for the contract with whatever stands in for Amazon's cloud."""

import json
import time
import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emulator import Cloud

from .differences import ANSWERS, Answers

AWS = Callable[[str], Any]
PATIENCE = 10.0
"""Seconds until the next of what was sent must have come."""


def unique(prefix: str) -> str:
    return f"contract-{prefix}-{uuid.uuid4().hex[:16]}"


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def answered(call: Callable[[], Any]) -> str | None:
    """The code by which a call is refused; None if it is not."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


@pytest.fixture(scope="session")
def aws(cloud: Cloud) -> AWS:
    """Makes one client a service, as Amazon's SDK makes them from the environment."""
    config = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})
    return cache(
        lambda service: boto3.client(
            service, config=config.merge(Config(signature_version="s3v4")) if service == "s3" else config
        )
    )


@pytest.fixture
def answers(cloud: Cloud) -> Answers:
    """What is known of how this emulator answers."""
    return ANSWERS[cloud.kind]


class Queue:
    """A queue, with the least a test needs of it."""

    def __init__(self, sqs: Any, **attributes: str) -> None:
        self.sqs = sqs
        self.name = unique("queue")
        self.url: str = sqs.create_queue(QueueName=self.name, Attributes=attributes)["QueueUrl"]

    @property
    def arn(self) -> str:
        return self.attributes()["QueueArn"]

    def attributes(self) -> dict[str, str]:
        return self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]

    def send(self, body: str, **options: Any) -> dict[str, Any]:
        return self.sqs.send_message(QueueUrl=self.url, MessageBody=body, **options)

    def receive(self, wait: int = 2, **options: Any) -> list[dict[str, Any]]:
        return self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            **options,
        ).get("Messages", [])

    def take(self, count: int = 1) -> list[Any]:
        """Receives and deletes until there are so many, or patience ends; returns the bodies as JSON."""
        taken: list[dict[str, Any]] = []
        deadline = time.monotonic() + PATIENCE
        while len(taken) < count and time.monotonic() < deadline:
            messages = self.receive(wait=1)
            for message in messages:
                self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
                deadline = time.monotonic() + PATIENCE
            taken += messages
        return [json.loads(message["Body"]) for message in taken]

    def is_empty(self) -> bool:
        return self.receive(wait=0) == []


@pytest.fixture
def make_queue(aws: AWS) -> Callable[..., Queue]:
    return lambda **attributes: Queue(aws("sqs"), **attributes)


@pytest.fixture
def bucket(aws: AWS) -> str:
    name = unique("bucket")
    aws("s3").create_bucket(Bucket=name)
    return name


class Events:
    """The events of a bucket."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue

    def take(self, count: int = 1) -> list[tuple[str, dict[str, Any]]]:
        """The next events' names and objects, by the time that they tell: not all emulators send them in order."""
        records = [record for event in self.queue.take(count) for record in event["Records"]]
        assert len(records) == count
        in_order = sorted(records, key=lambda record: record["eventTime"])
        return [(record["eventName"], record["s3"]["object"]) for record in in_order]


@pytest.fixture
def events(aws: AWS, bucket: str, make_queue: Callable[..., Queue]) -> Events:
    """What a queue is told of objects that come and go; its test event has been taken."""
    queue = make_queue()
    aws("s3").put_bucket_notification_configuration(
        Bucket=bucket,
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": queue.arn, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}]
        },
    )
    (test,) = queue.take()
    assert test["Event"] == "s3:TestEvent"
    assert test["Bucket"] == bucket
    assert "Records" not in test
    return Events(queue)
