"""A message is sent again as it was sent, by the same channel, once for each request."""

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from installation import Installation, client_of, eventually, installation, working
from letterbox import Receiver, receiver
from onlooker_notifier.__main__ import compose
from onlooker_notifier.delivering.deliveries import Deliveries
from onlooker_shared.aws import Aws
from onlooker_shared.queue.sender import Sender
from onlooker_shared.service import Service
from recognitions import an_image, recognized


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture
async def service(here: Installation, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    monkeypatch.setenv("ONLOOKER_NOTIFIER_ALLOW_PRIVATE", "true")
    async with compose(here.aws, here.common) as made:
        yield made


async def told(here: Installation, service: Service, client: httpx.AsyncClient, there: Receiver) -> dict[str, Any]:
    """Have a rule tell of a picture by a webhook, and return the delivery."""
    settings = {"type": "webhook", "url": there.url}
    made = (await client.post("/alerts/channels", json={"name": "The door", "settings": settings})).json()
    rule = {"name": "At the door", "channels": [{"channel": made["channel_id"]}], "digest_interval": 0}
    assert (await client.post("/alerts/rules", json=rule)).status_code == 201
    sqs = await here.aws.client("sqs")
    await Sender(sqs, await here.aws.queue_url(here.topology.notifier.name)).send(recognized(an_image("door.jpg")))
    async with working(service):
        [delivery] = await eventually(lambda: deliveries(client))
    return delivery


async def deliveries(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    page: list[dict[str, Any]] = (await client.get("/alerts/deliveries")).json()["deliveries"]
    return page


async def again(client: httpx.AsyncClient, delivery_id: str, request_id: str = "one") -> httpx.Response:
    return await client.post(f"/alerts/deliveries/{delivery_id}/again", json={"request_id": request_id})


async def test_a_message_is_sent_again_as_it_was_and_once_a_request(here: Installation, service: Service) -> None:
    async with client_of(service) as client, receiver() as there:
        first = await told(here, service, client, there)

        sent = await again(client, first["delivery_id"])
        same = await again(client, first["delivery_id"])
        another = await again(client, sent.json()["delivery_id"], "two")

        assert (sent.status_code, same.json(), len(there.requests)) == (201, sent.json(), 3)
        listed = await deliveries(client)
    bodies = [json.loads(request.body) for request in there.requests]
    assert [{**body, "delivery_id": ""} for body in bodies] == [{**bodies[0], "delivery_id": ""}] * 3
    assert len({body["delivery_id"] for body in bodies}) == 3, "who remembers ids tells of it again"
    assert [each["delivery_id"] for each in listed] == [
        another.json()["delivery_id"],
        sent.json()["delivery_id"],
        first["delivery_id"],
    ]
    assert [each["again_of"] for each in listed] == [first["delivery_id"]] * 2 + [None]
    assert sent.json()["outcome"]["status"] == "sent"
    assert (sent.json()["text"], sent.json()["image_ids"]) == (first["text"], first["image_ids"])


async def test_what_is_not_taken_again_says_why_and_waits_for_nothing(here: Installation, service: Service) -> None:
    async with client_of(service) as client, receiver() as there:
        first = await told(here, service, client, there)
        there.answer = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"
        failed = (await again(client, first["delivery_id"])).json()["outcome"]
        waiting = (await client.get(f"/alerts/channels/{first['channel_id']}/waiting")).json()

    assert failed["status"] == "failed"
    assert "HTTP 503" in failed["reason"]
    assert failed["reason"].endswith("It is not tried again by itself.")
    assert (waiting["count"], waiting["dropped"]["count"]) == (0, 0)


async def test_what_cannot_be_sent_again_is_refused_in_words(here: Installation, service: Service) -> None:
    async with client_of(service) as client, receiver() as there:
        first = await told(here, service, client, there)
        for rule in (await client.get("/alerts/rules")).json():
            await client.delete(f"/alerts/rules/{rule['rule_id']}")
        assert (await client.delete(f"/alerts/channels/{first['channel_id']}")).status_code == 204

        gone = await again(client, first["delivery_id"])
        missing = await again(client, f"{'1' * 13}-{'0' * 16}")
        unnamed = await client.post(f"/alerts/deliveries/{first['delivery_id']}/again", json={})

    assert (gone.status_code, missing.status_code, unnamed.status_code) == (409, 404, 422)
    assert "The channel The door is gone" in gone.json()["detail"]
    assert len(there.requests) == 1


async def test_of_what_an_older_version_sent_nothing_is_kept_to_send_again(
    here: Installation, service: Service
) -> None:
    dynamodb = await here.aws.client("dynamodb")
    table = here.topology.alert_deliveries.name
    async with client_of(service) as client, receiver() as there:
        first = await told(here, service, client, there)
        found = await Deliveries(dynamodb, table).find(first["delivery_id"])
        assert found is not None
        old = found[0].model_copy(update={"delivery_id": first["delivery_id"][:13] + "-" + uuid.uuid4().hex[:16]})
        await Deliveries(dynamodb, table).record(old)

        refused = await again(client, old.delivery_id)

    assert refused.status_code == 409
    assert "not kept whole" in refused.json()["detail"]
