"""Whom a rule tells: a mail address or a topic, written into the rule itself."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict


def _address(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", text):
        raise ValueError(f"'{text}' is no mail address")
    return text


def _topic_arn(text: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+", text):
        raise ValueError(f"'{text}' is no ARN of a standard SNS topic (FIFO topics send neither mails nor texts)")
    return text


Address = Annotated[str, AfterValidator(_address)]
TopicArn = Annotated[str, AfterValidator(_topic_arn)]


class EmailChannel(BaseModel):
    """A mail to one address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["email"] = "email"
    to: Address

    @property
    def target(self) -> str:
        """Where it goes."""
        return self.to


class SnsChannel(BaseModel):
    """A message to an SNS topic, and so to whoever subscribed to it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["sns"] = "sns"
    topic_arn: TopicArn

    @property
    def target(self) -> str:
        """Where it goes."""
        return self.topic_arn


Channel = EmailChannel | SnsChannel
