"""Whom channels trust: mail servers, brokers, webhooks and chats over TLS, with users, against real other sides."""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from certificates import Authority
from installation import Installation, client_of, installation
from letterbox import a_message, receiver
from onlooker_notifier.__main__ import compose
from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.kinds import ChatSettings, MqttSettings, SmtpSettings, WebhookSettings
from onlooker_notifier.channels.message import Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.senders import webhook
from onlooker_notifier.channels.senders.chat import Chat
from onlooker_notifier.channels.senders.mqtt import Mqtt
from onlooker_notifier.channels.senders.smtp import Smtp
from onlooker_notifier.secrets.trust import Trust
from onlooker_shared.aws import Aws
from outside import PASSWORD, USER, broker, mail_server

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:apprise")

HOST = "door.example"
WEBHOOKS = Path(__file__).parents[4] / "docs" / "webhooks.md"
Kind = Literal["starttls", "tls", "mqtt", "webhook", "chat"]
KINDS: tuple[Kind, ...] = ("starttls", "tls", "mqtt", "webhook", "chat")


async def at_home(_host: str, _port: int) -> Sequence[str]:
    """A name server that knows every name, and this machine alone."""
    return ["127.0.0.1"]


GUARD = Guard(allow_private=True, lookup=at_home)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def mails(port: int, security: Literal["starttls", "tls", "none"]) -> SmtpSettings:
    to = ("ann@example.com", "bob@example.com")
    return SmtpSettings(host=HOST, port=port, security=security, username=USER, sender="onlooker@example.com", to=to)


@dataclass(frozen=True)
class Side:
    """The other side of a channel."""

    port: int
    got: Callable[[], int]
    """How many messages it got; of a broker, that is not known."""


@asynccontextmanager
async def other_side(kind: Kind, authority: Authority, host: str) -> AsyncIterator[Side]:
    """Serve, with a certificate for a name."""
    match kind:
        case "starttls" | "tls":
            async with mail_server(kind, authority.server(host)) as there:
                yield Side(there.port, lambda: len(there.mails))
        case "mqtt":
            async with broker(certificate=authority.certificate(host)) as port:
                yield Side(port, lambda: 0)
        case "webhook" | "chat":
            async with receiver(tls=authority.server(host)) as listening:
                yield Side(listening.port, lambda: len(listening.requests))


async def send(kind: Kind, port: int, trust: Trust) -> Receipt:
    message = a_message()
    match kind:
        case "starttls" | "tls":
            return await Smtp(GUARD, None, trust.context).send(mails(port, kind), PASSWORD, message)
        case "mqtt":
            return await Mqtt(GUARD, trust.context).send(MqttSettings(host=HOST, port=port), None, message)
        case "webhook":
            async with webhook.client(trust.context()) as http:
                settings = WebhookSettings(url=f"https://{HOST}:{port}/alerts?all=yes")
                return await webhook.Webhook(http, GUARD).send(settings, PASSWORD, message)
        case "chat":  # it looks names up by itself, so it is told an address
            url = f"gotifys://127.0.0.1:{port}/Abcdefghijklmno"
            return await Chat(GUARD, trust).send(ChatSettings(service="gotify"), url, message)


def known_as(kind: Kind) -> str:
    return "127.0.0.1" if kind == "chat" else HOST


@pytest.mark.parametrize("kind", KINDS)
async def test_who_is_signed_by_an_authority_of_ones_own_is_told(kind: Kind, authority: Authority) -> None:
    async with other_side(kind, authority, known_as(kind)) as there:
        await send(kind, there.port, Trust(authority.file))

        assert there.got() == (0 if kind == "mqtt" else 1)


@pytest.mark.parametrize("kind", KINDS)
async def test_whom_nobody_vouches_for_is_told_nothing_and_what_to_do_is_said(kind: Kind, authority: Authority) -> None:
    async with other_side(kind, authority, known_as(kind)) as there:
        with pytest.raises(UnansweredError, match="unable to get local issuer certificate") as refused:
            await send(kind, there.port, Trust())

        assert there.got() == 0
    assert "ONLOOKER_NOTIFIER_CA_FILE" in refused.value.reason


@pytest.mark.parametrize("kind", KINDS)
async def test_who_proves_to_be_somebody_else_is_told_nothing(kind: Kind, authority: Authority) -> None:
    async with other_side(kind, authority, "thief.example") as there:
        with pytest.raises(UnansweredError, match=r"certificate is not valid for") as refused:
            await send(kind, there.port, Trust(authority.file))

        assert there.got() == 0
    assert "ONLOOKER_NOTIFIER_CA_FILE" not in refused.value.reason


