"""Webhooks, mail servers, brokers and chats: each against a real other side on this machine."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from html import escape
from typing import Any

import pytest
from amqtt.client import MQTTClient

from letterbox import Receiver, a_message, receiver
from onlooker_notifier.channels.addresses import Guard
from onlooker_notifier.channels.bodies import body
from onlooker_notifier.channels.kinds import ChatSettings, MqttSettings, SmtpSettings, WebhookSettings
from onlooker_notifier.channels.message import Link, Receipt, RefusedError, UnansweredError
from onlooker_notifier.channels.pictures import Pictures
from onlooker_notifier.channels.senders import mqtt, smtp, webhook
from onlooker_notifier.channels.senders.chat import Chat, plugin_of, without_secret
from onlooker_notifier.secrets.trust import Trust
from onlooker_shared.annotations import thumbnail_key
from onlooker_shared.aws import Aws
from onlooker_shared.errors import UnprocessableError
from outside import MailServer, broker, mail_server

TLS = Trust().context()
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:apprise")

HERE = Guard(allow_private=True)
SECRET = "0123456789abcdef"
SUBJECT, TEXT = a_message().letter.subject, a_message().letter.text.strip()
JPEG = b"\xff\xd8thumbnail\x00\r\n.\r\n"  # as no line of a mail may look


async def post(there: Receiver, *, guard: Guard = HERE, url: str | None = None) -> Receipt:
    async with webhook.client(TLS) as http:
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
    assert request.headers["accept-encoding"] == "identity"  # what answers say is shown, and nothing is unpacked
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
    with pytest.raises(UnansweredError, match="cannot be reached: nobody listens at this port"):
        await post(there)


@pytest.mark.parametrize(
    ("value", "words", "wait"),
    [
        ("120", "slowly (It asks to be left alone for 120 s.)", 120.0),
        ("Fri, 15 Jan 2027 08:10:00 GMT", "slowly (It asks to be left alone for 600 s.)", 600.0),
        ("86400", "slowly (It asks to be left alone for 3600 s.)", 3600.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", "slowly", 0.0),
        ("later", "slowly", 0.0),
        ("Fri, 15 Jan 2027 08:10:00 +99999999999999", "slowly", 0.0),
    ],
)
async def test_who_asks_to_be_left_alone_for_a_while_is_understood(value: str, words: str, wait: float) -> None:
    async with receiver() as there, webhook.client(TLS) as http:
        there.answer = (
            f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: {value}\r\nContent-Length: 6\r\n\r\nslowly".encode()
        )
        sender = webhook.Webhook(http, HERE, clock=lambda: 1_800_000_000.0)  # 08:00 on that day
        with pytest.raises(UnansweredError) as asked:
            await sender.send(WebhookSettings(url=there.url), SECRET, a_message())

    assert (asked.value.reason, asked.value.wait) == (f"HTTP 429: {words}", wait)


async def test_a_name_is_reached_at_whichever_of_its_addresses_somebody_listens() -> None:
    async def lookup(_host: str, _port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    guard, host = Guard(allow_private=True, lookup=lookup), "house.example"
    async with receiver() as there, mail_server() as mailing, broker() as port:
        await post(there, guard=guard, url=f"http://{host}:{there.port}/x")
        await send_mail(smtp_settings(mailing).model_copy(update={"host": host}), guard)
        await mqtt.Mqtt(guard, lambda: TLS).send(MqttSettings(host=host, port=port, tls=False), None, a_message())

    assert (len(there.requests), len(mailing.mails)) == (1, 1)


def smtp_settings(there: MailServer) -> SmtpSettings:
    return SmtpSettings(
        host="127.0.0.1",
        port=there.port,
        security="none",
        sender="onlooker@example.com",
        to=("ann@example.com", "bob@example.com"),
    )


async def send_mail(settings: SmtpSettings, guard: Guard = HERE) -> Receipt:
    return await smtp.Smtp(guard, None, lambda: TLS).send(settings, None, a_message())


async def test_a_mail_server_takes_the_whole_mail_with_its_picture_and_links(aws: Aws) -> None:
    s3, bucket, message = await aws.client("s3"), f"t{uuid.uuid4().hex}", a_message()
    await s3.create_bucket(Bucket=bucket)
    await s3.put_object(Bucket=bucket, Key=thumbnail_key(message.notices[0].image_id), Body=JPEG)
    mute = Link("Mute for an hour", "https://onlooker.example.com/alerts/links/a?b=1&c=2")
    async with mail_server() as there:
        sender = smtp.Smtp(HERE, Pictures(s3, bucket), lambda: TLS)
        receipt = await sender.send(smtp_settings(there), None, replace(message, links=(mute,)))

    [envelope] = there.mails
    assert envelope.rcpt_tos == ["ann@example.com", "bob@example.com"]
    assert "queued as 42" in receipt.answer
    assert isinstance(envelope.content, bytes)
    mail = message_from_bytes(envelope.content, policy=default)
    assert (mail["Subject"], mail["From"]) == (message.letter.subject, "onlooker@example.com")
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().splitlines()[-1] == f"{mute.label}: {mute.url}"
    assert f'href="{escape(mute.url)}">{mute.label}</a>' in html.get_content()
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/jpeg"]
    assert picture.get_content() == JPEG
    assert f'<img src="cid:{picture["Content-ID"][1:-1]}" alt="images/' in html.get_content()


async def test_a_mail_server_that_hangs_at_goodbye_has_taken_the_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "GOODBYE", 1.5)
    monkeypatch.setattr(smtp, "TIMEOUT", 1.5)  # of which less is left by then
    async with mail_server() as there:
        there.lingers = True

        assert "queued as 42" in (await send_mail(smtp_settings(there))).answer

    assert len(there.mails) == 1


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", RefusedError), ("451 try later", UnansweredError)])
async def test_a_mail_servers_reply_says_whether_to_try_again(answer: str, error: type[Exception]) -> None:
    async with mail_server() as there:
        there.answer = answer
        with pytest.raises(error, match=answer):
            await send_mail(smtp_settings(there))


async def test_a_mail_server_is_away_or_silent_or_in_a_network_that_is_not_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with mail_server() as there:
        with pytest.raises(RefusedError, match="ALLOW_PRIVATE"):
            await send_mail(smtp_settings(there), Guard())
    with pytest.raises(UnansweredError, match="nobody listens at this port"):
        await send_mail(smtp_settings(there))
    monkeypatch.setattr(smtp, "TIMEOUT", 0.2)
    async with silent() as port:
        monkeypatch.setattr(smtp, "TLS_PORT", port)
        with pytest.raises(UnansweredError, match=r"not answer\. At this port servers speak TLS from the start"):
            await send_mail(smtp_settings(MailServer(port)))


async def test_of_several_people_those_whom_the_server_takes_get_their_mail_and_the_others_are_named() -> None:
    async with mail_server() as there:
        there.refuses = {"ann@example.com": "550 no such user"}
        receipt = await send_mail(smtp_settings(there))
        there.refuses |= {"bob@example.com": "450 come back later"}
        with pytest.raises(UnansweredError, match=r"550 no such user; bob@example\.com: 450 come back later"):
            await send_mail(smtp_settings(there))

    assert [envelope.rcpt_tos for envelope in there.mails] == [["bob@example.com"]]
    assert receipt.answer == "queued as 42; not taken for ann@example.com: 550 no such user"


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """Take connections, and say nothing."""
    taken: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: taken.append(writer), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in taken:
            writer.close()


async def publish(port: int, *, guard: Guard = HERE, **more: Any) -> Receipt:
    settings = MqttSettings(host="127.0.0.1", port=port, tls=False, **more)
    return await mqtt.Mqtt(guard, lambda: TLS).send(settings, None, a_message())


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
    with pytest.raises(UnansweredError, match="broker cannot be reached: nobody listens at this port"):
        await publish(port)


async def test_a_broker_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mqtt, "TIMEOUT", 0.2)
    async with silent() as port:
        with pytest.raises(UnansweredError, match=r"it does not answer|timed out"):
            await publish(port)


@pytest.mark.parametrize(
    ("service", "path", "asked"),
    [
        ("gotify", "Abcdefghijklmno", {"title": SUBJECT, "message": TEXT}),
        ("ntfy", "Abcdefghijklmno", {"topic": "Abcdefghijklmno", "title": SUBJECT, "message": TEXT}),
        ("mmost", "Abcdefghijklmnopqrstuvwx", {"text": f"{SUBJECT}\r\n{TEXT}", "username": "Onlooker"}),
    ],
)
async def test_a_chat_service_gets_the_words_and_its_answer_is_understood(
    service: str, path: str, asked: dict[str, str]
) -> None:
    chat, settings = Chat(HERE, Trust()), ChatSettings(service=service)
    async with receiver() as there:
        url = f"{service}://127.0.0.1:{there.port}/{path}"
        receipt = await chat.send(settings, url, a_message())

        there.answer = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
        with pytest.raises(RefusedError, match="401"):
            await chat.send(settings, url, a_message())
        there.answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        with pytest.raises(UnansweredError, match="503"):
            await chat.send(settings, url, a_message())
        with pytest.raises(RefusedError, match="ALLOW_PRIVATE"):
            await Chat(Guard(), Trust()).send(settings, url, a_message())
    with pytest.raises(UnansweredError, match=r"\. \(Connection refused\)$") as away:
        await chat.send(settings, url, a_message())

    assert path not in away.value.reason
    assert receipt.answer == f"taken by {service}"
    assert len(there.requests) == 3
    told = json.loads(there.requests[0].body)
    assert {name: told[name] for name in asked} == asked
    assert "apprise" not in str(there.requests[0]).casefold()


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

    assert without_secret("Bad token abcdefg_hijklmnop, error=401", url, None) == "Bad token ***, error=401"
    with pytest.raises(UnprocessableError):
        plugin_of("tgram://nonsense-that-is-secret/1111")
    assert "secret" not in caplog.text
