"""A rule's own words, from the API to the mail."""

from collections.abc import AsyncIterator

import httpx
import pytest

from installation import Installation, client_of, eventually, installation, working
from notifying import SENDER, Mailbox
from onlooker_notifier.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.queue.sender import Sender
from onlooker_shared.service import Service
from recognitions import a_face, an_image, recognized


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture
async def service(here: Installation, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    for name, value in {"EMAIL_FROM": SENDER, "VERIFY_SENDER": "true", "ZONE": "Asia/Kolkata"}.items():
        monkeypatch.setenv(f"ONLOOKER_NOTIFIER_{name}", value)
    async with compose(here.aws, here.common) as composed:
        yield composed


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(service) as made:
        yield made


async def test_a_rule_says_it_in_its_own_words(
    here: Installation, service: Service, client: httpx.AsyncClient, mailbox: Mailbox
) -> None:
    rule = {
        "name": "At the door",
        "when": {"person": {"name": "Ann"}},
        "channels": [{"type": "email", "to": mailbox.address}],
        "digest_interval": 0,
        "subject": "{{ names|join }} at {{ camera }}, {{ time }}",
        "body": "{% for each in pictures %}\n{{ each.key }}: {{ each.similarity }} %\n{% endfor %}",
    }
    made = await client.post("/alerts/rules", json=rule)
    assert made.status_code == 201, made.text
    book = await client.get("/alerts/rules.yaml")
    assert "{{ names|join }}" in book.text
    assert (await client.put("/alerts/rules.yaml", content=book.content)).json()["unchanged"] == 2

    sender = Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.notifier.name))
    message = recognized(an_image("door/1.jpg"), a_face(name="Ann"))
    people = message.recognition.model_copy(update={"features": ("faces", "people", "labels")})
    await sender.send(message.model_copy(update={"recognition": people}))
    async with working(service):
        [mail] = await eventually(mailbox.mails)

    assert mail["Subject"] == "Ann at door, 17:30"
    assert mail["BodyText"].startswith("door/1.jpg: 97 %\r\n\r\nTold by")
    assert "door/1.jpg: 97 %</p>" in mail["BodyHtml"]


async def test_a_template_that_cannot_be_is_refused_with_its_line(client: httpx.AsyncClient) -> None:
    refused = await client.post("/alerts/rules", json={"name": "r", "body": "Hello\n{{ picture.__class__ }}"})
    changed = await client.patch("/alerts/rules/picture-recognized", json={"subject": "{{ range(9) }}"})
    book = await client.put("/alerts/rules.yaml", content='rules: [{rule_id: a, name: A, subject: "{{ x }}"}]')

    assert [each.status_code for each in (refused, changed, book)] == [422, 422, 422]
    assert "line 2: there is no `__class__` here" in refused.json()["errors"][0]["message"]
    assert changed.json()["errors"][0]["location"] == "body.subject"
    assert "rules.0.subject: line 1: there is no `x`" in book.json()["detail"]
