"""Mail servers and brokers, as real ones are: on a free port of this machine, with users, passwords and TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from amqtt.broker import Broker
from pwdlib.hashers.argon2 import Argon2Hasher

USER, PASSWORD = "onlooker", "hunter2-and-some"


@dataclass
class MailServer:
    """A mail server: what it was told, and how it answers."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    logged_in: list[bool] = field(default_factory=list)
    """Of each mail, whether it came from who had given the password."""
    passwords: list[bytes] = field(default_factory=list)
    """Those that it was told."""
    answer: str = "250 queued as 42"
    refuses: dict[str, str] = field(default_factory=dict)
    """How it answers of recipients that it does not take."""
    lingers: bool = False
    """Whether it hangs at goodbye."""

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        if self.lingers:
            await asyncio.sleep(60)
        return "221 bye"

    async def handle_RCPT(  # noqa: N802 - likewise
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refuses:
            return self.refuses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - likewise
        self.mails.append(envelope)
        self.logged_in.append(session.authenticated is True)
        return self.answer

    def log_in(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, said: object) -> AuthResult:
        assert isinstance(said, LoginPassword)
        self.passwords.append(said.password)
        return AuthResult(success=said == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


@asynccontextmanager
async def mail_server(
    security: Literal["starttls", "tls", "none"] = "none", tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    """Serve by SMTP. Without `security` it offers no STARTTLS, but lets who likes tell it a password in the clear."""
    made, loop = MailServer(), asyncio.get_running_loop()

    def session() -> SMTP:
        return SMTP(
            made,
            loop=loop,
            hostname="mail.example",
            authenticator=made.log_in,
            auth_require_tls=security == "starttls",
            tls_context=tls if security == "starttls" else None,
        )

    server = await loop.create_server(session, "127.0.0.1", 0, ssl=tls if security == "tls" else None)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()


@asynccontextmanager
async def broker(folder: Path | None = None, certificate: Path | None = None) -> AsyncIterator[int]:
    """Serve by MQTT, for everybody; yields the port.

    Args:
        folder: where the passwords of a broker are put that lets only `USER` in.
        certificate: a key and a certificate, for TLS.
    """
    users = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
    if folder is not None:
        file = folder / "passwords"
        file.write_text(f"{USER}:{Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)}\n")
        users = {"amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(file)}}
    listener: dict[str, object] = {"type": "tcp", "bind": "127.0.0.1:0"}
    if certificate is not None:
        listener |= {"ssl": True, "certfile": str(certificate), "keyfile": str(certificate)}
    made = Broker({"listeners": {"default": listener}, "plugins": users})
    await made.start()
    try:
        yield made._servers["default"].instance.sockets[0].getsockname()[1]  # it does not tell otherwise
    finally:
        await made.shutdown()
