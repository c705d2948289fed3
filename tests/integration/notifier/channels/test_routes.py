"""Channels over HTTP: secrets go in and never come out, and the test button says what the other side answered."""

import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator import Emulator
from installation import Installation, Keys, client_of, eventually, installation, working
from letterbox import receiver
from notifying import SENDER, Mailbox
from onlooker_notifier.__main__ import compose
from onlooker_notifier.channels.senders.webhook import signature
from onlooker_notifier.channels.trying import SUBJECT, TEXT
from onlooker_shared.aws import Aws
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.queue.sender import Sender
from onlooker_shared.service import Service
from overhearing import Phone, a_bus, a_topic, subscriber
from recognitions import an_image, recognized

PASSWORD = "correct-horse-battery"
BROKER = {"type": "mqtt", "host": "127.0.0.1", "port": 1, "username": "onlooker"}
WHICHEVER_KEY = pytest.mark.parametrize("key", ["KEY_FILE", "KMS_KEY_ID"])
"""For tests of what holds with every key that secrets are sealed with."""


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture
def key() -> str:
    """The setting that names the key, unless a test says otherwise."""
    return "KEY_FILE"


@pytest.fixture
async def service(
    here: Installation, key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Service]:
    where = str(tmp_path / "channels.key")
    if key == "KMS_KEY_ID":
        where = (await (await here.aws.client("kms")).create_key())["KeyMetadata"]["KeyId"]
    monkeypatch.setenv(f"ONLOOKER_NOTIFIER_{key}", where)
    monkeypatch.setenv("ONLOOKER_NOTIFIER_ALLOW_PRIVATE", "true")
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_FROM", SENDER)
    monkeypatch.setenv("ONLOOKER_NOTIFIER_VERIFY_SENDER", "true")
    async with compose(here.aws, here.common) as made:
        yield made


