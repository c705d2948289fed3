"""Somebody is named, merged or told apart, and pictures from before say so: whatever happens meanwhile."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from onlooker_recognizer.people.changes.owed import Relabel
from onlooker_recognizer.people.registry.records import State
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageIdentified
from onlooker_shared.results import Known, Results, StoredResult
from people_past import Past, past_of, served
from recognitions import NOON
from recognizer_stage import Stage

MANY = 60


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


async def test_a_stranger_who_is_named_has_the_name_in_all_pictures_from_before(past: Past) -> None:
    stranger, other = await past.people.create_unknown(), await past.people.create("Bob")
    image_ids = await past.seen_often(stranger, MANY)
    together = await past.seen("together.jpg", other, stranger)
    before = await past.results.get(image_ids[0])

    async with served(past) as here, here.client() as client:
        answer = await client.patch(f"/people/{stranger.person_id}", json={"name": "Alice"})
        assert (answer.status_code, answer.json()["state"]) == (200, "known")
        await past.done()
        told = await past.told(MANY + 1)

    assert all([await past.names(image_id) == ["Alice"] for image_id in image_ids])
    assert await past.names(together) == ["Bob", "Alice"]
    assert {type(message) for message in told} == {ImageIdentified}
    assert {message.image.image_id for message in told} == {*image_ids, together}
    assert await past.stage.waiting(past.stage.names.notifier) == 0, "nobody is told of new pictures"
    after = await past.results.get(image_ids[0])
    assert after.recognition.recognized_at == before.recognition.recognized_at == NOON
    assert after.recognition.identified_at > before.recognition.identified_at
    assert after.recognition.faces[0].person.known
    assert after.recognition.faces[0].person.similarity == before.recognition.faces[0].person.similarity
    assert (await past.people.get(stranger.person_id)).sightings == MANY + 1


async def test_a_page_that_comes_twice_changes_nothing_and_tells_again(past: Past) -> None:
    person = await past.people.create("Alise")
    image_ids = await past.seen_often(person, 5)
    await past.people.change(person.person_id, name="Alice")
    work, job = await past.relabelling(), Relabel(person_id=person.person_id)
    await work.handle(job)
    etags, counted = await past.etags(image_ids), (await past.people.get(person.person_id)).sightings
    await past.told(5)

    await work.handle(job)  # whoever did it before may have died before telling

    assert {message.image.image_id for message in await past.told(5)} == set(image_ids)
    assert await past.etags(image_ids) == etags
    assert (await past.people.get(person.person_id)).sightings == counted
    await work.handle(Relabel(person_id=person.person_id, time=datetime.now(UTC) + timedelta(seconds=1)))
    assert await past.stage.waiting(past.stage.names.tagger) == 0, "a later job finds nothing to tell"


async def test_pictures_are_gone_through_page_by_page(past: Past) -> None:
    person, into = await past.people.create("Alise"), await past.people.create("Alice")
    image_ids = await past.seen_often(person, 7)
    await past.people.change(person.person_id, state=State.MERGED, merged_into=into.person_id)
    work = await past.relabelling(page=3)
    await work.person(person)

    handled = 0
    while jobs := await past.jobs():
        await work.handle(await past.job())
        handled += 1
        assert len(jobs) == 1

    assert handled == 3
    assert all([await past.names(image_id) == ["Alice"] for image_id in image_ids])
    assert [(await past.people.get(each.person_id)).sightings for each in (person, into)] == [0, 7]


async def test_a_picture_that_is_deleted_meanwhile_does_not_come_back(past: Past) -> None:
    person, into = await past.people.create("Alise"), await past.people.create("Alice")
    first, second = await past.seen_often(person, 2)
    await past.people.change(person.person_id, state=State.MERGED, merged_into=into.person_id)

    class Settling(Sightings):
        async def settle(self, image_id: str, sightings: Any) -> Any:
            if image_id == first and sightings:
                await past.delete(first)  # this moment, after its result was stored
            return await super().settle(image_id, sightings)

    dynamodb, names = await past.stage.aws.client("dynamodb"), past.stage.names
    work = await past.relabelling(sightings=Settling(dynamodb, names.sightings.name, names.people.name))
    await work.handle(Relabel(person_id=person.person_id))

    with pytest.raises(NotFoundError):
        await past.results.get(first)
    assert await past.recorded(first) == []
    assert await past.recorded(second) == [into.person_id]
    assert [(await past.people.get(each.person_id)).sightings for each in (person, into)] == [0, 1]


async def test_what_is_recognized_again_meanwhile_is_kept_and_named(past: Past) -> None:
    person = await past.people.create("Alise")
    image_id = await past.seen("party.jpg", person)
    await past.people.change(person.person_id, name="Alice")
    again = await past.results.get(image_id)
    again = again.model_copy(
        update={"recognition": again.recognition.model_copy(update={"width": 111, "recognized_at": NOON})}
    )

    class Racing(Results):
        raced = False

        async def replace(self, result: StoredResult, known: Known | None) -> bool:
            if not self.raced:
                self.raced = True
                await past.results.put(again)
            return await super().replace(result, known)

    work = await past.relabelling(results=Racing(await past.stage.aws.client("s3"), past.results.bucket))
    await work.handle(Relabel(person_id=person.person_id))

    assert (await past.results.get(image_id)).recognition.width == 111
    assert await past.names(image_id) == ["Alice"]


async def test_a_damaged_result_does_not_stop_the_others(past: Past) -> None:
    person = await past.people.create("Alise")
    first, second = await past.seen_often(person, 2)
    s3 = await past.stage.aws.client("s3")
    await s3.put_object(Bucket=past.results.bucket, Key=f"results/{first}.json", Body=b'{"image": "Alise"}')
    await past.people.change(person.person_id, name="Alice")

    await (await past.relabelling()).handle(Relabel(person_id=person.person_id))

    assert await past.names(second) == ["Alice"]


async def test_jobs_that_a_queue_lost_are_done_after_a_sweep(past: Past) -> None:
    person = await past.people.create("Alise")
    [image_id] = await past.seen_often(person, 1)
    await past.people.change(person.person_id, name="Alice")
    await (await past.relabelling()).person(person)
    await past.job()  # lost

    async with served(past) as here:
        swept = await here.service.sweep(timedelta(0))
        await past.done()

    assert swept.sent_on == 1
    assert await past.names(image_id) == ["Alice"]


async def test_who_is_ignored_is_shown_nowhere_and_comes_back_when_they_are_not(past: Past) -> None:
    person, other = await past.people.create("Poster"), await past.people.create("Bob")
    image_id = await past.seen("street.jpg", person, other)

    async with served(past) as here, here.client() as client:
        await client.patch(f"/people/{person.person_id}", json={"state": "ignored"})
        await past.done()
        ignored = await past.names(image_id)
        recorded = await past.recorded(image_id)
        await client.patch(f"/people/{person.person_id}", json={"state": "known"})
        await past.done()

    assert ignored == [None, "Bob"]
    assert recorded == sorted([person.person_id, other.person_id])
    assert await past.names(image_id) == ["Poster", "Bob"]


async def test_who_is_gone_is_taken_from_pictures(past: Past) -> None:
    person, other = await past.people.create("Alice"), await past.people.create("Bob")
    image_id = await past.seen("party.jpg", person, other)
    await past.people.delete(person.person_id)

    await (await past.relabelling()).handle(Relabel(person_id=person.person_id))

    assert await past.names(image_id) == [None, "Bob"]
    assert await past.recorded(image_id) == [other.person_id]


async def test_two_jobs_at_once_end_as_the_records_are(past: Past) -> None:
    person = await past.people.create("Alise")
    image_ids = await past.seen_often(person, 10)
    work = [await past.relabelling() for _ in range(3)]
    for name in ("Alicia", "Alize", "Alice"):
        await past.people.change(person.person_id, name=name)

    await asyncio.gather(*(each.handle(Relabel(person_id=person.person_id)) for each in work))

    assert all([await past.names(image_id) == ["Alice"] for image_id in image_ids])
