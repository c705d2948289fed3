"""Alert rules as data: what is told, and by which channels."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Event = Literal["recognized", "failed"]

LONGEST_INTERVAL = 86_400.0
"""Seconds that a digest gathers at most: a day."""


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


class Rule(BaseModel):
    """What is told, by which channels, and how often at most."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rule_id: str = Field(pattern=r"^[a-z0-9-]{1,64}$")
    name: str = Field(min_length=1, max_length=200)
    enabled: bool = True
    events: frozenset[Event] = Field(min_length=1, description="What happened to a picture.")
    channels: tuple[Annotated[Channel, Field(discriminator="type")], ...] = ()
    digest_interval: float = Field(
        ge=0,
        le=LONGEST_INTERVAL,
        description="Seconds from the first picture until all that came meanwhile are told in one message.",
    )
    origin: Literal["settings", "user"] = Field(
        default="user", description="`settings`: made from the notifier's settings, and anew at each start."
    )
