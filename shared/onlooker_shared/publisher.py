"""Publishes messages to SNS topics, with the attribute that subscriptions filter by and the running trace."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from onlooker_shared.errors import UnavailableError
from onlooker_shared.messages import RecognitionMessage, SomeMessage
from onlooker_shared.telemetry.tracing import current_traceparent

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sns.type_defs import MessageAttributeValueTypeDef

BATCH = 10
"""Messages that one PublishBatch takes, which together have to keep to SNS's limit of 262,144 bytes too."""
SIZE_LIMIT = 200_000
"""Bytes of a message's JSON beyond which its bulk is left out: SNS and SQS take 262,144 with attributes."""


class Publisher:
    """Publishes to one topic."""

    def __init__(self, sns: "SNSClient", topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    async def publish(self, message: SomeMessage) -> None:
        """Publish a message as part of the running trace, or of its own if none is running."""
        await self._sns.publish(
            TopicArn=self._topic_arn, Message=_traced(message), MessageAttributes=_attributes(message)
        )

    async def publish_all(self, messages: Sequence[SomeMessage]) -> None:
        """Publish messages likewise, as few calls as can be.

        Raises:
            UnavailableError: SNS took some and not the others; publishing all again is safe.
        """
        for batch in batches([(message, _traced(message)) for message in messages]):
            answer = await self._sns.publish_batch(
                TopicArn=self._topic_arn,
                PublishBatchRequestEntries=[
                    {"Id": str(number), "Message": body, "MessageAttributes": _attributes(message)}
                    for number, (message, body) in enumerate(batch)
                ],
            )
            if failed := answer.get("Failed"):
                raise UnavailableError(f"SNS did not take {len(failed)} of {len(batch)} messages: {failed[0]['Code']}.")


def batches(told: Sequence[tuple[SomeMessage, str]]) -> list[list[tuple[SomeMessage, str]]]:
    """Return messages with their JSON in batches that SNS takes, in their order."""
    parts: list[list[tuple[SomeMessage, str]]] = []
    size = 0
    for message, body in told:
        size += len(body.encode())
        if not parts or len(parts[-1]) == BATCH or size > SIZE_LIMIT:
            parts.append([])
            size = len(body.encode())
        parts[-1].append((message, body))
    return parts


def _traced(message: SomeMessage) -> str:
    return body_of(message.model_copy(update={"traceparent": current_traceparent() or message.traceparent}))


def _attributes(message: SomeMessage) -> "dict[str, MessageAttributeValueTypeDef]":
    return {"type": {"DataType": "String", "StringValue": message.type}}


def body_of(message: SomeMessage) -> str:
    """Return a message as JSON within the queue's limit: too large a recognition stays in the results bucket."""
    body = message.model_dump_json(exclude_none=True)
    if isinstance(message, RecognitionMessage) and len(body.encode()) > SIZE_LIMIT:
        return message.model_copy(update={"recognition": None}).model_dump_json(exclude_none=True)
    return body
