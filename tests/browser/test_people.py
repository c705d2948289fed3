"""A stranger gets a name in two clicks, and pictures from before say it; two who are one are merged."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from accessibility import grave_barriers
from album import AddPictures, recognized_anew
from installation import eventually
from onlooker.client import OnlookerClient
from onlooker.pictures import Picture
from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.publisher import Publisher
from people_records import a_sighting
from recognitions import BOX, a_face
from stack import Stack, clients

NAME = "Ada Browser"
"""Of nobody else in the album."""


@dataclass
class Seen:
    """A stranger, somebody who is known, and a picture in which the stranger was seen."""

    stranger: PersonRecord
    known: PersonRecord
    image_id: str


@pytest.fixture
async def seen(stack: Stack, client: OnlookerClient, add_pictures: AddPictures, pictures: Path) -> AsyncIterator[Seen]:
    wanted = Picture(pictures / "scenes" / "coffee.png", "people/coffee.png")
    image_id = (await add_pictures(wanted))[wanted.key]["image_id"]
    async with clients(stack) as (aws, settings):
        names, dynamodb = settings.topology, await aws.client("dynamodb")
        people = People(dynamodb, names.people.name, names.people_faces.name)
        stranger, known = await people.create_unknown(), await people.create(f"{NAME} the Elder")
        face = a_face().model_copy(update={"person": as_person(stranger, 97.0)})
        message = await recognized_anew(aws, names, image_id, face)
        sightings = Sightings(dynamodb, names.sightings.name, names.people.name)
        await sightings.settle(image_id, [a_sighting(stranger, message.image, box=BOX)])
        await Publisher(await aws.client("sns"), await aws.topic_arn(names.image_recognized)).publish(message)
        await eventually(lambda: _persons(client, image_id), lambda found: found == [stranger.name])
        yield Seen(stranger, known, image_id)
        await sightings.settle(image_id, [])
        for person in (stranger, known):
            await people.delete(person.person_id)


async def _persons(client: OnlookerClient, image_id: str) -> list[str]:
    """Who is in a picture, as the search knows it."""
    found: list[str] = (await client.document(image_id))["persons"]
    return found


async def test_a_stranger_gets_a_name_in_two_clicks_and_is_merged(
    page: Page, phone: Page, seen: Seen, client: OnlookerClient
) -> None:
    await page.goto("/console/pictures")
    await page.get_by_role("link", name="People").click()
    await page.get_by_role("link", name="Unknown", exact=True).click()
    card = page.locator(f"#person-{seen.stranger.person_id}")
    await card.get_by_role("combobox").click()
    await page.keyboard.type(NAME)
    await card.get_by_role("button", name="Save").click()
    await expect(card).to_contain_text("Named")
    await expect(card).to_contain_text(NAME)
    assert await grave_barriers(page) == []

    await eventually(lambda: _persons(client, seen.image_id), lambda found: found == [NAME])
    await phone.goto(f"/console/pictures/{seen.image_id}")
    await expect(phone.locator("details.face")).to_contain_text(NAME)
    await expect(phone.get_by_role("button", name=f"Not {NAME}")).to_be_visible()
    await phone.locator("details.face").get_by_role("link", name=NAME).click()
    await expect(phone.locator("h1")).to_have_text(NAME)
    await expect(phone.locator(f'li.tile[data-id="{seen.image_id}"]')).to_be_visible()
    assert await grave_barriers(phone) == []

    await page.goto(f"/console/people?q={NAME}&sort=name")
    for person in (seen.stranger, seen.known):
        await page.locator(f"#person-{person.person_id}").hover()
        await page.locator(f"#person-{person.person_id}").get_by_role("checkbox").check()
    await expect(page.get_by_text("2 people are chosen")).to_be_visible()
    await page.get_by_role("button", name="Merge").click()
    await expect(page.get_by_role("heading", name="Are they the same person?")).to_be_visible()
    await page.get_by_role("radio").nth(1).check()
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="The same").click()
    await expect(page).to_have_url(re.compile(seen.known.person_id))
    await expect(page.get_by_text("They are one person now.")).to_be_visible()
    await eventually(lambda: _persons(client, seen.image_id), lambda found: found == [seen.known.name])
