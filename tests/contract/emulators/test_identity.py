"""STS as the names of queues and topics are worked out from it."""

from collections.abc import Callable
from typing import Any


def test_the_callers_account_is_the_one_that_its_resources_are_in(aws: Any, make_queue: Callable[..., Any]) -> None:
    identity = aws("sts").get_caller_identity()
    partition = identity["Arn"].split(":")[1]
    queue = make_queue()
    assert queue.arn == f"arn:{partition}:sqs:us-east-1:{identity['Account']}:{queue.name}"
