"""SES as `notifier` uses it, and where the demo and the tests find what was sent."""

import json
import urllib.request
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

from emulator import Emulator

from .conftest import unique


def sent_to(emulator: Emulator, address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{emulator.url}/_ministack/ses/messages") as response:
        accounts = json.load(response)["messages"]
    return [mail for mails in accounts.values() for mail in mails if address in mail["To"]]


def test_mail_can_be_read_where_it_was_sent(aws: Any, emulator: Emulator) -> None:
    sender, reader = f"{unique('sender')}@example.com", f"{unique('reader')}@example.com"
    aws("ses").verify_email_identity(EmailAddress=sender)
    aws("ses").send_email(
        Source=sender,
        Destination={"ToAddresses": [reader]},
        Message={
            "Subject": {"Data": "Zoë was seen"},
            "Body": {"Text": {"Data": "text"}, "Html": {"Data": "<b>html</b>"}},
        },
    )
    (mail,) = sent_to(emulator, reader)
    assert (mail["Source"], mail["Subject"]) == (sender, "Zoë was seen")
    assert (mail["BodyText"], mail["BodyHtml"]) == ("text", "<b>html</b>")


def test_a_raw_mail_is_taken_apart(aws: Any, emulator: Emulator) -> None:
    sender, reader = f"{unique('sender')}@example.com", f"{unique('reader')}@example.com"
    aws("ses").verify_email_identity(EmailAddress=sender)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, reader, "Zoë"
    mail.set_content("text\n")
    aws("ses").send_raw_email(Source=sender, Destinations=[reader], RawMessage={"Data": mail.as_bytes()})
    (found,) = sent_to(emulator, reader)
    assert (found["Subject"], found["BodyText"].strip()) == ("Zoë", "text")


def test_an_unverified_sender_is_refused(aws: Any) -> None:
    with pytest.raises(ClientError) as error:
        aws("ses").send_email(
            Source="nobody@example.org",
            Destination={"ToAddresses": ["somebody@example.org"]},
            Message={"Subject": {"Data": "s"}, "Body": {"Text": {"Data": "t"}}},
        )
    assert error.value.response["Error"]["Code"] == "MessageRejected"
