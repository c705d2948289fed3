"""SNS to SQS as the topology subscribes it, and as `notifier` publishes."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from .conftest import answered, unique


@pytest.fixture
def topic(aws: Any) -> str:
    return str(aws("sns").create_topic(Name=unique("topic"))["TopicArn"])


def subscribe(aws: Any, topic: str, queue: Any, raw: str = "true", scope: str = "", **policy: Any) -> str:
    attributes = {"RawMessageDelivery": raw, **({"FilterPolicy": json.dumps(policy)} if policy else {})}
    attributes |= {"FilterPolicyScope": scope} if scope else {}
    answer = aws("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes=attributes, ReturnSubscriptionArn=True
    )
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


def test_a_message_that_is_not_raw_comes_in_an_envelope(aws: Any, topic: str, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    subscribe(aws, topic, queue, raw="false")
    aws("sns").publish(TopicArn=topic, Message="text", Subject="about")
    (envelope,) = queue.take()
    assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", topic)
    assert (envelope["Subject"], envelope["Message"]) == ("about", "text")


def test_a_filter_policy_lets_only_its_messages_through(aws: Any, topic: str, make_queue: Callable[..., Any]) -> None:
    recognized, crowded, named = make_queue(), make_queue(), make_queue()
    subscribe(aws, topic, recognized, type=["image.recognized.v1", "image.failed.v1"])
    subscribe(aws, topic, crowded, faces=[{"numeric": [">=", 2]}])
    subscribe(aws, topic, named, scope="MessageBody", kind=["image.annotated.v1"])
    for kind, faces in (("image.recognized.v1", 1), ("image.annotated.v1", 3)):
        aws("sns").publish(
            TopicArn=topic,
            Message=json.dumps({"kind": kind}),
            MessageAttributes={
                "type": {"DataType": "String", "StringValue": kind},
                "faces": {"DataType": "Number", "StringValue": str(faces)},
            },
        )
    assert recognized.take() == [{"kind": "image.recognized.v1"}]
    assert crowded.take() == named.take() == [{"kind": "image.annotated.v1"}]


def test_a_subscription_is_found_with_its_attributes_and_can_be_changed(
    aws: Any, topic: str, make_queue: Callable[..., Any]
) -> None:
    sns, queue = aws("sns"), make_queue()
    arn = subscribe(aws, topic, queue, scope="MessageAttributes", type=["a"])
    (listed,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert (listed["SubscriptionArn"], listed["Endpoint"]) == (arn, queue.arn)
    sns.set_subscription_attributes(SubscriptionArn=arn, AttributeName="FilterPolicy", AttributeValue='{"type": ["b"]}')
    found = sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
    assert (found["RawMessageDelivery"], found["FilterPolicyScope"]) == ("true", "MessageAttributes")
    assert json.loads(found["FilterPolicy"]) == {"type": ["b"]}


def test_subscribing_twice_is_one_subscription(
    aws: Any, topic: str, make_queue: Callable[..., Any], answers: Any
) -> None:
    queue = make_queue()
    assert subscribe(aws, topic, queue) == subscribe(aws, topic, queue)
    otherwise = answered(lambda: subscribe(aws, topic, queue, raw="false"))
    assert otherwise == (None if answers.resubscribe_otherwise else "InvalidParameter")


def test_a_missing_topic_has_its_own_error(aws: Any, topic: str) -> None:
    missing = {"TopicArn": f"{topic}-none"}
    assert answered(lambda: aws("sns").get_topic_attributes(**missing)) == "NotFound"
    assert answered(lambda: aws("sns").publish(**missing, Message="x")) == "NotFound"


def test_a_topic_takes_a_quarter_of_what_a_queue_takes(aws: Any, topic: str) -> None:
    aws("sns").publish(TopicArn=topic, Message="x" * (1 << 18))
    with pytest.raises(aws("sns").exceptions.InvalidParameterException, match="Message too long"):
        aws("sns").publish(TopicArn=topic, Message="x" * ((1 << 18) + 1))


def test_what_is_published_beyond_amazons_limits(aws: Any, topic: str, answers: Any) -> None:
    sns = aws("sns")
    subject = answered(lambda: sns.publish(TopicArn=topic, Message="x", Subject="s" * 101))
    assert (subject is None) == answers.long_subjects
    assert (answered(lambda: sns.publish(TopicArn=topic, Message="")) is None) == answers.empty_publish
    batch = sns.publish_batch(TopicArn=topic, PublishBatchRequestEntries=[{"Id": "1", "Message": ""}])
    assert bool(batch["Successful"]) == answers.empty_publish_in_batch
