"""Publishes messages to SNS topics, with the attribute that subscriptions filter by and the running trace."""

from typing import TYPE_CHECKING

from onlooker_shared.messages import RecognitionMessage, SomeMessage
from onlooker_shared.telemetry.tracing import current_traceparent

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient

SIZE_LIMIT = 200_000
"""Bytes of a message's JSON beyond which its bulk is left out: SNS and SQS take 262,144 with attributes."""


class Publisher:
    """Publishes to one topic."""

    def __init__(self, sns: "SNSClient", topic_arn: str) -> None:
        self._sns = sns
        self._topic_arn = topic_arn

    async def publish(self, message: SomeMessage) -> None:
        """Publish a message as part of the running trace, or of its own if none is running."""
        traced = message.model_copy(update={"traceparent": current_traceparent() or message.traceparent})
        await self._sns.publish(
            TopicArn=self._topic_arn,
            Message=body_of(traced),
            MessageAttributes={"type": {"DataType": "String", "StringValue": message.type}},
        )


def body_of(message: SomeMessage) -> str:
    """Return a message as JSON within the queue's limit: too large a recognition stays in the results bucket."""
    body = message.model_dump_json(exclude_none=True)
    if isinstance(message, RecognitionMessage) and len(body.encode()) > SIZE_LIMIT:
        return message.model_copy(update={"recognition": None}).model_dump_json(exclude_none=True)
    return body
