"""Erasures that are asked for twice, of which something was lost, or whose people are put back."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from onlooker_recognizer.people.erasure import erasing
from onlooker_recognizer.people.erasure.erasing import Erasing
from onlooker_recognizer.people.registry.people import People
from people_erasures import erased, items, receipt, told_of
from people_past import Past, past_of, served
from recognizer_stage import Stage, until


@pytest.fixture(autouse=True)
def _again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_ERASED_AGAIN", "0")


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


async def test_many_ask_for_the_same_at_once(past: Past) -> None:
    alice = await past.people.create("Alice")
    await past.seen("a.jpg", alice)
    async with served(past) as here, here.client() as client:
        answers = await asyncio.gather(*(client.delete(f"/people/{alice.person_id}") for _ in range(5)))
        assert {answer.status_code for answer in answers} == {202}
        told = await receipt(client, alice.person_id)
    assert (told["removed"]["people"], told["removed"]["results"]) == (1, 1)


async def test_one_that_could_not_be_begun_is_told_of_nobody_and_is_begun_by_asking_again(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await past.people.create("Alice")

    async def fails(*_: Any, **__: Any) -> bool:
        raise RuntimeError("the process ended here")

    async with served(past) as here, here.client() as client:
        with monkeypatch.context() as broken:
            broken.setattr(People, "bury", fails)
            assert (await client.delete(f"/people/{alice.person_id}")).status_code == 500
        assert (await client.get(f"/people/erasures/{alice.person_id}")).status_code == 404
        assert (await client.post("/sweeps/recognizer?older_than=0")).status_code == 200
        assert (await client.get(f"/people/{alice.person_id}")).status_code == 200
        await erased(client, alice)


async def test_whose_message_was_lost_is_erased_when_it_is_asked_for_again(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await past.people.create("Alice")

    async def lost(*_: Any, **__: Any) -> None:
        """As a queue that lost it."""

    async with served(past) as here, here.client() as client:
        with monkeypatch.context() as broken:
            broken.setattr(Erasing, "ask", lost)
            assert (await client.delete(f"/people/{alice.person_id}")).json()["state"] == "under_way"
        await erased(client, alice)


async def put_back(past: Past, before: dict[str, list[dict[str, Any]]], *, with_tombstones: bool) -> None:
    """Have tables be as they were; what is in them by now goes, if not even the tombstones are to be left."""
    names, dynamodb = past.stage.names, await past.stage.aws.client("dynamodb")
    for table in () if with_tombstones else (names.people, names.sightings):
        for item in await items(past, table):
            key = {name: item[name] for name in (table.hash_key, table.range_key) if name}
            await dynamodb.delete_item(TableName=table.name, Key=key)
    for name, kept in before.items():
        for item in kept:
            await dynamodb.put_item(TableName=name, Item=item)


@pytest.mark.parametrize("with_tombstones", [True, False])
async def test_who_is_put_back_is_erased_again_by_the_next_sweep_or_by_asking(
    past: Past, with_tombstones: bool
) -> None:
    names = past.stage.names
    alice, namesake = await past.people.create("Alice"), await past.people.create("Alice")
    await past.face(alice)
    picture = await past.seen("a.jpg", alice)
    result = await past.results.get(picture)
    before = {table.name: await items(past, table) for table in (names.people, names.people_faces, names.sightings)}

    async with served(past) as here, here.client() as client:
        await erased(client, alice)
        for by_asking in (False, True):
            await put_back(past, before, with_tombstones=with_tombstones)
            await past.results.put(result)
            assert await told_of(past, alice.person_id)
            if by_asking:
                assert (await client.delete(f"/people/{alice.person_id}")).json()["state"] == "under_way"
            else:
                await client.post("/sweeps/recognizer?older_than=0")

            async def gone() -> bool:
                return await told_of(past, alice.person_id) == []

            await until(gone)
            await receipt(client, alice.person_id)
    assert [each.person_id for each in await past.people.named("alice")] == [namesake.person_id]


async def test_who_was_proved_to_be_gone_is_looked_for_a_day_and_no_longer(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await past.people.create("Alice")
    async with served(past) as here, here.client() as client:
        first = await erased(client, alice)

        async def sweep() -> int:
            return int((await client.post("/sweeps/recognizer?older_than=0")).json()["sent_on"])

        assert await sweep() == 1

        async def looked_again() -> bool:
            return bool((await receipt(client, alice.person_id))["proof"]["at"] > first["proof"]["at"])

        await until(looked_again)
        assert (await receipt(client, alice.person_id))["proved_at"] == first["proved_at"]
        monkeypatch.setattr(erasing, "REMEMBERED", timedelta(0))
        assert [await sweep(), await sweep()] == [0, 0]
    assert await items(past, past.stage.names.sightings) == []
