"""Webhooks, mail servers, brokers and chats: each against a real other side on this machine."""

import asyncio
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from amqtt.broker import Broker
from amqtt.client import MQTTClient

from letterbox import Receiver, a_message, receiver
from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.bodies import body
from onlooker_notifier.channels.kinds import ChatSettings, MqttSettings, SmtpSettings, WebhookSettings
from onlooker_notifier.channels.message import Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.senders import mqtt, smtp, webhook
from onlooker_notifier.channels.senders.chat import Chat, plugin_of, without_secret
from onlooker_shared.errors import UnprocessableError

TLS = ssl.create_default_context()
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:apprise")

HERE = Guard(allow_private=True)
SECRET = "0123456789abcdef"
USER, PASSWORD = "onlooker", "hunter2"


async def post(there: Receiver, *, guard: Guard = HERE, url: str | None = None) -> Receipt:
    async with webhook.client() as http:
        return await webhook.Webhook(http, guard).send(WebhookSettings(url=url or there.url), SECRET, a_message())


async def test_a_webhook_is_signed_so_that_its_receiver_can_tell_who_sent_it_and_when() -> None:
    async with receiver() as there:
        receipt = await post(there)

    [request] = there.requests
    timestamp = request.headers["onlooker-timestamp"]
    signed = hmac.new(SECRET.encode(), timestamp.encode() + b"." + request.body, hashlib.sha256).hexdigest()
    assert request.headers["onlooker-signature"] == f"v1={signed}"
    assert abs(time.time() - int(timestamp)) < 60
    assert (request.method, request.path) == ("POST", "/alerts")
    assert request.headers["onlooker-delivery"] == a_message().delivery_id
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == body(a_message())
    assert receipt.answer == "HTTP 200: thanks"


async def test_a_webhook_to_this_machine_is_refused_before_anything_is_sent() -> None:
    async with receiver() as there:
        with pytest.raises(RefusedError, match="ONLOOKER_NOTIFIER_ALLOW_PRIVATE"):
            await post(there, guard=Guard())

    assert there.requests == []


async def test_a_webhook_connects_to_the_address_that_was_judged_under_its_own_name() -> None:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]  # the next time it might be another: it is asked once

    async with receiver() as there:
        await post(there, guard=Guard(allow_private=True, lookup=lookup), url=f"http://there.example:{there.port}/x")

    assert asked == ["there.example"]
    assert there.requests[0].headers["host"] == f"there.example:{there.port}"


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"])
async def test_a_webhook_follows_no_redirect(status: str) -> None:
    async with receiver() as elsewhere, receiver() as there:
        there.answer = f"HTTP/1.1 {status}\r\nLocation: {elsewhere.url}\r\nContent-Length: 0\r\n\r\n".encode()
        with pytest.raises(RefusedError, match="redirects are not followed"):
            await post(there)

    assert elsewhere.requests == []


@pytest.mark.parametrize(
    ("status", "error"),
    [
        ("400 Bad Request", RefusedError),
        ("404 Not Found", RefusedError),
        ("410 Gone", RefusedError),
        ("408 Request Timeout", UnansweredError),
        ("429 Too Many Requests", UnansweredError),
        ("500 Internal Server Error", UnansweredError),
        ("503 Service Unavailable", UnansweredError),
    ],
)
async def test_what_a_receiver_answers_says_whether_to_try_again(status: str, error: type[Exception]) -> None:
    async with receiver() as there:
        there.answer = f"HTTP/1.1 {status}\r\nContent-Length: 7\r\n\r\nbecause".encode()
        with pytest.raises(error, match=f"HTTP {status[:3]}: because"):
            await post(there)


async def test_a_webhook_that_hangs_is_left_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    async with receiver() as there:
        there.hangs = True
        with pytest.raises(UnansweredError, match="did not answer within"):
            await post(there)


