"""SNS to SQS as the topology subscribes it: raw delivery, filter policies on attributes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from .conftest import unique


@pytest.fixture
def topic(aws: Any) -> str:
    return str(aws("sns").create_topic(Name=unique("topic"))["TopicArn"])


def subscribe(aws: Any, topic: str, queue: Any, **policy: Any) -> str:
    attributes = {"RawMessageDelivery": "true", **({"FilterPolicy": json.dumps(policy)} if policy else {})}
    answer = aws("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=attributes)
    return str(answer["SubscriptionArn"])


def test_a_raw_message_comes_as_it_was_with_its_attributes(
    aws: Any, topic: str, make_queue: Callable[..., Any]
) -> None:
    queue = make_queue()
    subscribe(aws, topic, queue)
    attributes = {"type": {"DataType": "String", "StringValue": "image.recognized.v1"}}
    aws("sns").publish(TopicArn=topic, Message='{"name": "Zoë"}', MessageAttributes=attributes)
    (message,) = queue.receive()
    assert message["Body"] == '{"name": "Zoë"}'
    assert message["MessageAttributes"] == attributes


def test_a_filter_policy_lets_only_its_messages_through(aws: Any, topic: str, make_queue: Callable[..., Any]) -> None:
    recognized, crowded = make_queue(), make_queue()
    subscribe(aws, topic, recognized, type=["image.recognized.v1"])
    subscribe(aws, topic, crowded, faces=[{"numeric": [">=", 2]}])
    for kind, faces in (("image.recognized.v1", 1), ("image.annotated.v1", 3)):
        aws("sns").publish(
            TopicArn=topic,
            Message=json.dumps(kind),
            MessageAttributes={
                "type": {"DataType": "String", "StringValue": kind},
                "faces": {"DataType": "Number", "StringValue": str(faces)},
            },
        )
    assert recognized.take() == ["image.recognized.v1"]
    assert crowded.take() == ["image.annotated.v1"]


def test_subscribing_twice_is_one_subscription(aws: Any, topic: str, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    assert subscribe(aws, topic, queue) == subscribe(aws, topic, queue)


def test_a_topic_takes_a_quarter_of_what_a_queue_takes(aws: Any, topic: str) -> None:
    aws("sns").publish(TopicArn=topic, Message="x" * (1 << 18))
    with pytest.raises(ClientError, match="Message too long"):
        aws("sns").publish(TopicArn=topic, Message="x" * ((1 << 18) + 1))