@pytest.mark.parametrize("kind", ["tls", "mqtt", "webhook"])
async def test_who_speaks_no_tls_is_found_out(kind: Kind) -> None:
    async with mail_server() as there:  # which is the first to speak, in the clear
        with pytest.raises(UnansweredError, match="Does it speak TLS at this port"):
            await send(kind, there.port, Trust())


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_server_is_told_the_password_over_tls(
    security: Literal["starttls", "tls"], authority: Authority
) -> None:
    async with mail_server(security, authority.server(HOST)) as there:
        smtp = Smtp(GUARD, None, Trust(authority.file).context)
        receipt = await smtp.send(mails(there.port, security), PASSWORD, a_message())
        with pytest.raises(RefusedError, match=r"535 .*The server refuses user or password"):
            await smtp.send(mails(there.port, security), "wrong", a_message())

    assert there.logged_in == [True]
    assert "queued as 42" in receipt.answer


async def test_a_mail_server_that_wants_no_password_is_told_none(authority: Authority) -> None:
    async with mail_server("starttls", authority.server(HOST)) as there:
        settings = mails(there.port, "starttls").model_copy(update={"username": None})
        await Smtp(GUARD, None, Trust(authority.file).context).send(settings, None, a_message())

    assert (there.logged_in, there.passwords) == ([False], [])


async def test_a_mail_server_that_offers_no_encryption_is_told_neither_the_password_nor_the_mail() -> None:
    async with mail_server("none") as there:
        with pytest.raises(UnansweredError, match="offers no STARTTLS"):
            await Smtp(GUARD, None, Trust().context).send(mails(there.port, "starttls"), PASSWORD, a_message())

    assert (there.mails, there.passwords) == ([], [])


async def test_a_mail_server_without_users_says_so(authority: Authority) -> None:
    async with mail_server("starttls", authority.server(HOST)) as there:
        with pytest.raises(RefusedError, match="leave `username` out"):
            await Smtp(GUARD, None, Trust().context).send(mails(there.port, "none"), PASSWORD, a_message())

    assert (there.mails, there.passwords) == ([], [])


async def test_a_broker_lets_in_who_has_the_password(authority: Authority, tmp_path: Path) -> None:
    async with broker(tmp_path, authority.certificate(HOST)) as port:
        mqtt = Mqtt(GUARD, Trust(authority.file).context)
        settings = MqttSettings(host=HOST, port=port, username=USER)
        receipt = await mqtt.send(settings, PASSWORD, a_message())
        with pytest.raises(RefusedError, match="refuses user or password"):
            await mqtt.send(settings, "wrong", a_message())

    assert receipt.answer == "acknowledged by the broker"


async def test_a_webhook_is_asked_by_its_name_and_verified_as_documented(authority: Authority) -> None:
    documented = re.search(r"```python\n(.*?)```", WEBHOOKS.read_text(), re.DOTALL)
    assert documented is not None
    receivers: dict[str, Any] = {}
    exec(documented[1], receivers)
    asked: list[str | None] = []
    tls = authority.server(HOST)
    tls.sni_callback = lambda _connection, name, _context: asked.append(name)
    async with receiver(tls=tls) as there:
        await send("webhook", there.port, Trust(authority.file))

    [request] = there.requests
    assert asked == [HOST], "though it was connected to by its address"
    assert (request.path, request.headers["host"]) == ("/alerts?all=yes", f"{HOST}:{there.port}")
    given = request.headers["onlooker-timestamp"], request.headers["onlooker-signature"]
    assert receivers["is_from_onlooker"](PASSWORD, *given, request.body)
    assert not receivers["is_from_onlooker"](PASSWORD, *given, request.body + b" ")


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


async def test_one_setting_has_every_channel_trust_an_authority_of_ones_own(
    here: Installation, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_KEY_FILE", str(tmp_path / "channels.key"))
    monkeypatch.setenv("ONLOOKER_NOTIFIER_ALLOW_PRIVATE", "true")
    monkeypatch.setenv("ONLOOKER_NOTIFIER_CA_FILE", str(authority.file))
    local, certificate = "127.0.0.1", authority.certificate("127.0.0.1")
    async with (
        receiver(tls=authority.server(local)) as there,
        broker(certificate=certificate) as port,
        mail_server("tls", authority.server(local)) as mailing,
        compose(here.aws, here.common) as service,
        client_of(service) as client,
    ):
        for settings, secret in (
            ({"type": "webhook", "url": f"https://{local}:{there.port}/alerts"}, None),
            ({"type": "chat"}, f"gotifys://{local}:{there.port}/Abcdefghijklmno"),
            ({"type": "mqtt", "host": local, "port": port}, None),
            (mails(mailing.port, "tls").model_dump() | {"host": local}, PASSWORD),
        ):
            answer = await client.post("/alerts/channels", json={"name": "It", "settings": settings, "secret": secret})
            tried = await client.post(f"/alerts/channels/{answer.json()['channel_id']}/test")
            assert tried.json()["status"] == "sent", tried.json()
