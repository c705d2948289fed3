"""Sends messages to a queue directly: what a sweep found is taken up again by the service's own consumer."""

from typing import TYPE_CHECKING

from onlooker_shared.messages import SomeMessage
from onlooker_shared.publisher import body_of

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient


class Sender:
    """Sends to one queue, in the form in which a topic's subscription delivers."""

    def __init__(self, sqs: "SQSClient", url: str) -> None:
        self._sqs = sqs
        self._url = url

    async def send(self, message: SomeMessage) -> None:
        """Send a message; it keeps the trace that it names."""
        await self._sqs.send_message(
            QueueUrl=self._url,
            MessageBody=body_of(message),
            MessageAttributes={"type": {"DataType": "String", "StringValue": message.type}},
        )
