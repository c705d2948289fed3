"""Mails by Amazon SES."""

from typing import TYPE_CHECKING

from onlooker_notifier.channels.kinds import EmailSettings
from onlooker_notifier.channels.mails import mail
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, aws_answers
from onlooker_notifier.channels.pictures import Pictures

if TYPE_CHECKING:
    from types_aiobotocore_ses import SESClient

REFUSALS = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "InvalidParameterValue",
        "MailFromDomainNotVerified",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
    }
)


class Ses:
    """Sends mails.

    Args:
        ses: the process's client.
        pictures: what is shown in them.
        sender: the address that mails come from; None if it is not set.
        verify_sender: whether to ask SES to verify the sender where it does not know it. An emulator says yes at once
            (and forgets it when it is restarted); Amazon sends the address a mail with a link.
    """

    def __init__(
        self, ses: "SESClient", pictures: Pictures | None, *, sender: str | None, verify_sender: bool = False
    ) -> None:
        self._ses = ses
        self._pictures = pictures
        self._sender = sender
        self._verify_sender = verify_sender

    async def send(self, settings: EmailSettings, _secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        if self._sender is None:
            raise RefusedError("NoSender", "Mails need a sender: set ONLOOKER_NOTIFIER_EMAIL_FROM.")
        with aws_answers(REFUSALS, _advice):
            if self._verify_sender:
                await self._have_verified(self._sender)
            picture = await self._pictures.first_of(message) if self._pictures else None
            made = mail(message, sender=self._sender, to=settings.to, picture=picture)
            answer = await self._ses.send_raw_email(
                Source=self._sender, Destinations=list(settings.to), RawMessage={"Data": made.as_bytes()}
            )
        return Receipt(answer["MessageId"])

    async def _have_verified(self, address: str) -> None:
        pages = self._ses.get_paginator("list_identities").paginate(IdentityType="EmailAddress")
        known = [identity async for page in pages for identity in page["Identities"]]
        if address not in known:  # one that waits to be verified is listed, too
            await self._ses.verify_email_identity(EmailAddress=address)


def _advice(code: str, text: str) -> str:
    if code == "MessageRejected" and "not verified" in text:
        return (
            " SES sends only from addresses or domains that it has verified, and in its sandbox only to such: verify it"
            " in the SES console or with 'aws ses verify-email-identity --email-address ADDRESS'."
        )
    return ""
