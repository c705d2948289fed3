"""Whom a rule tells: a channel by its id, or a mail address or a topic, written into the rule itself."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Discriminator, Field, Tag

CHANNEL_ID_PATTERN = r"^[0-9a-f]{32}$"
MOST_CHANNELS = 20
"""By which one rule tells."""


def _address(text: str) -> str:
    if len(text) > LONGEST_ADDRESS or not re.fullmatch(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(\.[\w-]+)*", text, re.ASCII):
        raise ValueError(
            f"'{text[:LONGEST_ADDRESS]}' is no mail address that is taken: letters, digits and -._+ (of a name with"
            " others its ASCII form, xn--...)"
        )
    return text


def _topic_arn(text: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+", text):
        raise ValueError(f"'{text}' is no ARN of a standard SNS topic (FIFO topics send neither mails nor texts)")
    return text


LONGEST_ADDRESS = 254
"""Characters (RFC 5321, with its erratum 1690)."""

Address = Annotated[str, AfterValidator(_address)]
TopicArn = Annotated[str, AfterValidator(_topic_arn)]


class EmailChannel(BaseModel):
    """A mail to one address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["email"] = "email"
    to: Address

    @property
    def key(self) -> str:
        """Tells it from every other channel."""
        return f"email:{self.to}"


class SnsChannel(BaseModel):
    """A message to an SNS topic, and so to whoever subscribed to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["sns"] = "sns"
    topic_arn: TopicArn

    @property
    def key(self) -> str:
        """Tells it from every other channel."""
        return f"sns:{self.topic_arn}"


class NamedChannel(BaseModel):
    """A channel that has a record of its own, with a secret if it needs one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: str = Field(pattern=CHANNEL_ID_PATTERN, description="The channel's id.")

    @property
    def key(self) -> str:
        """Tells it from every other channel."""
        return f"channel:{self.channel}"


def _kind(value: Any) -> str | None:
    """Return the tag of a channel, as it is given or made already: one with an id has no type."""
    if isinstance(value, dict):
        return "channel" if "channel" in value else value.get("type")
    return "channel" if isinstance(value, NamedChannel) else getattr(value, "type", None)


Channel = Annotated[
    Annotated[EmailChannel, Tag("email")] | Annotated[SnsChannel, Tag("sns")] | Annotated[NamedChannel, Tag("channel")],
    Discriminator(
        _kind,
        custom_error_type="channel",
        custom_error_message='A channel is {"channel": ID}, {"type": "email", "to": ADDRESS} or'
        ' {"type": "sns", "topic_arn": ARN}',
    ),
]
