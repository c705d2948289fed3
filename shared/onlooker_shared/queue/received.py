"""A message as SQS hands it out."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types_aiobotocore_sqs.type_defs import MessageTypeDef

MAX_BATCH = 10
"""Messages that SQS takes or gives in one batch call."""


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery of one message."""

    message_id: str
    receipt_handle: str
    body: str
    attempts: int
    """How often the message was received, this time included."""
    sent_at: datetime
    attributes: dict[str, str] = field(default_factory=dict)
    """Message attributes of type String."""

    @classmethod
    def of(cls, message: "MessageTypeDef") -> "Received":
        """Read a message of a ReceiveMessage answer that was asked for all attributes."""
        system = message.get("Attributes", {})
        return cls(
            message_id=message["MessageId"],
            receipt_handle=message["ReceiptHandle"],
            body=message["Body"],
            attempts=int(system.get("ApproximateReceiveCount", "1")),
            sent_at=datetime.fromtimestamp(int(system.get("SentTimestamp", "0")) / 1000, UTC),
            attributes={
                name: value["StringValue"]
                for name, value in message.get("MessageAttributes", {}).items()
                if "StringValue" in value
            },
        )
