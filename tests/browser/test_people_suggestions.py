"""Two whose faces are alike are shown side by side; one click says whether they are one, and the next two come."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from accessibility import grave_barriers
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord
from onlooker_recognizer.people.suggestions.records import suggestion
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_shared.aws import Aws
from onlooker_shared.topology import Topology
from people_records import a_face_of
from stack import Stack, clients

NAME = "Ida Suggested"


class Alike:
    """People whose faces are alike, as the recognizer's records say."""

    def __init__(self, aws: Aws, names: Topology, people: People, suggestions: Suggestions, crop: bytes) -> None:
        self.people = people
        self._aws = aws
        self._names = names
        self._suggestions = suggestions
        self._crop = crop

    async def face_of(self, person: PersonRecord) -> FaceRecord:
        """Give somebody a face, with its picture."""
        face = a_face_of(person)
        s3 = await self._aws.client("s3")
        await s3.put_object(Bucket=self._names.results.name, Key=face.crop, Body=self._crop, ContentType="image/jpeg")
        await self.people.add_face(face)
        return face

    async def suggest(self, one: FaceRecord, other: FaceRecord, similarity: float) -> None:
        """Have two be suggested."""
        pair = suggestion(
            (one.person_id, one.face_id),
            (other.person_id, other.face_id),
            similarity=similarity,
            at=datetime.now(UTC),
        )
        assert await self._suggestions.suggest(pair)


@pytest.fixture
async def alike(stack: Stack, pictures: Path) -> AsyncIterator[Alike]:
    """The records; those of whoever a test made are gone afterwards."""
    async with clients(stack) as (aws, settings):
        names, dynamodb = settings.topology, await aws.client("dynamodb")
        people = People(dynamodb, names.people.name, names.people_faces.name)
        suggestions = Suggestions(dynamodb, names.people_suggestions.name, names.people.name)
        before = {each.person_id for each in await people.listed()}
        yield Alike(aws, names, people, suggestions, (pictures / "portraits" / "obama.jpg").read_bytes())
        for person in await people.listed():
            if person.person_id not in before:
                for face_id in person.face_ids:
                    await people.remove_face(face_id)
                await people.delete(person.person_id)


async def test_pairs_are_decided_by_one_click_each(page: Page, phone: Page, alike: Alike) -> None:
    ida, eva = await alike.people.create(f"{NAME} I"), await alike.people.create(f"{NAME} II")
    first, second = await alike.people.create_unknown(), await alike.people.create_unknown()
    for one, other, likeness in ((ida, first, 100.0), (eva, second, 99.9)):  # before any that are found meanwhile
        await alike.suggest(await alike.face_of(one), await alike.face_of(other), likeness)

    await page.goto("/console/people")
    link = page.get_by_role("navigation", name="People").get_by_role("link", name="Suggestions")
    await expect(link).to_contain_text("pairs")
    await link.click()
    pair = page.get_by_role("region", name=re.compile(f"{ida.name} and|and {ida.name}$"))
    await expect(pair).to_contain_text(f"they are called {ida.name} from then on")
    await expect(pair).to_contain_text(first.name)
    assert await grave_barriers(page) == []
    await page.get_by_role("button", name="Not the same").click()
    await expect(page.get_by_text("They are told apart")).to_be_visible()
    following = page.get_by_role("region", name=eva.name)
    await expect(following).to_contain_text(second.name)
    await expect(following).to_be_focused()  # keys go on there

    await phone.goto("/console/people/suggestions")
    assert await grave_barriers(phone) == []
    await phone.get_by_role("button", name="Same person").tap()
    await expect(phone.get_by_text("They are one person now.")).to_be_visible()
    await expect(phone.get_by_role("region", name=NAME)).to_have_count(0)
    states = [(await alike.people.get(each.person_id)).merged_into for each in (first, second)]
    assert states == [None, eva.person_id]
