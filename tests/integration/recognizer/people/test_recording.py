"""Who was seen is what the results say, also if people change, or a recognizer ends, in between."""

from dataclasses import dataclass, field

import pytest

from onlooker_recognizer.people.collection.matching import Thresholds
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_recognizer.people.sightings.recording import Recording
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.errors import NotFoundError
from onlooker_shared.recognition import BoundingBox, Person
from onlooker_shared.results import Revision, StoredResult
from people_records import a_sighting
from recognitions import a_face, a_recognition, an_image

IMAGE = an_image()


@dataclass
class Stored:
    """Results in memory."""

    by_id: dict[str, StoredResult] = field(default_factory=dict)
    puts: int = 0

    async def put(self, result: StoredResult) -> None:
        self.puts += 1
        self.by_id[result.image.image_id] = result

    async def revise(self, image_id: str, change: Revision) -> StoredResult:
        known = await self.get(image_id)
        wanted = await change(known)
        if wanted != known:
            await self.put(wanted)
        return wanted

    async def get(self, image_id: str) -> StoredResult:
        if image_id not in self.by_id:
            raise NotFoundError(image_id)
        return self.by_id[image_id]


@pytest.fixture
def stored() -> Stored:
    return Stored()


@pytest.fixture
def recording(people: People, sightings: Sightings, stored: Stored) -> Recording:
    return Recording(sightings, Judge(people, Thresholds(90, 70)), stored)  # what is used of it


def told(*people: PersonRecord, candidates: tuple[PersonRecord, ...] = ()) -> StoredResult:
    """The result of a picture with these people, as they are called now."""

    def shown(record: PersonRecord) -> Person:
        return Person(person_id=record.person_id, name=record.name, similarity=98.5)

    faces = [
        a_face().model_copy(update={"person": shown(each), "candidates": tuple(map(shown, candidates))})
        for each in people
    ]
    return StoredResult(image=IMAGE, recognition=a_recognition(*faces), rekognition={})


def names(result: StoredResult) -> list[str | None]:
    return [face.person and face.person.name for face in result.recognition.faces]


async def seen(sightings: Sightings, person: PersonRecord) -> tuple[Sighting, ...]:
    return (await sightings.of_person(person.person_id, limit=10)).sightings


async def test_what_was_found_is_recorded_and_the_result_left_alone(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    alice = await people.create("Alice")
    result = told(alice)
    await stored.put(result)
    assert await recording.settle(result, [a_sighting(alice, IMAGE)]) == result
    assert len(await seen(sightings, alice)) == 1
    assert stored.puts == 1


async def test_who_was_renamed_meanwhile_is_called_so(people: People, recording: Recording, stored: Stored) -> None:
    unknown = await people.create_unknown()
    result = told(unknown, candidates=(unknown,))
    await stored.put(result)
    await people.change(unknown.person_id, name="Alice", state=State.KNOWN)
    settled = await recording.settle(result, [a_sighting(unknown, IMAGE)])
    assert names(settled) == ["Alice"]
    assert settled.recognition.faces[0].candidates[0].name == "Alice"
    assert stored.by_id[IMAGE.image_id] == settled


async def test_who_was_merged_meanwhile_is_who_they_are_now(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    bob, robert = await people.create("Bob"), await people.create("Robert")
    result = told(bob)
    await stored.put(result)
    await people.change(bob.person_id, state=State.MERGED, merged_into=robert.person_id)
    assert names(await recording.settle(result, [a_sighting(bob, IMAGE)])) == ["Robert"]
    assert await seen(sightings, bob) == ()
    assert len(await seen(sightings, robert)) == 1


async def test_of_who_was_deleted_meanwhile_nothing_is_left(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    alice, carol = await people.create("Alice"), await people.create("Carol")
    result = told(alice, candidates=(carol,))
    await stored.put(result)
    await people.delete(alice.person_id)
    await people.delete(carol.person_id)
    settled = await recording.settle(result, [a_sighting(alice, IMAGE)])
    assert names(settled) == [None]
    assert "Alice" not in stored.by_id[IMAGE.image_id].model_dump_json()
    assert "Carol" not in stored.by_id[IMAGE.image_id].model_dump_json()
    assert await sightings.of_picture(IMAGE.image_id) == []


async def test_who_is_ignored_since_is_seen_but_not_shown(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    poster = await people.create("Poster")
    result = told(poster)
    await stored.put(result)
    await people.change(poster.person_id, state=State.IGNORED)
    assert names(await recording.settle(result, [a_sighting(poster, IMAGE)])) == [None]
    assert len(await seen(sightings, poster)) == 1


async def test_a_result_without_sightings_gets_them_when_it_is_met_again_and_no_others(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    alice = await people.create("Alice")
    await stored.put(told(alice))
    await recording.recover(told(alice))
    (first,) = await seen(sightings, alice)
    assert first == a_sighting(alice, IMAGE)
    bob = await people.create("Bob")
    assert names(await recording.recover(told(bob))) == ["Alice"]  # read before somebody said otherwise
    assert await sightings.of_picture(IMAGE.image_id) == [first]


async def test_a_result_of_which_other_sightings_are_recorded_gets_its_own_when_it_is_met_again(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    """A recognizer that ends after it stored what it recognized anew leaves those of the time before."""
    alice, bob, poster = [await people.create(name) for name in ("Alice", "Bob", "Poster")]
    await people.change(poster.person_id, state=State.IGNORED)
    wall = BoundingBox(left=0.8, top=0.1, width=0.1, height=0.1)
    await sightings.settle(IMAGE.image_id, [a_sighting(alice, IMAGE), a_sighting(poster, IMAGE, box=wall)])
    result = told(bob)
    nobody = a_face().model_copy(update={"bounding_box": wall})
    faces = (*result.recognition.faces, nobody)
    result = result.model_copy(update={"recognition": result.recognition.model_copy(update={"faces": faces})})
    await stored.put(result)

    assert await recording.recover(result) == result

    assert [len(await seen(sightings, each)) for each in (alice, bob, poster)] == [0, 1, 1]
    assert stored.puts == 1


async def test_what_somebody_says_while_it_is_recorded_is_not_undone(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    unknown, bob = await people.create_unknown(), await people.create("Bob")
    result = told(unknown)
    await people.change(unknown.person_id, name="Alice", state=State.KNOWN)
    await stored.put(told(bob))  # this moment
    assert names(await recording.settle(result, [a_sighting(unknown, IMAGE)])) == ["Bob"]
    assert [each.person_id for each in await sightings.of_picture(IMAGE.image_id)] == [bob.person_id]


async def test_a_result_that_is_deleted_while_it_is_recorded_stays_so(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    unknown = await people.create_unknown()
    result = told(unknown)
    await people.change(unknown.person_id, name="Alice", state=State.KNOWN)
    await recording.settle(result, [a_sighting(unknown, IMAGE)])
    assert stored.by_id == {}
    assert await sightings.of_picture(IMAGE.image_id) == []


async def test_a_picture_that_was_almost_deleted_gets_its_sightings_back(
    people: People, sightings: Sightings, recording: Recording, stored: Stored
) -> None:
    alice = await people.create("Alice")
    await stored.put(told(alice))
    await recording.restore(IMAGE.image_id)
    assert len(await seen(sightings, alice)) == 1
    await recording.forget(IMAGE.image_id)
    assert await seen(sightings, alice) == ()
    assert (await people.get(alice.person_id)).sightings == 0
    await recording.restore("0" * 32)  # which is gone altogether
