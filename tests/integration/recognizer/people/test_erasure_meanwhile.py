"""Somebody is erased in the middle of something else that is done with them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.consent.consents import Consents, Given
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from people_erasures import erased, receipt, told_of
from people_past import Past, past_of, served
from recognizer_stage import Stage, jpeg

GIVEN = Given(given_by="Alice", purpose="the door")


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_ERASED_AGAIN", "0")


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


async def test_who_is_erased_in_the_middle_of_being_enrolled_leaves_nothing(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Enrolment._add_all
    asked: list[str] = []
    async with served(past) as here, here.client() as client:

        async def meanwhile(self: Enrolment, person_id: str, fit: Sequence[Any]) -> Any:
            asked.append(person_id)
            assert (await client.delete(f"/people/{person_id}")).status_code == 202
            return await add(self, person_id, fit)

        monkeypatch.setattr(Enrolment, "_add_all", meanwhile)
        consent = '{"given_by": "Alice", "purpose": "x"}'
        files = [("pictures", ("a.jpg", jpeg(), "image/jpeg"))]
        answer = await client.post("/people", data={"name": "Alice", "consent": consent}, files=files)
        assert answer.status_code in {404, 409}, answer.text
        await receipt(client, asked[0])
    assert await told_of(past, asked[0], "Alice") == []
    assert await past.people.everybody() == []


@pytest.mark.parametrize("who", ["source", "target"])
async def test_who_is_erased_in_the_middle_of_a_merge_leaves_nothing(
    past: Past, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    source, target = await past.people.create("Alise"), await past.people.create("Alice")
    await past.face(source)
    for number, person in enumerate((source, target)):
        await past.seen(f"{number}.jpg", person)
    dynamodb, names = await past.stage.aws.client("dynamodb"), past.stage.names
    consents = Consents(dynamodb, names.consents.name, clock=lambda: datetime.now(UTC))
    await consents.record(source.person_id, GIVEN, recorded_by="tests")
    victim = source if who == "source" else target
    inherit, merged = Grouping._inherit, Grouping._merged
    async with served(past) as here, here.client() as client:

        async def before(self: Grouping, *told: Any) -> Any:
            assert (await client.delete(f"/people/{victim.person_id}")).status_code == 202
            return await merged(self, *told)

        async def after(self: Grouping, *told: Any) -> Any:
            assert (await client.delete(f"/people/{victim.person_id}")).status_code == 202
            return await inherit(self, *told)

        if who == "source":
            monkeypatch.setattr(Grouping, "_merged", before)
        else:
            monkeypatch.setattr(Grouping, "_inherit", after)
        answer = await client.post(f"/people/{source.person_id}/merge", json={"into": target.person_id})
        assert answer.status_code == 404, answer.text
        await receipt(client, victim.person_id)
    if who == "source":
        assert await told_of(past, source.person_id, "Alise") == []
        assert (await past.people.get(target.person_id)).sightings == 1
    else:
        assert await told_of(past, source.person_id, target.person_id, "Alise", "Alice") == []
        assert await past.people.everybody() == []


async def test_who_is_erased_in_the_middle_of_being_named_in_the_past_is_named_nowhere(past: Past) -> None:
    stranger = await past.people.create_unknown()
    await past.seen_often(stranger, 12)
    async with served(past) as here, here.client() as client:
        named = await client.patch(f"/people/{stranger.person_id}", json={"name": "Alice"})
        assert named.status_code == 200
        await erased(client, stranger)
        await past.done()
    assert await told_of(past, stranger.person_id, "Alice", "Unknown 1") == []