async def make(client: httpx.AsyncClient, settings: dict[str, Any], status: int = 201, **more: Any) -> dict[str, Any]:
    answer = await client.post("/alerts/channels", json={"name": "The door", "settings": settings, **more})
    assert answer.status_code == status, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def try_out(client: httpx.AsyncClient, channel: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = (await client.post(f"/alerts/channels/{channel['channel_id']}/test")).json()
    return told


@WHICHEVER_KEY
async def test_a_secret_is_never_shown_nor_stored_as_it_is(here: Installation, service: Service) -> None:
    async with client_of(service) as client:
        made = await make(client, BROKER, secret=PASSWORD)
        shown = await client.get(f"/alerts/channels/{made['channel_id']}")
        listed = await client.get("/alerts/channels")

    assert made["secret"] == "set"
    assert PASSWORD not in shown.text + listed.text + str(made)
    dynamodb = await here.aws.client("dynamodb")
    stored = await dynamodb.scan(TableName=here.topology.alert_channels.name)
    assert PASSWORD not in str(stored["Items"])
    assert stored["Count"] == 1


@WHICHEVER_KEY
async def test_a_secret_that_somebody_copies_into_another_channel_is_not_opened_there(
    here: Installation, service: Service
) -> None:
    dynamodb, table = await here.aws.client("dynamodb"), here.topology.alert_channels.name
    async with client_of(service) as client:
        ours, thiefs = [await make(client, BROKER, secret=secret) for secret in (PASSWORD, "another")]
        bodies = []
        for each in (ours, thiefs):
            stored = await dynamodb.get_item(TableName=table, Key={"channel_id": {"S": each["channel_id"]}})
            bodies.append(json.loads(stored["Item"]["body"]["S"]))
        copied = bodies[1] | {"sealed": bodies[0]["sealed"]}
        await dynamodb.update_item(
            TableName=table,
            Key={"channel_id": {"S": thiefs["channel_id"]}},
            UpdateExpression="SET body = :copied",
            ExpressionAttributeValues={":copied": {"S": json.dumps(copied)}},
        )
        refused, opened = await try_out(client, thiefs), await try_out(client, ours)

    assert refused["status"] == "refused"
    assert "cannot be opened" in refused["answer"]
    assert opened["status"] == "unanswered", "it was opened, but nobody listens"


async def test_a_channel_is_changed_by_version_and_keeps_its_secret_for_the_same_place_only(service: Service) -> None:
    async with client_of(service) as client:
        made = await make(client, BROKER, secret=PASSWORD)
        path, wanted = f"/alerts/channels/{made['channel_id']}", {"name": "Mine", "settings": BROKER}

        changed = await client.put(path, json=wanted, headers={"If-Match": '"1"'})
        assert (changed.json()["name"], changed.json()["secret"], changed.headers["ETag"]) == ("Mine", "set", '"2"')
        assert (await client.put(path, json=wanted, headers={"If-Match": '"1"'})).status_code == 412

        elsewhere = {"name": "Mine", "settings": BROKER | {"host": "thief.example"}}
        refused = await client.put(path, json=elsewhere)
        assert refused.status_code == 422
        assert "give it anew" in refused.json()["detail"]
        assert (await client.put(path, json=elsewhere | {"secret": "another"})).status_code == 200

        assert (await client.delete(path, headers={"If-Match": '"1"'})).status_code == 412
        assert (await client.delete(path)).status_code == 204
        assert (await client.get(path)).status_code == 404


@WHICHEVER_KEY
async def test_the_secret_of_a_webhook_is_made_shown_once_and_signs(service: Service) -> None:
    async with client_of(service) as client, receiver() as there:
        made = await make(client, {"type": "webhook", "url": there.url})
        path = f"/alerts/channels/{made['channel_id']}"
        assert len(made["signing_secret"]) == 64
        assert (await client.get(path)).json()["signing_secret"] is None

        tried = (await client.post(f"{path}/test")).json()
        assert (tried["status"], tried["answer"]) == ("sent", "HTTP 200: thanks")
        there.answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nwho?"
        tried = (await client.post(f"{path}/test")).json()
        assert (tried["status"], tried["answer"]) == ("refused", "HTTP 404: who?")
    async with client_of(service) as client:
        assert (await client.post(f"{path}/test")).json()["status"] == "unanswered"

    first = there.requests[0]
    assert b'"test":true' in first.body
    signed = signature(made["signing_secret"], first.headers["onlooker-timestamp"], first.body)
    assert first.headers["onlooker-signature"] == signed


async def test_the_button_sends_what_it_says_by_each_of_amazons_services(
    here: Installation, service: Service, emulator: Emulator, mailbox: Mailbox
) -> None:
    phone, topic, namespace = Phone(emulator), f"t{uuid.uuid4().hex}", f"Onlooker/{uuid.uuid4().hex}"
    wanted = {"detail": {"test": [True]}}
    (arn, readers), (bus, house) = await a_topic(here.aws), await a_bus(here.aws, wanted)
    async with client_of(service) as client, subscriber(emulator, topic) as thing:

        async def tried(**settings: Any) -> dict[str, Any]:
            told = await try_out(client, await make(client, settings))
            assert told["status"] == "sent", told
            return told

        await tried(type="email", to=[mailbox.address])
        to_topic = await tried(type="sns", topic_arn=arn)
        to_phone = await tried(type="sns", phone_number=phone.number)
        to_things = await tried(type="iot", topic=topic)
        to_bus = await tried(type="eventbridge", bus=bus)
        to_cloudwatch = await tried(type="cloudwatch", namespace=namespace)
        told, event = await thing.heard(), await house.heard()

    assert [mail["Subject"] for mail in await mailbox.mails()] == [SUBJECT]
    read = await readers.heard()
    assert (read["MessageId"], read["Message"]) == (to_topic["message_id"], f"{TEXT}\n")
    [text] = await phone.text_messages()
    assert (text["MessageId"], text["Message"]) == (to_phone["message_id"], SUBJECT)
    assert (to_things["answer"], told["onlooker"]["test"]) == ("1 message", True)
    assert to_bus["message_id"] == event["id"]
    assert to_cloudwatch["answer"] == "1 metric"
    assert await counted(here, namespace) == {"Tests": 1.0}


async def counted(here: Installation, namespace: str) -> dict[str, float]:
    """Every metric of a namespace, and how much it counted just now."""
    cloudwatch, now, told = await here.aws.client("cloudwatch"), datetime.now(UTC), {}
    for metric in (await cloudwatch.list_metrics(Namespace=namespace))["Metrics"]:
        found = await cloudwatch.get_metric_statistics(
            Namespace=namespace,
            MetricName=metric["MetricName"],
            StartTime=now - timedelta(minutes=5),
            EndTime=now + timedelta(minutes=5),
            Period=3600,
            Statistics=["Sum"],
        )
        told[metric["MetricName"]] = sum(point["Sum"] for point in found["Datapoints"])
    return told


async def test_what_cannot_work_is_refused_without_repeating_the_secret(service: Service) -> None:
    chat_url = f"json://127.0.0.1/{PASSWORD}"
    mailing = {"type": "smtp", "host": "h", "sender": "a@example.com", "to": ["b@example.com"]}
    async with client_of(service) as client:
        for settings, secret in (
            ({"type": "email", "to": ["a@example.com"]}, PASSWORD),
            ({"type": "email", "to": ["nobody"]}, PASSWORD),
            ({"type": "chat"}, None),
            ({"type": "chat"}, chat_url),
            ({"type": "webhook", "url": "https://example.com"}, "short"),
            ({"type": "webhook", "url": "file:///etc/passwd"}, PASSWORD),
            ({"type": "webhook", "url": "https://example.com"}, PASSWORD * 1000),
            (mailing, PASSWORD),
        ):
            told = await make(client, settings, 422, secret=secret)
            assert PASSWORD not in str(told)
        assert (await client.get("/alerts/channels")).json() == {"channels": []}


async def test_reading_and_writing_channels_are_two_scopes_and_bound_keys_have_neither(service: Service) -> None:
    keys = Keys(
        {
            name: Principal(key_id=name, owner=name, scopes=frozenset(scopes), bucket=bucket)
            for name, scopes, bucket in (
                ("reader", {Scope.ALERTS_READ}, None),
                ("writer", {Scope.ALERTS_READ, Scope.ALERTS_WRITE}, None),
                ("bound", {Scope.ALERTS_READ, Scope.ALERTS_WRITE}, "images"),
            )
        }
    )
    body = {"name": "IoT", "settings": {"type": "iot"}}
    for key, read, written in (("reader", 200, 403), ("writer", 200, 201), ("bound", 403, 403)):
        async with client_of(service, keys, key) as client:
            assert (await client.get("/alerts/channels")).status_code == read
            assert (await client.post("/alerts/channels", json=body)).status_code == written


async def test_a_rule_tells_by_a_webhook_in_the_running_pipeline(here: Installation, service: Service) -> None:
    sqs = await here.aws.client("sqs")
    sender = Sender(sqs, await here.aws.queue_url(here.topology.notifier.name))
    async with client_of(service) as client, receiver() as there:
        made = await make(client, {"type": "webhook", "url": there.url})
        dynamodb = await here.aws.client("dynamodb")
        rule = {
            "rule_id": "door",
            "name": "At the door",
            "events": ["recognized"],
            "channels": [{"channel": made["channel_id"]}],
            "digest_interval": 0,
        }
        await dynamodb.put_item(
            TableName=here.topology.alert_rules.name,
            Item={
                "rule_id": {"S": "door"},
                "body": {"S": json.dumps(rule)},
            },
        )
        await sender.send(recognized(an_image("door.jpg")))

        async def told() -> list[dict[str, Any]]:
            page = (await client.get("/alerts/deliveries")).json()["deliveries"]
            return [delivery for delivery in page if delivery["rule_id"] == "door"]

        async with working(service):
            [delivery] = await eventually(told)
        in_use = await client.delete(f"/alerts/channels/{made['channel_id']}")

    assert (delivery["channel"], delivery["target"], delivery["outcome"]["answer"]) == (
        "webhook",
        there.url,
        "HTTP 200: thanks",
    )
    assert b'"door.jpg"' in there.requests[0].body
    assert in_use.status_code == 409
    assert "At the door" in in_use.json()["detail"]
