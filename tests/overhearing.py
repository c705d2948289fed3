"""Who listens to Amazon's services, as the emulator has them: a queue, a phone, a subscriber of IoT."""

import json
import secrets
import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from amqtt.client import MQTTClient

from emulator import Emulator
from onlooker_shared.aws import Aws

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

LONGEST_WAIT = 20
"""Seconds; SQS waits no longer."""


@dataclass(frozen=True)
class Queue:
    """A queue that no other test has."""

    sqs: "SQSClient"
    url: str
    arn: str

    async def heard(self) -> dict[str, Any]:
        """The only message in it."""
        got = await self.sqs.receive_message(QueueUrl=self.url, WaitTimeSeconds=LONGEST_WAIT)
        [message] = got["Messages"]
        told: dict[str, Any] = json.loads(message["Body"])
        return told


async def a_queue(aws: Aws) -> Queue:
    sqs = await aws.client("sqs")
    url = (await sqs.create_queue(QueueName=f"t{uuid.uuid4().hex}"))["QueueUrl"]
    attributes = (await sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"]))["Attributes"]
    return Queue(sqs, url, attributes["QueueArn"])


async def a_topic(aws: Aws) -> tuple[str, Queue]:
    """A topic, and a queue that hears it."""
    queue, sns = await a_queue(aws), await aws.client("sns")
    topic = (await sns.create_topic(Name=f"t{uuid.uuid4().hex}"))["TopicArn"]
    await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    return topic, queue


async def a_bus(aws: Aws, wanted: dict[str, Any]) -> tuple[str, Queue]:
    """A bus, and a queue that hears what is wanted of it."""
    queue, events, name = await a_queue(aws), await aws.client("events"), f"t{uuid.uuid4().hex}"
    await events.create_event_bus(Name=name)
    await events.put_rule(Name=name, EventBusName=name, EventPattern=json.dumps(wanted))
    await events.put_targets(Rule=name, EventBusName=name, Targets=[{"Id": "queue", "Arn": queue.arn}])
    return name, queue


@dataclass(frozen=True)
class Phone:
    """A phone that no other test has."""

    emulator: Emulator
    number: str = field(default_factory=lambda: f"+49{secrets.randbelow(10**11):011}")

    async def text_messages(self) -> list[dict[str, Any]]:
        async with httpx.AsyncClient(base_url=self.emulator.url) as client:
            kept = await client.get("/_ministack/sns/sms-messages", params={"phoneNumber": self.number})
        told: list[dict[str, Any]] = kept.json()["sms_messages"][self.number]
        return told


@dataclass(frozen=True)
class Subscriber:
    """Somebody who subscribed to a topic of IoT."""

    client: MQTTClient

    async def heard(self) -> dict[str, Any]:
        """The next message."""
        message = await self.client.deliver_message(timeout_duration=LONGEST_WAIT)
        assert message is not None
        told: dict[str, Any] = json.loads(message.data)
        return told


@asynccontextmanager
async def subscriber(emulator: Emulator, topic: str) -> AsyncIterator[Subscriber]:
    """Subscribe by MQTT over a WebSocket, as things do with Amazon's."""
    client = MQTTClient(config={"auto_reconnect": False})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", _resolve)
        await client.connect(f"ws://{iot_host(emulator)}/mqtt")
    try:
        await client.subscribe([(topic, 1)])
        yield Subscriber(client)
    finally:
        await client.disconnect()


def iot_host(emulator: Emulator) -> str:
    """The name and port at which things reach IoT; `DescribeEndpoint` puts an account's number before it."""
    return f"iot.us-east-1.localhost:{urlsplit(emulator.url).port}"


_RESOLVE = socket.getaddrinfo


def _resolve(host: Any, *how: Any, **more: Any) -> Any:
    """Look a name up as RFC 6761 has it (section 6.3), which not every resolver knows."""
    return _RESOLVE("127.0.0.1" if str(host).endswith(".localhost") else host, *how, **more)
