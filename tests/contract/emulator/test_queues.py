"""SQS as the consumer and `onlooker queues` and `redrive` use it."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

Attribute = dict[str, dict[str, str]]
TRACE: Attribute = {"traceparent": {"DataType": "String", "StringValue": "00-a-b-01"}}


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_a_message_received_too_often_goes_to_the_dead_letters_with_its_attributes(
    aws: Any, make_queue: Callable[..., Any]
) -> None:
    dead = make_queue()
    policy = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": "2"}
    queue = make_queue(RedrivePolicy=json.dumps(policy), VisibilityTimeout="0")
    sent = aws("sqs").send_message(QueueUrl=queue.url, MessageBody="poison", MessageAttributes=TRACE)
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
    (failed,) = answer["Failed"]
    assert (failed["Id"], failed["Code"], failed["SenderFault"]) == ("bad", "InvalidMessageContents", True)


def test_a_batch_of_deletes_tells_which_handles_are_not_good(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    aws("sqs").send_message(QueueUrl=queue.url, MessageBody="text")
    (message,) = queue.receive()
    entries = [
        {"Id": "good", "ReceiptHandle": message["ReceiptHandle"]},
        {"Id": "bad", "ReceiptHandle": "nonsense"},
    ]
    answer = aws("sqs").delete_message_batch(QueueUrl=queue.url, Entries=entries)
    assert [entry["Id"] for entry in answer["Successful"]] == ["good"]
    assert [(entry["Id"], entry["Code"]) for entry in answer["Failed"]] == [("bad", "ReceiptHandleIsInvalid")]


def test_a_used_up_handle_is_refused(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()  # Amazon's answers 200 to the second delete: a consumer must live with both
    aws("sqs").send_message(QueueUrl=queue.url, MessageBody="text")
    (message,) = queue.receive()
    arguments = {"QueueUrl": queue.url, "ReceiptHandle": message["ReceiptHandle"]}
    aws("sqs").delete_message(**arguments)
    with pytest.raises(ClientError) as error:
        aws("sqs").delete_message(**arguments)
    assert code(error) == "ReceiptHandleIsInvalid"


def test_visibility_can_be_given_back_and_extended(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue(VisibilityTimeout="30")
    aws("sqs").send_message(QueueUrl=queue.url, MessageBody="text")
    (first,) = queue.receive()
    assert queue.receive(wait=0) == []
    change = aws("sqs").change_message_visibility
    change(QueueUrl=queue.url, ReceiptHandle=first["ReceiptHandle"], VisibilityTimeout=0)
    (second,) = queue.receive(wait=0)
    assert second["Attributes"]["ApproximateReceiveCount"] == "2"
    change(QueueUrl=queue.url, ReceiptHandle=second["ReceiptHandle"], VisibilityTimeout=60)
    assert queue.attributes()["ApproximateNumberOfMessagesNotVisible"] == "1"


def test_a_long_poll_waits_and_wakes_when_a_message_comes(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    started = time.monotonic()
    assert queue.receive(wait=1) == []
    assert time.monotonic() - started >= 1
    threading.Timer(0.2, lambda: aws("sqs").send_message(QueueUrl=queue.url, MessageBody="wake")).start()
    started = time.monotonic()
    assert len(queue.receive(wait=20)) == 1
    assert time.monotonic() - started < 10


def test_a_client_that_left_takes_no_message(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    impatient = boto3.client("sqs", config=Config(read_timeout=0.2, retries={"total_max_attempts": 1}))
    with pytest.raises(ReadTimeoutError):
        impatient.receive_message(QueueUrl=queue.url, WaitTimeSeconds=20)
    impatient.close()
    for _ in range(3):  # each answer comes after what the emulator had to do before: noticing who left
        aws("sqs").get_queue_attributes(QueueUrl=queue.url)
    aws("sqs").send_message(QueueUrl=queue.url, MessageBody="for who is there")
    assert len(queue.receive()) == 1


def test_first_in_is_first_out_beyond_the_first_batch(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue(VisibilityTimeout="60")
    for start in range(0, 30, 10):
        entries = [{"Id": str(number), "MessageBody": str(number)} for number in range(start, start + 10)]
        aws("sqs").send_message_batch(QueueUrl=queue.url, Entries=entries)
    received = [message["Body"] for _ in range(3) for message in queue.receive(wait=0)]
    assert received == [str(number) for number in range(30)]
    assert queue.receive(wait=0) == []


def test_a_message_may_have_a_mebibyte_and_no_more(aws: Any, make_queue: Callable[..., Any]) -> None:
    queue = make_queue()
    aws("sqs").send_message(QueueUrl=queue.url, MessageBody="x" * (1 << 20))
    with pytest.raises(ClientError) as error:
        aws("sqs").send_message(QueueUrl=queue.url, MessageBody="x" * ((1 << 20) + 1))
    assert code(error) == "InvalidParameterValue"


def test_a_missing_queue_has_its_own_error(aws: Any) -> None:
    with pytest.raises(aws("sqs").exceptions.QueueDoesNotExist):
        aws("sqs").get_queue_url(QueueName="contract-none")


def test_redrive_has_to_be_done_by_hand(aws: Any, make_queue: Callable[..., Any]) -> None:
    with pytest.raises(ClientError) as error:  # when this fails, `onlooker redrive` can use Amazon's way here too
        aws("sqs").start_message_move_task(SourceArn=make_queue().arn)
    assert code(error) == "InvalidAction"
