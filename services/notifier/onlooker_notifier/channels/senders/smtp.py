"""Mails by a server of one's own."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Callable, Mapping
from email.message import EmailMessage

import aiosmtplib

from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.kinds import SmtpSettings
from onlooker_notifier.channels.mails import mail
from onlooker_notifier.channels.message import LONGEST_ANSWER, Message, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.pictures import Pictures
from onlooker_notifier.channels.reaching import first_that_opens, why_unreached
from onlooker_notifier.wording.wording import printable, shortened

CONNECT_TIMEOUT, TIMEOUT, GOODBYE = 5.0, 30.0, 2.0
"""Seconds to connect, until the mail is taken, and to say goodbye when it is."""
TLS_PORT = 465
HINT = " At this port servers speak TLS from the start: set `security` to `tls`."
PERMANENT = 500
"""SMTP's replies from here on will be the same the next time (RFC 5321, section 4.2.1)."""


class Smtp:
    """Sends mails.

    Args:
        guard: says where it may connect to.
        pictures: what is shown in them.
        tls: returns what TLS connections trust, when there is one.
    """

    def __init__(self, guard: Guard, pictures: Pictures | None, tls: Callable[[], ssl.SSLContext]) -> None:
        self._guard = guard
        self._pictures = pictures
        self._tls = tls

    async def send(self, settings: SmtpSettings, secret: str | None, message: Message) -> Receipt:
        """See `Sends`."""
        picture = await self._pictures.first_of(message) if self._pictures else None
        made = mail(message, sender=settings.sender, to=settings.to, picture=picture)
        try:
            async with asyncio.timeout(TIMEOUT):
                client = await self._client(settings)
                left_out, answer = await _sent(client, settings, secret, made)
            await _say_goodbye(client)
        except aiosmtplib.SMTPRecipientsRefused as error:
            refused = {each.recipient: (each.code, each.message) for each in error.recipients}
            raise _judged(min(each.code for each in error.recipients), _refusals(refused)) from error
        except aiosmtplib.SMTPAuthenticationError as error:
            raise _judged(error.code, f"{error.message} (The server refuses user or password.)") from error
        except aiosmtplib.SMTPResponseException as error:
            raise _judged(error.code, error.message) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            words = f"The server cannot be reached: {why_unreached(error)}{_hint(settings)}"
            raise UnansweredError(type(error).__name__, words) from error
        but = f"; not taken for {_refusals(left_out)}" if left_out else ""
        return Receipt(None, shortened(printable(f"{answer}{but}"), LONGEST_ANSWER))

    async def _client(self, settings: SmtpSettings) -> aiosmtplib.SMTP:
        """Return a client that will talk to an address that was judged."""
        addresses = await self._guard.addresses(settings.host, settings.port)
        return aiosmtplib.SMTP(
            sock=await first_that_opens(addresses, lambda address: _connected(address, settings.port), OSError),
            hostname=settings.host,  # the name that its certificate must have
            use_tls=settings.security == "tls",
            start_tls=False,  # see `_sent`
            tls_context=None if settings.security == "none" else self._tls(),
            timeout=TIMEOUT,
        )


async def _connected(address: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    made.setblocking(False)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException:
        made.close()
        raise
    return made


async def _sent(
    client: aiosmtplib.SMTP, settings: SmtpSettings, secret: str | None, made: EmailMessage
) -> tuple[dict[str, aiosmtplib.SMTPResponse], str]:
    """Send a mail; return for whom it was not taken, and what the server said."""
    try:
        await client.connect()
        if settings.security == "starttls":
            await _encrypt(client)
        if settings.username is not None:
            await _log_in(client, settings.username, secret or "")
        return await client.send_message(made, sender=settings.sender, recipients=list(settings.to))
    except BaseException:
        client.close()
        raise


async def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """End what a mail was sent by, in a time of its own: a server that hangs now has taken it nevertheless."""
    try:
        with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
            await client.quit(timeout=GOODBYE)
    finally:
        client.close()


async def _encrypt(client: aiosmtplib.SMTP) -> None:
    await client.ehlo()
    if not client.supports_extension("starttls"):
        raise UnansweredError(  # not for ever: who stands between may have taken the offer out
            "NoStartTls",
            "The server offers no STARTTLS, so it was told nothing, neither the password nor the mail. One that speaks"
            " TLS from the start (mostly at port 465) wants the security `tls`.",
        )
    await client.starttls()


async def _log_in(client: aiosmtplib.SMTP, username: str, password: str) -> None:
    if client.is_ehlo_or_helo_needed:  # also anew after STARTTLS
        await client.ehlo()
    if not client.supports_extension("auth"):
        raise RefusedError(
            "NoLogin",
            "The server lets nobody log in like this. Where it does so over TLS alone, set `security`; where it knows"
            " no users, leave `username` out.",
        )
    await client.login(username, password)


def _hint(settings: SmtpSettings) -> str:
    return HINT if settings.security != "tls" and settings.port == TLS_PORT else ""


def _judged(code: int, text: str) -> RefusedError | UnansweredError:
    kind = RefusedError if code >= PERMANENT else UnansweredError
    return kind(f"SMTP{code}", f"{code} {text}")


def _refusals(refused: Mapping[str, tuple[int, str]]) -> str:
    return "; ".join(f"{address}: {code} {text}" for address, (code, text) in refused.items())
