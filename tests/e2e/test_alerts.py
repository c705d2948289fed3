"""A rule about somebody who is known tells of the pictures that they are in, once, and of no others."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from installed import Installed, eventually, send
from onlooker.client import OnlookerClient
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded

NAME = f"Watched {uuid.uuid4().hex[:12]}"
MAILBOX = "success@simulator.amazonses.com"
"""Amazon's own mailbox for tests, which takes whatever it is sent; an emulator asks of no address whose it is."""
BELIEVED = 15.0
"""Seconds after which all instances go by a new rule: nothing tells when they do."""
THEIRS = "portraits/obama-speaking.jpg"
OTHERS = ("portraits/biden.jpg", "scenes/cat.png", "scenes/astronaut.png")
"""Somebody else, nobody, and somebody whom nobody knows."""

Answer = dict[str, Any]


@pytest.fixture(scope="module")
async def http(installed: Installed) -> AsyncIterator[httpx.AsyncClient]:
    """The installation as any program sees it."""
    key = {"Authorization": f"Bearer {installed.key}"}
    async with httpx.AsyncClient(base_url=installed.url, headers=key, timeout=60) as connected:
        yield connected


@pytest.fixture(scope="module")
async def channel(http: httpx.AsyncClient) -> AsyncIterator[Answer]:
    """A channel that sends mails; it is deleted afterwards."""
    wanted = {"name": NAME, "settings": {"type": "email", "to": [MAILBOX]}}
    made = (await http.post("/alerts/channels", json=wanted)).raise_for_status()
    yield made.json()
    (await http.delete(made.headers["Location"])).raise_for_status()


@pytest.fixture(scope="module")
async def rule(installed: Installed, http: httpx.AsyncClient, channel: Answer, prefix: str) -> AsyncIterator[Answer]:
    """A rule that tells by it of pictures with somebody who will be known; it is deleted afterwards."""
    draft = {
        "name": NAME,
        "when": {"all": [{"person": {"name": NAME.upper()}}, {"prefix": prefix}]},
        "channels": [{"channel": channel["channel_id"]}],
        "digest_interval": 0,
    }
    made = (await http.post("/alerts/rules", json=draft)).raise_for_status()
    if installed.several:
        await asyncio.sleep(BELIEVED)
    yield made.json()
    (await http.delete(made.headers["Location"])).raise_for_status()


@pytest.fixture(scope="module")
async def person(client: OnlookerClient, pictures: Path) -> AsyncIterator[Answer]:
    """Somebody who is known by one picture; their faces are removed afterwards."""
    made = (await client.enrol(NAME, pictures / "portraits" / "obama.jpg", known=True))["person"]

    async def told() -> bool:  # a collection may take a moment until it finds what was put in
        (face,) = (await client.identify(pictures / THEIRS))["faces"]
        return (face["person"] or {}).get("person_id") == made["person_id"]

    await eventually(told)
    yield made
    for face in (await client.faces(made["person_id"]))["faces"]:
        await client.remove_face(made["person_id"], face["face_id"])


@pytest.fixture(scope="module")
async def done(
    client: OnlookerClient, rule: Answer, person: Answer, prefix: str, pictures: Path
) -> dict[str, Uploaded]:
    """What became of the pictures, by name: theirs is sent last, so that what is told of others is told before it."""
    assert (rule["enabled"], person["name"]) == (True, NAME)
    results = {}
    for names in (OTHERS, (THEIRS,)):
        for result in await send(client, find_pictures([pictures / name for name in names], prefix)):
            assert (result.stage, result.reason) == ("done", None)
            results[result.picture.path.relative_to(pictures).as_posix()] = result
    return results


async def deliveries(http: httpx.AsyncClient, rule: Answer) -> list[Answer]:
    """Return what was sent by a rule, or refused."""
    page = (await http.get("/alerts/deliveries", params={"limit": 100})).raise_for_status().json()
    return [each for each in page["deliveries"] if each["rule_id"] == rule["rule_id"]]


async def test_one_message_tells_of_the_picture_that_they_are_in_and_of_no_other(
    http: httpx.AsyncClient, rule: Answer, channel: Answer, done: dict[str, Uploaded]
) -> None:
    (delivery,) = await eventually(lambda: deliveries(http, rule))

    assert delivery["image_ids"] == [done[THEIRS].image_id]
    assert (delivery["pictures"], delivery["outcome"]["status"]) == (1, "sent"), delivery["outcome"]
    assert (delivery["channel"], delivery["channel_id"], delivery["target"]) == (
        "email",
        channel["channel_id"],
        MAILBOX,
    )
    assert NAME in delivery["text"]


async def test_a_picture_leads_to_the_messages_that_told_of_it(
    http: httpx.AsyncClient, rule: Answer, done: dict[str, Uploaded]
) -> None:
    async def told_by(name: str) -> list[str]:
        page = (await http.get("/alerts/deliveries", params={"image_id": done[name].image_id})).raise_for_status()
        return [each["rule_id"] for each in page.json()["deliveries"] if each["rule_id"] == rule["rule_id"]]

    assert await eventually(lambda: told_by(THEIRS)) == [rule["rule_id"]]
    assert [await told_by(name) for name in OTHERS] == [[], [], []]


async def test_trying_the_rule_says_of_whom_it_tells_and_why_not_of_the_others(
    http: httpx.AsyncClient, rule: Answer, done: dict[str, Uploaded]
) -> None:
    tried = (await http.post(f"/alerts/rules/{rule['rule_id']}/test")).raise_for_status().json()
    by_id = {each["image_id"]: each for each in tried["pictures"]}

    theirs = by_id[done[THEIRS].image_id]
    assert (theirs["tells"], theirs["persons"], theirs["why_not"]) == (True, [NAME], None)
    for name in OTHERS:
        other = by_id[done[name].image_id]
        assert not other["tells"]
        assert other["why_not"]["place"] == "when.all[0].person"


async def test_a_channel_that_a_rule_names_cannot_be_deleted(
    http: httpx.AsyncClient, rule: Answer, channel: Answer
) -> None:
    refused = await http.delete(f"/alerts/channels/{channel['channel_id']}")
    assert refused.status_code == httpx.codes.CONFLICT
    assert rule["name"] in refused.text or rule["rule_id"] in refused.text
