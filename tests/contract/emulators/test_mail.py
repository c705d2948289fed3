"""SES as `notifier` uses it, and where the demo and the tests find what was sent."""

from email.message import EmailMessage
from typing import Any

import pytest

from emulator import Cloud
from mails import Mail, kept_mails

from .conftest import answered, unique

MAIL = {"Subject": {"Data": "Zoë was seen"}, "Body": {"Text": {"Data": "text"}, "Html": {"Data": "<b>html</b>"}}}


@pytest.fixture
def sender(aws: Any) -> str:
    address = f"{unique('sender')}@example.com"
    aws("ses").verify_email_identity(EmailAddress=address)
    return address


@pytest.fixture
def reader() -> str:
    return f"{unique('reader')}@example.com"


def sent_to(cloud: Cloud, address: str) -> Mail:
    (mail,) = (mail for mail in kept_mails(cloud) if address in mail.to)
    return mail


def test_mail_can_be_read_where_it_was_sent(aws: Any, cloud: Cloud, sender: str, reader: str) -> None:
    aws("ses").send_email(Source=f"Onlooker <{sender}>", Destination={"ToAddresses": [reader]}, Message=MAIL)
    mail = sent_to(cloud, reader)
    assert (mail.source, mail.subject) == (f"Onlooker <{sender}>", "Zoë was seen")
    assert (mail.text, mail.html) == ("text", "<b>html</b>")


def test_a_raw_mail_can_be_read(aws: Any, cloud: Cloud, sender: str, reader: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, reader, "Zoë"
    mail.set_content("text\n")
    aws("ses").send_raw_email(Source=sender, Destinations=[reader], RawMessage={"Data": mail.as_bytes()})
    found = sent_to(cloud, reader)
    assert (found.subject, found.text.strip()) == ("Zoë", "text")


def test_an_unverified_sender_is_refused(aws: Any, reader: str) -> None:
    destination = {"ToAddresses": [reader]}
    refused = answered(
        lambda: aws("ses").send_email(Source="nobody@example.org", Destination=destination, Message=MAIL)
    )
    assert refused == "MessageRejected"


def test_identities_tell_whom_ses_knows(aws: Any, sender: str, answers: Any) -> None:
    ses, unknown = aws("ses"), f"{unique('unknown')}@example.com"
    listed = [
        address
        for page in ses.get_paginator("list_identities").paginate(IdentityType="EmailAddress")
        for address in page["Identities"]
    ]
    assert sender in listed
    assert unknown not in listed
    told = ses.get_identity_verification_attributes(Identities=[sender, unknown])["VerificationAttributes"]
    assert told[sender]["VerificationStatus"] == "Success"
    assert told.get(unknown, {}).get("VerificationStatus") == answers.unknown_identity


def test_whether_there_is_the_second_version_of_ses(aws: Any, sender: str, reader: str, answers: Any) -> None:
    refused = answered(
        lambda: aws("sesv2").send_email(
            FromEmailAddress=sender, Destination={"ToAddresses": [reader]}, Content={"Simple": MAIL}
        )
    )
    assert (refused is None) == answers.ses_v2