async def test_of_an_answer_without_end_little_is_read() -> None:
    async with receiver() as there:
        there.answer, there.endless = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n", True
        receipt = await post(there)

    assert len(receipt.answer) < 300
    assert there.sent < 20_000_000


@pytest.mark.parametrize("dries_up", [True, False])
async def test_who_said_that_it_took_a_message_is_not_told_again_for_want_of_the_rest(
    monkeypatch: pytest.MonkeyPatch, dries_up: bool
) -> None:
    monkeypatch.setattr(webhook, "ANSWER_TIMEOUT", 0.2)
    async with receiver() as there:
        there.answer, there.dries_up = b"HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\nthan", dries_up
        assert (await post(there)).answer == "HTTP 200: than"


async def test_nobody_there_may_be_there_later() -> None:
    async with receiver() as there:
        pass
    with pytest.raises(UnansweredError, match="cannot be reached"):
        await post(there)


class Mailbox:
    """What a mail server does with mails."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.answer = "250 queued as 42"
        self.lingers = False

    async def handle_QUIT(self, _server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802 - likewise
        if self.lingers:
            await asyncio.sleep(60)
        return "221 bye"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        self.mails.append(envelope)
        return self.answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def mail_server(mailbox: Mailbox) -> Any:
    controller = Controller(mailbox, hostname="127.0.0.1", port=0)
    with suppress(ConnectionRefusedError):  # it looks whether it answers, at port 0
        controller.start()
    yield controller
    controller.stop(no_assert=True)


def smtp_settings(controller: Controller) -> SmtpSettings:
    assert controller.server is not None
    return SmtpSettings(
        host="127.0.0.1",
        port=controller.server.sockets[0].getsockname()[1],
        security="none",
        sender="onlooker@example.com",
        to=("ann@example.com", "bob@example.com"),
    )


async def send_mail(settings: SmtpSettings, guard: Guard = HERE) -> Receipt:
    return await smtp.Smtp(guard, None, TLS).send(settings, None, a_message())


async def test_a_mail_server_takes_the_whole_mail(mail_server: Controller, mailbox: Mailbox) -> None:
    receipt = await send_mail(smtp_settings(mail_server))

    [envelope] = mailbox.mails
    assert envelope.rcpt_tos == ["ann@example.com", "bob@example.com"]
    assert b"multipart/alternative" in (envelope.content or b"")
    assert "queued as 42" in receipt.answer


async def test_a_mail_server_that_hangs_at_goodbye_has_taken_the_mail(
    mail_server: Controller, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "GOODBYE", 0.1)
    monkeypatch.setattr(smtp, "TIMEOUT", 5.0)
    mailbox.lingers = True

    assert "queued as 42" in (await send_mail(smtp_settings(mail_server))).answer
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", RefusedError), ("451 try later", UnansweredError)])
async def test_a_mail_servers_reply_says_whether_to_try_again(
    mail_server: Controller, mailbox: Mailbox, answer: str, error: type[Exception]
) -> None:
    mailbox.answer = answer

    with pytest.raises(error, match=answer):
        await send_mail(smtp_settings(mail_server))


async def test_a_mail_server_without_encryption_gets_no_password_in_the_clear(mail_server: Controller) -> None:
    settings = smtp_settings(mail_server).model_copy(update={"security": "starttls", "username": USER})

    with pytest.raises(UnansweredError, match="STARTTLS"):
        await smtp.Smtp(HERE, None, TLS).send(settings, PASSWORD, a_message())


async def test_no_mail_server_in_this_network_unless_allowed(mail_server: Controller) -> None:
    with pytest.raises(RefusedError, match="ALLOW_PRIVATE"):
        await send_mail(smtp_settings(mail_server), Guard())


@asynccontextmanager
async def broker() -> AsyncIterator[int]:
    """A broker on a free port that lets one user in."""
    made = Broker(
        {
            "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:0"}},
            "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        }
    )
    await made.start()
    try:
        yield made._servers["default"].instance.sockets[0].getsockname()[1]  # it does not tell otherwise
    finally:
        await made.shutdown()


async def publish(port: int, *, guard: Guard = HERE, **more: Any) -> Receipt:
    settings = MqttSettings(host="127.0.0.1", port=port, tls=False, **more)
    return await mqtt.Mqtt(guard, TLS).send(settings, None, a_message())


async def test_a_broker_hands_on_what_was_seen() -> None:
    async with broker() as port:
        reader = MQTTClient()
        await reader.connect(f"mqtt://127.0.0.1:{port}")
        await reader.subscribe([("house/#", 1)])

        receipt = await publish(port, topic="house/door")
        message = await reader.deliver_message(timeout_duration=10)

        await reader.disconnect()
    assert message is not None
    assert message.topic == "house/door"
    assert json.loads(message.data) == body(a_message())
    assert receipt.answer == "acknowledged by the broker"


async def test_a_broker_that_is_away_may_be_there_later_and_one_in_this_network_must_be_allowed() -> None:
    async with broker() as port:
        with pytest.raises(RefusedError, match="ALLOW_PRIVATE"):
            await publish(port, guard=Guard())
    with pytest.raises(UnansweredError, match="broker"):
        await publish(port)


async def test_a_chat_service_gets_the_words_and_its_answer_is_understood() -> None:
    url = "gotify://127.0.0.1:{port}/Abcdefghijklmno"
    async with receiver() as there:
        receipt = await Chat(HERE).send(ChatSettings(service="gotify"), url.format(port=there.port), a_message())

        there.answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
        with pytest.raises(RefusedError, match="401"):
            await Chat(HERE).send(ChatSettings(service="gotify"), url.format(port=there.port), a_message())
        there.answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        with pytest.raises(UnansweredError, match="503"):
            await Chat(HERE).send(ChatSettings(service="gotify"), url.format(port=there.port), a_message())
        with pytest.raises(RefusedError, match="ALLOW_PRIVATE"):
            await Chat(Guard()).send(ChatSettings(service="gotify"), url.format(port=there.port), a_message())

    assert receipt.answer == "taken by gotify"
    told = json.loads(there.requests[0].body)
    assert told["title"] == a_message().letter.subject
    assert "Ann" in told["message"]
    assert len(there.requests) == 3


def test_a_service_follows_no_redirect_and_waits_no_longer_whatever_its_url_says() -> None:
    plugin = plugin_of("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?redirect=yes&verify=no&cto=600&rto=600")

    assert plugin.redirects is False
    assert plugin.verify_certificate is True
    assert plugin.request_timeout == (5.0, 10.0)
    with pytest.raises(UnprocessableError, match="no URL that apprise knows for slack"):
        plugin_of("slack://nonsense")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("workflows://flows.example/wflow/sign?template=/etc/passwd", "neither read nor fetched"),
        ("workflows://flows.example/wflow/sign?template=http://169.254.169.254/latest", "neither read nor fetched"),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?template=file:///etc/passwd", "neither read nor fetched"),
        ("tgram://123456789:abcdefg_hijklmnop/1111/2222", "names 2 receivers"),
    ],
)
def test_a_service_sends_no_file_of_this_machine_and_has_one_receiver(url: str, words: str) -> None:
    with pytest.raises(UnprocessableError, match=words):
        plugin_of(url)


def test_a_service_that_fails_is_not_asked_again_and_again_in_one_try() -> None:
    plugin = plugin_of("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js?retry=10&wait=60")

    assert (plugin.retry, plugin.wait) == (0, 0)


def test_what_a_service_is_said_to_have_answered_repeats_nothing_of_its_url(caplog: pytest.LogCaptureFixture) -> None:
    url = "tgram://123456789:abcdefg_hijklmnop/1111"

    assert without_secret("Bad token abcdefg_hijklmnop, error=401", url) == "Bad token ***, error=401"
    with pytest.raises(UnprocessableError):
        plugin_of("tgram://nonsense-that-is-secret/1111")
    assert "secret" not in caplog.text
