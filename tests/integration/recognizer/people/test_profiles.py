"""The table of profiles that others kept, and the people that are made of it."""

import asyncio

import pytest
from botocore.exceptions import EndpointConnectionError

from onlooker_recognizer.people.profiles.importing import CollectedFace, ProfileImport
from onlooker_recognizer.people.profiles.table import Profile, Profiles
from onlooker_recognizer.people.registry.records import Source, State
from onlooker_shared.errors import BadRequestError
from people_records import a_face_id, a_face_of
from recognitions import BOX, NOON

from .conftest import Tables


@pytest.fixture
def profiles(tables: Tables) -> Profiles:
    return Profiles(tables.dynamodb, tables.topology.profiles.name)


def importing(tables: Tables) -> ProfileImport:
    return ProfileImport(
        Profiles(tables.dynamodb, tables.topology.profiles.name), tables.people(), clock=NOON.timestamp
    )


def collected(*face_ids: str, external_image_id: str | None = None) -> dict[str, CollectedFace]:
    return {face_id: CollectedFace(BOX, 99.9, "7.0", external_image_id) for face_id in face_ids}


async def test_a_profile_comes_back_as_it_was_put(profiles: Profiles) -> None:
    face_id = a_face_id()
    await profiles.put(face_id, {"Bio": "Paints.", "#:odd name": "", "Город": "Ульм"})
    put = await profiles.put(face_id, {"Bio": "Paints no more.", "Town": ""})
    assert await profiles.find([face_id, a_face_id()]) == {face_id: put}
    assert put == Profile(face_id, {"Bio": "Paints no more.", "Town": ""})
    await profiles.delete(face_id)
    await profiles.delete(face_id)
    assert [each async for each in profiles.all()] == []


async def test_all_profiles_are_read_page_by_page(profiles: Profiles) -> None:
    face_ids = {a_face_id() for _ in range(6)}
    await asyncio.gather(*(profiles.put(face_id, {"Bio": "x" * 250_000}) for face_id in face_ids))
    assert {each.face_id async for each in profiles.all()} == face_ids


@pytest.mark.parametrize(
    ("face_id", "attributes"),
    [("", {}), ("x" * 256, {}), ("f", {"FaceId": "g"}), ("f", {"": "x"}), ("f", {"Bio": "x" * 300_001})],
)
async def test_what_is_no_profile_is_refused(profiles: Profiles, face_id: str, attributes: dict[str, str]) -> None:
    with pytest.raises(BadRequestError):
        await profiles.put(face_id, attributes)


async def test_profiles_become_people_with_their_faces_once(tables: Tables, profiles: Profiles) -> None:
    people, alice_face, bob_face, old_face = tables.people(), a_face_id(), a_face_id(), a_face_id()
    await profiles.put(alice_face, {"Name": "Alice", "Bio": "Paints.", "Photo": "x" * 2001})
    await profiles.put(bob_face, {"Bio": "Sings."})
    await profiles.put(old_face, {"Name": "Carol"})
    report = await importing(tables).run(collected(alice_face) | collected(bob_face, external_image_id="bob_b"))
    assert set(report.taken) == {alice_face, bob_face, old_face}
    assert report.without_face == {old_face}
    assert set(report.left_out) == {alice_face}
    assert (report.known, report.refused) == ({}, {})

    alice = await people.get(report.taken[alice_face])
    assert (alice.name, alice.state, alice.attributes) == ("Alice", State.KNOWN, {"Bio": "Paints."})
    [face] = await people.faces_of(alice.person_id)
    assert (face.face_id, face.source, face.bounding_box, face.sharpness) == (alice_face, Source.IMPORTED, BOX, None)
    bob = await people.get(report.taken[bob_face])
    assert (bob.name, bob.external_id, bob.attributes) == ("bob_b", "bob_b", {"Bio": "Sings."})

    await people.change(bob.person_id, name="Bob")
    before = await people.everybody()
    again = await importing(tables).run(collected(alice_face, bob_face))
    assert (again.taken, again.known) == ({}, report.taken)
    assert await people.everybody() == before

    later = await importing(tables).run(collected(old_face))  # it is in the collection after all
    assert later.taken == {old_face: report.taken[old_face]}
    assert [each.face_id for each in await people.faces_of(report.taken[old_face])] == [old_face]


async def test_a_face_that_is_somebodys_already_stays_theirs(tables: Tables, profiles: Profiles) -> None:
    alice = await tables.people().create("Alice")
    face = a_face_of(alice)
    await tables.people().add_face(face)
    await profiles.put(face.face_id, {"Name": "Somebody else"})
    report = await importing(tables).run(collected(face.face_id))
    assert report.known == {face.face_id: alice.person_id}
    assert [person.name for person in await tables.people().everybody()] == ["Alice"]


async def test_who_was_merged_meanwhile_gets_no_face_by_an_import(tables: Tables, profiles: Profiles) -> None:
    people, face_id = tables.people(), a_face_id()
    await profiles.put(face_id, {"Name": "Alice"})
    made = (await importing(tables).run({})).taken[face_id]
    other = await people.create("Alice Example")
    await people.change(made, state=State.MERGED, merged_into=other.person_id)
    report = await importing(tables).run(collected(face_id))
    assert other.person_id in report.refused[face_id]
    assert await people.faces([face_id]) == {}


@pytest.mark.parametrize(
    "outcomes", [["fails"], ["loses its answer"], ["works", "fails"], ["works", "loses its answer"]]
)
async def test_an_interrupted_import_is_finished_by_the_next(
    tables: Tables, profiles: Profiles, outcomes: list[str]
) -> None:
    face_id = a_face_id()
    await profiles.put(face_id, {"Name": "Alice"})
    with pytest.raises(EndpointConnectionError):
        await importing(tables.breaking(*outcomes)).run(collected(face_id))
    await importing(tables).run(collected(face_id))
    [alice] = await tables.people().everybody()
    assert (alice.name, alice.face_ids) == ("Alice", (face_id,))


async def test_two_imports_at_once_make_nobody_twice(tables: Tables, profiles: Profiles) -> None:
    face_ids = [a_face_id() for _ in range(10)]
    for face_id in face_ids:
        await profiles.put(face_id, {"Name": "Alice"})
    reports = await asyncio.gather(*(importing(tables).run(collected(*face_ids)) for _ in range(2)))
    assert [report.refused for report in reports] == [{}, {}]
    everybody = await tables.people().everybody()
    assert len(everybody) == 10
    assert sorted(face_id for person in everybody for face_id in person.face_ids) == sorted(face_ids)
