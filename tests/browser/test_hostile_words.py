"""HTML in what strangers name, write and hold into cameras is text on every page: what ran would be a fault here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import Page, expect

from album import BUCKET, add_to_album, recognized_anew
from installation import eventually
from onlooker.client import OnlookerClient
from onlooker.pictures import Picture
from onlooker_shared.publisher import Publisher
from recognitions import a_color, a_face, a_label, a_line, a_warning
from stack import Stack, clients

HOSTILE = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7 * 7 }}"
FOLDER = f"{HOSTILE.replace('/', '')} folder/"
PATHS = (
    "pictures",
    "dashboard",
    "alerts",
    f"pictures?q={quote(HOSTILE)}",
    f"pictures?label={quote(HOSTILE + ' label')}&person={quote(HOSTILE + ' person')}&prefix={quote(FOLDER)}",
    f"dashboard?label={quote(HOSTILE + ' label')}",
)

FOUND = (
    a_face(name=f"{HOSTILE} person"),
    a_label(f"{HOSTILE} label", f"{HOSTILE} parent", aliases=(f"{HOSTILE} alias",)),
    a_line(f"{HOSTILE} line"),
    a_warning(f"{HOSTILE} warning"),
    a_color(f"{HOSTILE} colour"),
)


@dataclass
class Hostile:
    """A picture of which nothing is what it should be."""

    image_id: str
    key: str


@pytest.fixture(scope="module")
async def hostile(stack: Stack, client: OnlookerClient, pictures: Path) -> AsyncIterator[Hostile]:
    """A real picture, recognized anew by somebody who found only markup in it."""
    wanted = Picture(pictures / "scenes" / "coffee.png", f"{FOLDER}{HOSTILE.replace('/', '')}.png")
    image_id = (await add_to_album(client, wanted))[wanted.key]["image_id"]
    async with clients(stack) as (aws, settings):
        names = settings.topology
        message = await recognized_anew(aws, names, image_id, *FOUND)
        topic = await aws.topic_arn(names.image_recognized)
        await Publisher(await aws.client("sns"), topic).publish(message)

    async def persons() -> list[str]:
        return (await client.document(image_id))["persons"]

    await eventually(persons, lambda found: found == [f"{HOSTILE} person"])
    yield Hostile(image_id, wanted.key)
    await client.delete(BUCKET, wanted.key)


async def test_the_picture_shows_it_as_text(page: Page, hostile: Hostile) -> None:
    await page.goto(f"/console/pictures/{hostile.image_id}")
    found = (f"{HOSTILE} {part}" for part in ("person", "label", "line", "warning"))
    for words in (hostile.key.rpartition("/")[2], *found):
        await expect(page.get_by_text(words, exact=False).first).to_be_visible()


async def test_every_page_shows_it_as_text(page: Page, hostile: Hostile) -> None:
    for path in PATHS:
        await page.goto(f"/console/{path}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert "onerror=alert" in await page.content(), path  # in a text or an attribute
        assert await page.locator("[onerror]").count() == 0, path
