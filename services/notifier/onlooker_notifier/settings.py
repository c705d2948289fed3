"""The notifier's settings."""

import re
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from onlooker_notifier.conditions.values import Zone
from onlooker_notifier.rules.model import LONGEST_INTERVAL
from onlooker_notifier.rules.targets import Address, TopicArn
from onlooker_notifier.secrets.sealing import key_of
from onlooker_notifier.secrets.trust import why_not_readable
from onlooker_shared.settings import ServerSettings


class NotifierSettings(ServerSettings):
    """``ONLOOKER_NOTIFIER_*``."""

    model_config = SettingsConfigDict(
        env_prefix="ONLOOKER_NOTIFIER_", frozen=True, extra="ignore", env_ignore_empty=True
    )

    email_to: Annotated[tuple[Address, ...], NoDecode] = Field(
        default=(), description="Addresses that the default rule mails to, separated by commas."
    )
    email_from: Address | None = Field(
        default=None, description="The sender of mails; SES must have verified it (or its domain)."
    )
    topic_arn: TopicArn | None = Field(default=None, description="SNS topic that the default rule publishes to.")
    digest_interval: float = Field(
        default=60.0, ge=0, le=LONGEST_INTERVAL, description="Seconds that the default rule gathers pictures for."
    )
    digest_limit: int = Field(default=1000, ge=1, le=2000, description="Pictures in one message at most.")
    keep_deliveries: int = Field(default=90, ge=1, le=3650, description="Days that it is kept what was sent to whom.")
    picture_url: str | None = Field(
        default=None, description="The page of a picture that messages link to; `{image_id}` stands for its id."
    )
    link_url: str | None = Field(
        default=None,
        description="Where people reach Onlooker, such as https://onlooker.example.com, for links in mails by which"
        " they mute a rule or acknowledge a message.",
    )
    picture_wait: float = Field(
        default=2.0, ge=0, le=10, description="Seconds that a mail waits for its picture to be drawn."
    )
    zone: Zone = Field(
        default="UTC", description="The time zone of who reads messages, by its IANA name such as Europe/Berlin."
    )
    verify_sender: bool = Field(
        default=False,
        description="Ask SES to verify `email_from` if it does not know it. An emulator says yes; Amazon mails a link.",
    )

    allow_private: bool = Field(
        default=False,
        description="Whether channels may connect to private and loopback addresses: a broker or a server of your own.",
    )
    ca_file: Path | None = Field(
        default=None,
        description="File with certificates (PEM) of authorities of your own, trusted by channels besides public ones.",
    )
    key_file: Path | None = Field(
        default=None, description="File with the key of the channels' secrets; made when it is first needed."
    )
    key: SecretStr | None = Field(default=None, description="The key itself, 32 bytes in base64, in place of a file.")
    kms_key_id: str | None = Field(default=None, description="A key of Amazon KMS, in place of both.")

    @field_validator("key")
    @classmethod
    def _is_a_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            key_of(value.get_secret_value())
        return value

    @field_validator("ca_file")
    @classmethod
    def _has_certificates(cls, value: Path | None) -> Path | None:
        fault = None if value is None else why_not_readable(value)
        if fault is not None:
            raise ValueError(fault)
        return value

    @field_validator("email_to", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("picture_url")
    @classmethod
    def _is_a_template(cls, value: str | None) -> str | None:
        if value is not None and (not value.startswith(("http://", "https://")) or "{image_id}" not in value):
            raise ValueError("must begin with http:// or https:// and contain {image_id}")
        return value

    @field_validator("link_url")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"https?://[^/?#\s]+(/[^?#\s]*)?", value):
            raise ValueError("must be an address such as https://onlooker.example.com")
        return None if value is None else value.rstrip("/")

    @model_validator(mode="after")
    def _mails_have_a_sender(self) -> Self:
        if self.email_to and self.email_from is None:
            raise ValueError("ONLOOKER_NOTIFIER_EMAIL_TO needs ONLOOKER_NOTIFIER_EMAIL_FROM, the sender of the mails")
        return self
