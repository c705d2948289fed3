"""Reads the mails that an emulator's SES took: each keeps them in a place and a form of its own."""

import email.policy
import json
import urllib.request
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, cast

from emulator import Cloud, Kind


@dataclass(frozen=True)
class Mail:
    """A mail as its reader sees it."""

    source: str
    to: tuple[str, ...]
    """Where SES was told to send it; LocalStack does not keep that of a raw mail, so there it is the header's."""
    subject: str
    text: str
    html: str | None


def kept_mails(cloud: Cloud) -> list[Mail]:
    """Return all mails that were sent, oldest first."""
    if cloud.kind is Kind.LOCALSTACK:
        return [_of_localstack(mail) for mail in _get(f"{cloud.url}/_aws/ses")["messages"]]
    accounts = _get(f"{cloud.url}/_ministack/ses/messages")["messages"]
    return [
        Mail(mail["Source"], tuple(mail["To"]), mail["Subject"], mail["BodyText"], mail["BodyHtml"])
        for mails in accounts.values()
        for mail in mails
    ]


def _of_localstack(mail: dict[str, Any]) -> Mail:
    if "RawData" not in mail:
        to, body = tuple(mail["Destination"]["ToAddresses"]), mail["Body"]
        return Mail(mail["Source"], to, mail["Subject"], body["text_part"], body["html_part"])
    raw = cast("EmailMessage", email.message_from_string(mail["RawData"], policy=email.policy.default))
    return Mail(mail["Source"], (str(raw["To"]),), str(raw["Subject"]), raw.get_content(), None)


def _get(url: str) -> Any:
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)
