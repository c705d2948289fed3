"""SQS as the consumer, the sweeps, and the operator's commands use it."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from .conftest import answered

Attribute = dict[str, dict[str, str]]
TRACE: Attribute = {"traceparent": {"DataType": "String", "StringValue": "00-a-b-01"}}


def test_a_message_comes_with_all_that_the_consumer_reads(make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    header = {"AWSTraceHeader": {"DataType": "String", "StringValue": "Root=1-67e5c7a1-aaaaaaaaaaaaaaaaaaaaaaaa"}}
    sent = queue.send("Zoë", MessageAttributes=TRACE, MessageSystemAttributes=header)
    (message,) = queue.receive()
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "Zoë")
    assert message["MessageAttributes"] == TRACE
    system = message["Attributes"]
    assert system["ApproximateReceiveCount"] == "1"
    assert system["AWSTraceHeader"] == header["AWSTraceHeader"]["StringValue"]
    assert abs(time.time() - int(system["SentTimestamp"]) / 1000) < 60


def test_a_message_received_too_often_goes_to_the_dead_letters_with_its_attributes(
    make_queue: Callable[..., Any],
) -> None:
    dead = make_queue()
    policy = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": "2"}
    queue = make_queue(RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")
    sent = queue.send("poison", MessageAttributes=TRACE)
    counts = [queue.receive(wait=0)[0]["Attributes"]["ApproximateReceiveCount"] for _ in range(2)]
    assert counts == ["1", "2"]
    assert queue.receive(wait=0) == []
    (message,) = dead.receive()
    assert (message["MessageId"], message["Body"]) == (sent["MessageId"], "poison")
    assert message["MessageAttributes"] == TRACE
    assert message["Attributes"]["DeadLetterQueueSourceArn"] == queue.arn


def test_a_batch_tells_which_of_its_messages_failed(aws: Any, make_queue: Callable[..., Any]) -> None:
    entries = [{"Id": "good", "MessageBody": "text"}, {"Id": "bad", "MessageBody": "\x00"}]
    answer = aws("sqs").send_message_batch(QueueUrl=make_queue().url, Entries=entries)
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("bad", "InvalidMessageContents")]


def test_a_batch_of_eleven_is_refused(aws: Any, make_queue: Callable[..., Any]) -> None:
    entries = [{"Id": str(n), "MessageBody": "text"} for n in range(11)]
    refused = answered(lambda: aws("sqs").send_message_batch(QueueUrl=make_queue().url, Entries=entries))
    assert refused == "AWS.SimpleQueueService.TooManyEntriesInBatchRequest"


def test_a_batch_of_deletes_tells_which_handles_are_not_good(
    aws: Any, make_queue: Callable[..., Any], answers: Any
) -> None:
    queue = make_queue()
    queue.send("text")
    (message,) = queue.receive()
    entries = [
        {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
        {"Id": "bad", "ReceiptHandle": "nonsense"},
    ]
    answer = aws("sqs").delete_message_batch(QueueUrl=queue.url, Entries=entries)
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"]) == ("bad", "ReceiptHandleIsInvalid")
    assert failed["SenderFault"] is answers.bad_handle_is_senders_fault


def test_what_becomes_of_a_used_up_handle(aws: Any, make_queue: Callable[..., Any], answers: Any) -> None:
    queue = make_queue()
    queue.send("text")
    (message,) = queue.receive()
    arguments = {"QueueUrl": queue.url, "ReceiptHandle": message["ReceiptHandle"]}
    aws("sqs").delete_message(**arguments)
    assert answered(lambda: aws("sqs").delete_message(**arguments)) == answers.used_up_handle
    entry = {"Id": "gone", "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 1}
    changed = aws("sqs").change_message_visibility_batch(QueueUrl=queue.url, Entries=[entry])
    assert [failed["Id"] for failed in changed["Failed"]] == ["gone"]  # whatever the code


def test_visibility_can_be_given_back_and_extended(aws: Any, make_queue: Callable[..., Any], answers: Any) -> None:
    queue = make_queue(VisibilityTimeout="30")
    queue.send("text")
    (first,) = queue.receive()
    assert queue.receive(wait=0) == []
    change = aws("sqs").change_message_visibility
    change(QueueUrl=queue.url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    (second,) = queue.receive(wait=0)
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    handle = {"QueueUrl": queue.url, "ReceiptHandle": second["ReceiptHandle"]}
    change(**handle, VisibilityTimeout=60)
    assert queue.attributes()["ApproximateNumberOfMessagesNotVisible"] == "1"
    refused = answered(lambda: change(**handle, VisibilityTimeout=43_201))
    assert refused == (None if answers.long_hiding else "InvalidParameterValue")


def test_a_long_poll_waits_and_wakes_when_a_message_comes(make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    started = time.monotonic()
    assert queue.receive(wait=1) == []
    assert time.monotonic() - started >= 1
    threading.Timer(0.2, queue.send, ["wake"]).start()
    started = time.monotonic()
    assert len(queue.receive(wait=20)) == 1
    assert time.monotonic() - started < 10


def test_whether_a_client_that_left_takes_a_message(aws: Any, make_queue: Callable[..., Any], answers: Any) -> None:
    queue = make_queue(VisibilityTimeout="60")
    impatient = boto3.client("sqs", config=Config(read_timeout=0.2, retries={"total_max_attempts": 1}))
    with pytest.raises(ReadTimeoutError):
        impatient.receive_message(QueueUrl=queue.url, WaitTimeSeconds=20)
    impatient.close()
    for _ in range(3):  # each answer comes after what the emulator had to do before: noticing who left
        aws("sqs").get_queue_attributes(QueueUrl=queue.url)
    queue.send("for who is there")
    received = len(queue.receive())
    if answers.abandoned_polls_receive is not None:
        assert received == (0 if answers.abandoned_polls_receive else 1)


def test_first_in_is_first_out_beyond_the_first_batch(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue(VisibilityTimeout="60")  # Amazon's may come in any order
    for start in range(0, 30, 10):
        entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(start, start + 10)]
        aws("sqs").send_message_batch(QueueUrl=queue.url, Entries=entries)
    received = [message["Body"] for _ in range(3) for message in queue.receive(wait=0)]
    assert received == [str(number) for number in range(30)]
    assert queue.receive(wait=0) == []


def test_a_message_may_have_a_mebibyte_and_no_more(make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    queue.send("x" * (1 << 20))
    assert answered(lambda: queue.send("x" * ((1 << 20) + 1))) == "InvalidParameterValue"


def test_what_is_taken_beyond_amazons_limits(make_queue: Callable[..., Any], answers: Any) -> None:
    queue = make_queue()
    attributes = {str(n): {"DataType": "String", "StringValue": "x"} for n in range(11)}
    empty = {"a": {"DataType": "String", "StringValue": ""}}
    assert (answered(lambda: queue.send("x", DelaySeconds=901)) is None) == answers.long_delays
    assert (answered(lambda: queue.send("x", MessageAttributes=attributes)) is None) == answers.many_attributes
    assert (answered(lambda: queue.send("x", MessageAttributes=empty)) is None) == answers.empty_attributes


def test_a_missing_queue_has_its_own_error(aws: Any) -> None:
    with pytest.raises(aws("sqs").exceptions.QueueDoesNotExist) as error:
        aws("sqs").get_queue_url(QueueName="contract-none")
    assert error.value.response["Error"]["Code"] == "AWS.SimpleQueueService.NonExistentQueue"


def test_a_queue_is_made_again_only_as_it_is(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue(VisibilityTimeout="30")

    def make(visibility: str) -> Any:
        return aws("sqs").create_queue(QueueName=queue.name, Attributes={"VisibilityTimeout": visibility})

    assert make("30")["QueueUrl"] == queue.url
    assert answered(lambda: make("31")) == "QueueAlreadyExists"


def test_a_queues_url_names_the_host_that_was_asked(
    cloud: Any, aws: Any, make_queue: Callable[..., Any], answers: Any
) -> None:
    queue = make_queue()
    account = aws("sts").get_caller_identity()["Account"]
    found = urlsplit(queue.url)
    assert found.netloc == urlsplit(cloud.url).netloc
    assert found.path == answers.queue_path.format(account=account, name=queue.name)


def test_a_purged_queue_is_empty(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    queue.send("text")
    aws("sqs").purge_queue(QueueUrl=queue.url)
    assert queue.receive(wait=0) == []


def test_whether_dead_letters_can_be_moved_by_sqs_itself(
    aws: Any, make_queue: Callable[..., Any], answers: Any
) -> None:
    dead = make_queue()
    queue = make_queue(RedrivePolicy=json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": "1"}))
    dead.send('"again"')
    refused = answered(lambda: aws("sqs").start_message_move_task(SourceArn=dead.arn, DestinationArn=queue.arn))
    assert refused == (None if answers.move_tasks else "InvalidAction")
    if answers.move_tasks:
        assert queue.take() == ["again"]
