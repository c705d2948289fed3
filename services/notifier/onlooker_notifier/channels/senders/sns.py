"""Topics of Amazon SNS, and text messages to phones."""

from typing import TYPE_CHECKING

from onlooker_notifier.channels.kinds import SnsSettings
from onlooker_notifier.channels.message import Message, Receipt, aws_answers
from onlooker_notifier.wording.wording import shortened

if TYPE_CHECKING:
    from types_aiobotocore_sns import SNSClient
    from types_aiobotocore_sns.type_defs import MessageAttributeValueTypeDef

REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "KMSAccessDenied",
        "KMSDisabled",
        "KMSNotFound",
        "NotFound",
        "NotFoundException",
    }
)
SUBJECT = 99
"""Characters; SNS takes fewer than 100, ASCII only."""
TEXT_MESSAGE = 480
"""Characters of a text message: SNS makes several messages of more than 160, each of which costs."""


class Sns:
    """Publishes."""

    def __init__(self, sns: "SNSClient") -> None:
        self._sns = sns

    async def send(self, settings: SnsSettings, _secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        letter = message.letter
        with aws_answers(REFUSALS, _advice):
            if settings.topic_arn is not None:
                answer = await self._sns.publish(
                    TopicArn=settings.topic_arn,
                    Subject=sns_subject(letter.subject),
                    Message=letter.text,
                    MessageAttributes=sms_attributes(settings),  # for phones among the topic's subscribers
                )
            else:
                answer = await self._sns.publish(
                    PhoneNumber=settings.phone_number or "",
                    Message=shortened(letter.subject, TEXT_MESSAGE),
                    MessageAttributes=sms_attributes(settings),
                )
        return Receipt(answer["MessageId"])


def sms_attributes(settings: SnsSettings) -> "dict[str, MessageAttributeValueTypeDef]":
    """Return how text messages are sent, in SNS's terms."""
    told: dict[str, str] = {"AWS.SNS.SMS.SMSType": settings.sms_type}
    if settings.sender_id is not None:
        told["AWS.SNS.SMS.SenderID"] = settings.sender_id
    return {name: {"DataType": "String", "StringValue": value} for name, value in told.items()}


def sns_subject(subject: str) -> str:
    """Return a subject as SNS takes it: ASCII and short; what is not ASCII is a question mark."""
    plain = subject.encode("ascii", "replace").decode()
    return plain if len(plain) <= SUBJECT else f"{plain[: SUBJECT - 3]}..."


def _advice(code: str, _text: str) -> str:
    return " Is there such a topic in this account and region?" if code.startswith("NotFound") else ""
