"""The notifier as it is deployed: from its queue to the mailbox."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from installation import Installation, Keys, client_of, eventually, installation, working
from notifying import SENDER, Mailbox
from onlooker_notifier.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.queue.sender import Sender
from onlooker_shared.recognition import Person
from onlooker_shared.results import Results, StoredFailure, StoredResult
from onlooker_shared.service import Service
from recognitions import a_face, a_label, a_recognition, an_image, annotated, failed, recognized


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws) as made:
        yield made


@pytest.fixture(autouse=True)
def settings(mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "EMAIL_TO": mailbox.address,
        "EMAIL_FROM": SENDER,
        "VERIFY_SENDER": "true",
        "DIGEST_INTERVAL": "0.5",
        "PICTURE_URL": "https://onlooker.example.com/pictures/{image_id}",
    }.items():
        monkeypatch.setenv(f"ONLOOKER_NOTIFIER_{name}", value)


@pytest.fixture
async def service(here: Installation) -> AsyncIterator[Service]:
    async with compose(here.aws, here.common) as composed:
        yield composed


@pytest.fixture
async def sender(here: Installation) -> Sender:
    return Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.notifier.name))


async def deliveries(client: httpx.AsyncClient, **asked: object) -> list[dict[str, Any]]:
    answer = await client.get("/alerts/deliveries", params={key: str(value) for key, value in asked.items()})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["deliveries"]
    return found


def seen_so_often(image: ImageRef, times: int) -> ImageRecognized:
    """What the recognizer tells of a picture of a stranger whom it remembers."""
    stranger = Person(person_id="p1", name="Unknown 1", similarity=99.0, known=False, times_seen=times)
    message = recognized(image, a_face().model_copy(update={"person": stranger}))
    assert message.recognition is not None
    people = message.recognition.model_copy(update={"features": ("faces", "people")})
    return message.model_copy(update={"recognition": people})


async def test_a_recognized_picture_is_mailed_with_a_link_and_listed(
    service: Service, sender: Sender, mailbox: Mailbox
) -> None:
    image = an_image("cat.jpg")
    await sender.send(recognized(image, a_face("HAPPY"), a_label("Cat")))
    await sender.send(failed(an_image("broken.jpg")))  # the default rule tells of none

    async with working(service), client_of(service) as client:
        [delivery] = await eventually(lambda: deliveries(client))
        [rule] = (await client.get("/alerts/rules")).json()
        assert await deliveries(client, image_id=image.image_id) == [delivery]
        assert await deliveries(client, image_id="0" * 32) == []

    [mail] = await mailbox.mails()
    assert mail["Subject"] == delivery["subject"]
    assert mail["Subject"].startswith("A picture from images ")
    assert mail["Subject"].endswith(": 1 face, Happy; Cat")
    assert f"https://onlooker.example.com/pictures/{image.image_id}" in mail["BodyHtml"]
    assert delivery["image_ids"] == [image.image_id]
    assert delivery["outcome"]["status"] == "sent"
    assert (rule["rule_id"], rule["digest_interval"]) == ("picture-recognized", 0.5)


async def test_of_a_stranger_is_told_the_first_time_alone(
    here: Installation, sender: Sender, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_TO", "")
    first, again = (seen_so_often(an_image(f"door/{times}.jpg"), times) for times in (1, 2))
    new = {"person": {"unknown": True, "times": 1}}
    anybody = {"person": {"unknown": True, "times": {"at_least": 1}}}

    async with compose(here.aws, here.common) as service, client_of(service) as client:
        for name, when, to, interval in (("new", new, mailbox.address, 0), ("all", anybody, "a@example.com", 0.5)):
            channels = [{"type": "email", "to": to}]
            rule = {"name": name, "when": when, "channels": channels, "digest_interval": interval}
            made = await client.post("/alerts/rules", json=rule)
            assert made.status_code == 201, made.text
        await asyncio.gather(sender.send(first), sender.send(again))

        async def of_both() -> set[str]:
            of_all = [each for each in await deliveries(client) if each["rule_name"] == "all"]
            return {image_id for each in of_all for image_id in each["image_ids"]}

        async with working(service):
            assert await eventually(of_both, lambda told: len(told) == 2)
        told = [each for each in await deliveries(client) if each["rule_name"] == "new"]

    assert [each["image_ids"] for each in told] == [[first.image.image_id]]
    [mail] = await mailbox.mails()
    assert "Somebody unknown was seen at door on 20 November at 12:00 for the first time" in mail["Subject"]


async def test_two_instances_and_redelivered_messages_tell_each_picture_once(
    here: Installation, sender: Sender, mailbox: Mailbox
) -> None:
    messages = [recognized(an_image(f"{n}.jpg")) for n in range(30)]
    await asyncio.gather(*map(sender.send, messages), *map(sender.send, messages))

    async with AsyncExitStack() as stack:
        services = [await stack.enter_async_context(compose(here.aws, here.common)) for _ in range(2)]
        client = await stack.enter_async_context(client_of(services[0]))

        async def told() -> list[str]:
            return [image for delivery in await deliveries(client, limit=100) for image in delivery["image_ids"]]

        async with working(*services):
            await eventually(told, lambda images: len(images) >= len(messages))
        assert sorted(await told()) == sorted(message.image.image_id for message in messages)
        assert len(await mailbox.mails()) == len(await deliveries(client))


async def test_a_sweep_tells_what_was_never_decided_and_nothing_twice(
    here: Installation, service: Service, mailbox: Mailbox
) -> None:
    results = Results(await here.aws.client("s3"), here.topology.results.name)
    cat = an_image("cat.jpg")
    await results.put(StoredResult(image=cat, recognition=a_recognition(a_label("Cat")), rekognition={}))
    await results.put_failure(StoredFailure(image=an_image("broken.jpg"), reason="It is empty."))

    async with client_of(service) as client:

        async def sweep() -> dict[str, int]:
            counted: dict[str, int] = (await client.post("/sweeps/notifier", params={"older_than": 0})).json()
            return counted

        assert (await client.post("/sweeps/notifier", params={"older_than": 3600})).json()["sent_on"] == 0
        assert await sweep() == {"looked_at": 2, "sent_on": 2}
        async with working(service):
            await eventually(mailbox.mails)
            await eventually(sweep, lambda swept: swept["sent_on"] == 0)
            [delivery] = await eventually(lambda: deliveries(client))

    assert delivery["image_ids"] == [cat.image_id]


async def test_what_is_not_for_the_notifier_is_a_dead_letter_that_says_so(
    here: Installation, service: Service, sender: Sender
) -> None:
    sqs = await here.aws.client("sqs")
    dead_letters = await here.aws.queue_url(here.topology.notifier.dead_letter)
    await sender.send(annotated(an_image()))

    async with working(service):
        answer = await sqs.receive_message(QueueUrl=dead_letters, WaitTimeSeconds=10, MessageAttributeNames=["All"])

    assert "not image.annotated.v1" in answer["Messages"][0]["MessageAttributes"]["Reason"]["StringValue"]


async def test_alerts_are_not_for_keys_that_lack_the_scope_or_are_bound(service: Service) -> None:
    keys = Keys(
        {
            "none": Principal(key_id="1", owner="nobody", scopes=frozenset({Scope.TAGS_READ})),
            "bound": Principal(key_id="2", owner="one", scopes=frozenset({Scope.ALERTS_READ}), bucket="images"),
            "reader": Principal(key_id="3", owner="one", scopes=frozenset({Scope.ALERTS_READ})),
        }
    )
    for path in ("/alerts/rules", "/alerts/deliveries", "/alerts/decisions"):
        for key, status in (("none", 403), ("bound", 403), ("reader", 200), ("unknown", 401)):
            async with client_of(service, keys, key) as client:
                assert (await client.get(path)).status_code == status
    async with client_of(service, keys, "reader") as client:
        assert (await client.get("/alerts/deliveries?cursor=nonsense")).status_code == 400
        assert (await client.get("/alerts/deliveries?limit=1000")).status_code == 422
        assert (await client.get("/alerts/deliveries?image_id=cat.jpg")).status_code == 422


async def test_a_changed_setting_changes_the_default_rule_at_the_next_start(
    here: Installation, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLOOKER_NOTIFIER_EMAIL_TO", "")

    async with compose(here.aws, here.common) as restarted, client_of(restarted) as client:
        [rule] = (await client.get("/alerts/rules")).json()

    assert rule["channels"] == []
