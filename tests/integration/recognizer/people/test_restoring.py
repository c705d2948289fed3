"""What the collection lost is added again from the crops, however often that is interrupted, and by one at a time."""

import asyncio
from dataclasses import dataclass, field

import pytest

from onlooker_recognizer.people.collection.answers import Indexed, Unfit
from onlooker_recognizer.people.collection.collection import CollectionMissingError
from onlooker_recognizer.people.collection.restoring import Restoring
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_FACES, FaceRecord, PersonRecord
from onlooker_shared.claims import Claims
from onlooker_shared.errors import UnavailableError
from onlooker_shared.recognition import Quality
from people_records import a_face_of
from recognitions import BOX

from .conftest import Tables


@dataclass
class Faces:
    """A collection in memory, which is missing at first."""

    name: str = "people"
    there: dict[str, str] | None = None
    users: dict[str, set[str]] = field(default_factory=dict)
    ends_after: int = 1000
    """Faces that it takes before it does not answer."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    async def create(self) -> None:
        self.there = self.there or {}

    async def face_ids(self) -> set[str]:
        if self.there is None:
            raise CollectionMissingError
        return set(self.there)

    async def index(self, jpeg: bytes, *, person_id: str) -> Indexed | Unfit:
        assert self.there is not None
        await self.gate.wait()
        if jpeg == b"blurred":
            return Unfit(("LOW_SHARPNESS",))
        if len(self.there) >= self.ends_after:
            raise ConnectionResetError
        face_id = f"new-{person_id}-{jpeg.decode()}"  # of the same picture and person the same face
        self.there[face_id] = person_id
        return Indexed(face_id, BOX, 99.0, Quality(brightness=80, sharpness=80), "8.0")

    async def associate(self, person_id: str, face_ids: tuple[str, ...]) -> None:
        self.users[person_id] = set(face_ids)

    async def delete_faces(self, face_ids: list[str]) -> None:
        assert self.there is not None
        for face_id in face_ids:
            self.there.pop(face_id, None)


@dataclass
class Crops:
    """Crops in memory."""

    by_key: dict[str, bytes] = field(default_factory=dict)

    async def get(self, key: str) -> bytes | None:
        return self.by_key.get(key)


@pytest.fixture
def faces() -> Faces:
    made = Faces()
    made.gate.set()
    return made


@pytest.fixture
def crops() -> Crops:
    return Crops()


def restoring(tables: Tables, faces: Faces, crops: Crops) -> Restoring:
    """One recognizer's."""
    claims = Claims(tables.dynamodb, tables.topology.claims.name)
    return Restoring(faces, tables.people(), crops, claims)  # what is used of them


async def known(people: People, crops: Crops, name: str, count: int, *, crop: bytes | None = b"%d") -> PersonRecord:
    """Have somebody be known by so many faces."""
    person = await people.create(name)
    for number in range(count):
        face = a_face_of(person)
        await people.add_face(face)
        crops.by_key |= {face.crop: crop.replace(b"%d", b"%d" % number)} if crop else {}
    return await people.get(person.person_id)


async def theirs(people: People, person: PersonRecord) -> list[FaceRecord]:
    return await people.faces_of(person.person_id)


async def test_every_face_has_a_new_id_its_crop_and_its_person(
    tables: Tables, people: People, faces: Faces, crops: Crops
) -> None:
    alice, bob = await known(people, crops, "Alice", 2), await known(people, crops, "Bob", 1)
    before = {face.crop for face in (*await theirs(people, alice), *await theirs(people, bob))}
    await restoring(tables, faces, crops).restore()
    after = [*await theirs(people, alice), *await theirs(people, bob)]
    assert {face.face_id for face in after} == set(faces.there or ())
    assert {face.crop for face in after} == before
    assert {face.model for face in after} == {"8.0"}
    assert faces.users == {
        each.person_id: {face.face_id for face in await theirs(people, each)} for each in (alice, bob)
    }
    assert (await people.get(bob.person_id)).cover == after[2].face_id


async def test_a_collection_is_simply_made_where_nobody_is_known(tables: Tables, faces: Faces, crops: Crops) -> None:
    await restoring(tables, faces, crops).restore()
    assert faces.there == {}


async def test_what_has_no_good_crop_stays_known_but_cannot_be_found(
    tables: Tables, people: People, faces: Faces, crops: Crops
) -> None:
    lost = await known(people, crops, "Alice", 1, crop=None)
    blurred = await known(people, crops, "Bob", 1, crop=b"blurred")
    await restoring(tables, faces, crops).restore()
    assert faces.there == {}
    assert len(await theirs(people, lost)) == len(await theirs(people, blurred)) == 1


async def test_what_was_interrupted_goes_on_where_it_ended(
    tables: Tables, people: People, faces: Faces, crops: Crops
) -> None:
    everybody = [await known(people, crops, f"P{n}", 1) for n in range(6)]
    faces.ends_after = 3
    recognizer = restoring(tables, faces, crops)
    with pytest.raises(ConnectionResetError):
        await recognizer.restore()
    done = set(faces.there or ())
    faces.ends_after = 1000
    await recognizer.mend()
    assert done < set(faces.there or ())
    assert {face.face_id for each in everybody for face in await theirs(people, each)} == set(faces.there or ())
    await recognizer.mend()  # nothing is left to do
    assert len(faces.there or ()) == 6


async def test_of_two_recognizers_one_waits_and_nobody_is_looked_up_meanwhile(
    tables: Tables, people: People, faces: Faces, crops: Crops
) -> None:
    await known(people, crops, "Alice", 1)
    faces.gate.clear()
    one, other = restoring(tables, faces, crops), restoring(tables, faces, crops)
    working = asyncio.create_task(one.restore())
    while faces.there is None:  # noqa: ASYNC110 - no event tells
        await asyncio.sleep(0.01)
    with pytest.raises(UnavailableError):
        one.refuse_while_at_it()
    with pytest.raises(UnavailableError):
        await other.restore()
    await other.mend()
    faces.gate.set()
    await working
    one.refuse_while_at_it()
    assert len(faces.there) == 1


async def test_who_has_as_many_faces_as_they_can_gets_them_all_again(
    tables: Tables, people: People, faces: Faces, crops: Crops
) -> None:
    alice = await known(people, crops, "Alice", MAX_FACES)
    await restoring(tables, faces, crops).restore()
    assert {face.face_id for face in await theirs(people, alice)} == set(faces.there or ())
    assert len(faces.users[alice.person_id]) == MAX_FACES
