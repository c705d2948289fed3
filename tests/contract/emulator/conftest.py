"""Clients and uniquely named resources for the contract with the emulator."""

import json
from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

import boto3
import pytest
from botocore.config import Config

from emulator import Emulator

_numbers = count(1)
AWS = Callable[[str], Any]


def unique(prefix: str) -> str:
    return f"contract-{prefix}-{next(_numbers)}"


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> AWS:
    """Makes one client a service, as Amazon's SDK makes them from the environment."""
    config = Config(signature_version=None, s3={"addressing_style": "path"})
    return cache(
        lambda service: boto3.client(
            service, config=config.merge(Config(signature_version="s3v4")) if service == "s3" else config
        )
    )


class Queue:
    """A queue of the emulator's, with the least a test needs of it."""

    def __init__(self, sqs: Any, **attributes: str) -> None:
        self.sqs = sqs
        self.url: str = sqs.create_queue(QueueName=unique("queue"), Attributes=attributes)["QueueUrl"]

    @property
    def arn(self) -> str:
        return self.attributes()["QueueArn"]

    def attributes(self) -> dict[str, str]:
        return self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]

    def receive(self, wait: int = 2, **options: Any) -> list[dict[str, Any]]:
        return self.sqs.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=10,
            WaitTimeSeconds=wait,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["All"],
            **options,
        ).get("Messages", [])

    def take(self, wait: int = 2) -> list[Any]:
        """Receives and deletes; returns the bodies as JSON."""
        messages = self.receive(wait)
        for message in messages:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]


@pytest.fixture
def make_queue(aws: AWS) -> Callable[..., Queue]:
    return lambda **attributes: Queue(aws("sqs"), **attributes)


@pytest.fixture
def bucket(aws: AWS) -> str:
    name = unique("bucket")
    aws("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def events(aws: AWS, bucket: str, make_queue: Callable[..., Queue]) -> Queue:
    """A queue that is told of objects that come and go; its test event has been taken."""
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
    return queue
