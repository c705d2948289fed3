"""The kinds of channels: what each has to be told. What is secret of one is kept apart, sealed (`record`)."""

import re
from abc import ABC, abstractmethod
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from onlooker_notifier.rules.targets import Address, TopicArn

SecretUse = Literal["none", "optional", "required", "generated"]
"""`generated`: made where none is given, and shown once."""
LOWEST_SIGNING_SECRET = 16
"""Characters; shorter ones could be guessed by who saw one signed message."""


def _url(text: str) -> str:
    if not text.isprintable() or re.search(r"[\s\\]", text):
        raise ValueError("has a space, a backslash or an invisible character in it")
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.fragment:
        raise ValueError("must have no user, password or fragment in it")
    _ = parts.port  # raises ValueError unless it is a number
    return text


def _mqtt_topic(text: str) -> str:
    if re.search(r"[#+\x00]", text):
        raise ValueError("is a topic to publish to: it has no wildcard (+ or #)")
    return text


Host = Annotated[str, Field(min_length=1, max_length=253, pattern=r"^[^\s/@\[\]?#]+$")]
MqttTopic = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_mqtt_topic)]
Recipients = Annotated[tuple[Address, ...], Field(min_length=1, max_length=50)]
"""As many as SES takes in one mail."""


class Settings(BaseModel, ABC):
    """What is told of a channel openly."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    secrecy: ClassVar[SecretUse] = "none"

    @property
    @abstractmethod
    def target(self) -> str:
        """Where it goes, as it is shown in deliveries."""

    @property
    def secret_for(self) -> tuple[object, ...]:
        """Where the secret is used: it must be given anew where that changes, for else whoever changes it gets it."""
        return ()


class GoneSettings(Settings):
    """Of a channel that was deleted nothing is known any more."""

    @property
    def target(self) -> str:
        """See `Settings`."""
        return ""


class EmailSettings(Settings):
    """Mails by SES."""

    type: Literal["email"] = "email"
    to: Recipients

    @property
    def target(self) -> str:
        """See `Settings`."""
        return ", ".join(self.to)


class SmtpSettings(Settings):
    """Mails by a server of one's own. The secret is the password."""

    secrecy: ClassVar[SecretUse] = "optional"

    type: Literal["smtp"] = "smtp"
    host: Host
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`none` sends mails and password as anybody on the way can read them."
    )
    username: str | None = Field(default=None, min_length=1, max_length=256)
    sender: Address
    to: Recipients

    @property
    def target(self) -> str:
        """See `Settings`."""
        return ", ".join(self.to)

    @property
    def secret_for(self) -> tuple[object, ...]:
        """See `Settings`."""
        return (self.host, self.port, self.security, self.username)


class SnsSettings(Settings):
    """A topic, or a text message to a phone."""

    type: Literal["sns"] = "sns"
    topic_arn: TopicArn | None = None
    phone_number: str | None = Field(default=None, pattern=r"^\+[1-9]\d{4,14}$", description="E.164: +4917012345678.")
    sender_id: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9]{1,11}$", description="Shown on the phone, where allowed."
    )
    sms_type: Literal["Transactional", "Promotional"] = Field(
        default="Transactional", description="`Transactional` arrives more surely and may cost more."
    )

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.topic_arn is None) == (self.phone_number is None):
            raise ValueError("needs a topic_arn or a phone_number, one of them")
        return self

    @property
    def target(self) -> str:
        """See `Settings`."""
        return self.topic_arn or self.phone_number or ""


class IotSettings(Settings):
    """A message a picture to a topic of AWS IoT."""

    type: Literal["iot"] = "iot"
    topic: MqttTopic = "rekognition"

    @property
    def target(self) -> str:
        """See `Settings`."""
        return self.topic


class MqttSettings(Settings):
    """A broker of one's own. The secret is the password."""

    secrecy: ClassVar[SecretUse] = "optional"

    type: Literal["mqtt"] = "mqtt"
    host: Host
    port: int = Field(default=8883, ge=1, le=65535)
    tls: bool = True
    username: str | None = Field(default=None, min_length=1, max_length=256)
    topic: MqttTopic = "onlooker/alerts"
    qos: Literal[0, 1, 2] = 1
    retain: bool = Field(default=False, description="Whether the broker shows the last message to who comes later.")

    @property
    def target(self) -> str:
        """See `Settings`."""
        return f"{self.host}:{self.port}/{self.topic}"

    @property
    def secret_for(self) -> tuple[object, ...]:
        """See `Settings`."""
        return (self.host, self.port, self.tls, self.username)


class WebhookSettings(Settings):
    """A signed POST. The secret is what it is signed with."""

    secrecy: ClassVar[SecretUse] = "generated"

    type: Literal["webhook"] = "webhook"
    url: Annotated[str, Field(max_length=2048), AfterValidator(_url)]

    @property
    def target(self) -> str:
        """Without the query, in which some receivers want what is not for everybody."""
        return self.url.partition("?")[0]


class ChatSettings(Settings):
    """A chat or phone service that the library apprise knows. The secret is its URL."""

    secrecy: ClassVar[SecretUse] = "required"

    type: Literal["chat"] = "chat"
    service: str = Field(default="", description="Which one; read from the URL.")

    @property
    def target(self) -> str:
        """See `Settings`."""
        return self.service


class EventBridgeSettings(Settings):
    """An event on a bus of Amazon EventBridge."""

    type: Literal["eventbridge"] = "eventbridge"
    bus: str = Field(default="default", min_length=1, max_length=1600, pattern=r"^[\w./:-]+$")
    source: str = Field(default="onlooker", min_length=1, max_length=256, pattern=r"^[\w.-]+$")

    @property
    def target(self) -> str:
        """See `Settings`."""
        return self.bus


class CloudWatchSettings(Settings):
    """Numbers in Amazon CloudWatch: pictures, faces, failures, emotions."""

    type: Literal["cloudwatch"] = "cloudwatch"
    namespace: str = Field(default="Onlooker", min_length=1, max_length=255, pattern=r"^[\w./#:-]+$")

    @property
    def target(self) -> str:
        """See `Settings`."""
        return self.namespace


AnySettings = Annotated[
    EmailSettings
    | SmtpSettings
    | SnsSettings
    | IotSettings
    | MqttSettings
    | WebhookSettings
    | ChatSettings
    | EventBridgeSettings
    | CloudWatchSettings,
    Field(discriminator="type"),
]
