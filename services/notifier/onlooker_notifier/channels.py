"""Hands letters to the channels: SES for mail, SNS for topics."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from onlooker_notifier.letters import Letter
from onlooker_notifier.rules.targets import Channel, EmailChannel, SnsChannel
from onlooker_shared.errors import OnlookerError

if TYPE_CHECKING:
    from types_aiobotocore_ses import SESClient
    from types_aiobotocore_sns import SNSClient

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
        "MailFromDomainNotVerified",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "NotFound",
        "NotFoundException",
    }
)
"""Codes by which SES and SNS say that this message to this target will not be taken until somebody changes something.
Were it tried until then, the digests of the rule's other channels would wait for it."""
SNS_SUBJECT = 99
"""Characters; SNS takes fewer than 100, ASCII only."""


class RefusedError(OnlookerError):
    """A channel will never take this message.

    Args:
        code: the channel's own name of the reason; for logs, as it holds no address.
        reason: why, and what to do about it.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Channels:
    """SES and SNS.

    Args:
        ses: the process's client.
        sns: the process's client.
        sender: the address that mails come from; None if it is not set.
        verify_sender: whether to ask SES to verify the sender where it does not know it. An emulator says yes at once
            (and forgets it when it is restarted); Amazon sends the address a mail with a link.
    """

    def __init__(self, ses: "SESClient", sns: "SNSClient", *, sender: str | None, verify_sender: bool = False) -> None:
        self._ses = ses
        self._sns = sns
        self._sender = sender
        self._verify_sender = verify_sender

    async def send(self, channel: Channel, letter: Letter) -> str:
        """Send a letter and return the message id that the channel gave it.

        Raises:
            RefusedError: the channel will never take it.
            botocore.exceptions.BotoCoreError, ClientError: the channel does not answer.
        """
        with _refusals_explained():
            match channel:
                case EmailChannel(to=to):
                    return await self._mail(to, letter)
                case SnsChannel(topic_arn=topic_arn):
                    return await self._publish(topic_arn, letter)

    async def _mail(self, to: str, letter: Letter) -> str:
        if self._sender is None:
            raise RefusedError("NoSender", "Mails need a sender: set ONLOOKER_NOTIFIER_EMAIL_FROM.")
        if self._verify_sender:
            await self._have_verified(self._sender)
        answer = await self._ses.send_email(
            Source=self._sender,
            Destination={"ToAddresses": [to]},
            Message={
                "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
                "Body": {
                    "Text": {"Data": letter.text, "Charset": "UTF-8"},
                    "Html": {"Data": letter.html, "Charset": "UTF-8"},
                },
            },
        )
        return answer["MessageId"]

    async def _have_verified(self, address: str) -> None:
        pages = self._ses.get_paginator("list_identities").paginate(IdentityType="EmailAddress")
        known = [identity async for page in pages for identity in page["Identities"]]
        if address not in known:  # one that waits to be verified is listed, too
            await self._ses.verify_email_identity(EmailAddress=address)

    async def _publish(self, topic_arn: str, letter: Letter) -> str:
        answer = await self._sns.publish(TopicArn=topic_arn, Subject=sns_subject(letter.subject), Message=letter.text)
        return answer["MessageId"]


def sns_subject(subject: str) -> str:
    """Return a subject as SNS takes it: ASCII, short, beginning with a letter or digit."""
    plain = subject.encode("ascii", "replace").decode()
    return plain if len(plain) <= SNS_SUBJECT else f"{plain[: SNS_SUBJECT - 3]}..."


@contextmanager
def _refusals_explained() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code, text = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
        if code not in REFUSALS:
            raise
        raise RefusedError(code, f"{code}: {text}{_advice(code, text)}") from error


def _advice(code: str, text: str) -> str:
    if code == "MessageRejected" and "not verified" in text:
        return (
            " SES sends only from addresses or domains that it has verified, and in its sandbox only to such: verify it"
            " in the SES console or with 'aws ses verify-email-identity --email-address ADDRESS'."
        )
    if code.startswith("NotFound"):
        return " Is there such a topic in this account and region?"
    return ""
