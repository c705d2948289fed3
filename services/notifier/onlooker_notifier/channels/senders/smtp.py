"""Mails by a server of one's own."""

import asyncio
import contextlib
import socket
import ssl
from email.message import EmailMessage

import aiosmtplib

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.kinds import SmtpSettings
from onlooker_notifier.channels.mails import mail
from onlooker_notifier.channels.message import Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.pictures import Pictures

CONNECT_TIMEOUT, TIMEOUT, GOODBYE = 5.0, 30.0, 2.0
"""Seconds to connect, until the mail is taken, and to say goodbye when it is."""
PERMANENT = 500
"""SMTP's replies from here on will be the same the next time (RFC 5321, section 4.2.1)."""


class Smtp:
    """Sends mails.

    Args:
        guard: says where it may connect to.
        pictures: what is shown in them.
        tls: what TLS connections trust.
    """

    def __init__(self, guard: Guard, pictures: Pictures | None, tls: ssl.SSLContext) -> None:
        self._guard = guard
        self._pictures = pictures
        self._tls = tls

    async def send(self, settings: SmtpSettings, secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        picture = await self._pictures.first_of(message) if self._pictures else None
        made = mail(message, sender=settings.sender, to=settings.to, picture=picture)
        try:
            async with asyncio.timeout(TIMEOUT):
                client = await self._client(settings, secret)
                refused, answer = await _sent(client, settings, made)
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(max(each.code for each in error.recipients), _refusals(error.recipients)) from error
        except aiosmtplib.SMTPResponseException as error:
            raise _judged(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise UnansweredError(type(error).__name__, f"The server cannot be reached: {error}") from error
        some = f"; not taken for {len(refused)} of {len(settings.to)} addresses" if refused else ""
        return Receipt(None, f"{answer}{some}")

    async def _client(self, settings: SmtpSettings, secret: str | None) -> aiosmtplib.SMTP:
        """Return a client that will talk to an address that was judged."""
        return aiosmtplib.SMTP(
            sock=await self._connected(settings),
            hostname=settings.host,  # the name that its certificate must have
            username=settings.username,
            password=secret if settings.username else None,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=None if settings.security == "none" else self._tls,
            timeout=TIMEOUT,
        )

    async def _connected(self, settings: SmtpSettings) -> socket.socket:
        """Return a connection to an address that was judged."""
        address, *_ = await self._guard.addresses(settings.host, settings.port)
        made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT):
                await asyncio.get_running_loop().sock_connect(made, (address, settings.port))
        except BaseException:
            made.close()
            raise
        return made


async def _sent(
    client: aiosmtplib.SMTP, settings: SmtpSettings, made: EmailMessage
) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
    """Send a mail; return for whom it was not taken, and what the server said.

    A server that hangs when it is told goodbye has taken it nevertheless: who sent it again would tell it twice.
    """
    try:
        await client.connect()
        told = await client.send_message(made, sender=settings.sender, recipients=list(settings.to))
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=GOODBYE)
        return told
    finally:
        client.close()


def _judged(code: int, text: str) -> RefusedError | UnansweredError:
    kind = RefusedError if code >= PERMANENT else UnansweredError
    return kind(f"SMTP{code}", f"{code} {text}")


def _refusals(recipients: list[aiosmtplib.SMTPRecipientRefused]) -> str:
    return "; ".join(f"{each.recipient}: {each.message}" for each in recipients)
