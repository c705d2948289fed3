"""People's faces in the real emulator's tables: written at once, moved, or of somebody gone."""

import asyncio

import pytest

from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_FACES, State
from onlooker_shared.errors import ConflictError, NotFoundError
from people_records import a_face_id, a_face_of, an_id

from .conftest import Tables


async def test_a_persons_faces_are_theirs_and_the_first_is_shown(people: People) -> None:
    alice = await people.create("Alice")
    first, second = a_face_of(alice), a_face_of(alice)
    await people.add_face(first)
    await people.add_face(second)
    await people.add_face(first)  # again
    after = await people.get(alice.person_id)
    assert set(after.face_ids) == {first.face_id, second.face_id}
    assert (after.cover, after.version) == (first.face_id, 3)
    assert await people.face(second.face_id) == second
    assert await people.faces([first.face_id, a_face_id()]) == {first.face_id: first}
    assert sorted(await people.faces_of(alice.person_id), key=str) == sorted([first, second], key=str)
    with pytest.raises(NotFoundError):
        await people.face(a_face_id())


async def test_faces_that_come_at_once_are_all_there(tables: Tables) -> None:
    alice = await tables.people().create("Alice")
    faces = [a_face_of(alice) for _ in range(12)]
    await asyncio.gather(*(tables.people().add_face(face) for face in [*faces, *faces]))
    after = await tables.people().get(alice.person_id)
    assert set(after.face_ids) == {face.face_id for face in faces}
    assert after.version == 13


async def test_nobody_has_more_faces_than_amazon_associates(people: People) -> None:
    alice, bob = await people.create("Alice"), await people.create("Bob")
    faces = [a_face_of(alice) for _ in range(MAX_FACES)]
    await asyncio.gather(*(people.add_face(face) for face in faces))
    one_more = a_face_of(alice)
    with pytest.raises(ConflictError, match="100 faces"):
        await people.add_face(one_more)
    assert await people.faces([one_more.face_id]) == {}
    theirs = a_face_of(bob)
    await people.add_face(theirs)
    with pytest.raises(ConflictError, match="100 faces"):
        await people.move_face(theirs.face_id, alice.person_id)
    assert await people.face(theirs.face_id) == theirs
    assert len(await people.faces_of(alice.person_id)) == MAX_FACES
    gone = await people.delete(alice.person_id)
    assert {face.face_id for face in gone} == {face.face_id for face in faces}
    assert await people.faces(face.face_id for face in faces) == {}


async def test_a_face_of_nobody_or_of_somebody_merged_is_refused(people: People) -> None:
    alice, bob = await people.create("Alice"), await people.create("Bob")
    await people.change(alice.person_id, state=State.MERGED, merged_into=bob.person_id)
    with pytest.raises(ConflictError, match=bob.person_id):
        await people.add_face(a_face_of(alice))
    with pytest.raises(ConflictError, match="gone"):
        await people.add_face(a_face_of(an_id()))
    face = a_face_of(bob)
    await people.add_face(face)
    with pytest.raises(ConflictError, match="move it"):
        await people.add_face(a_face_of(await people.create("Carol"), face_id=face.face_id))
    with pytest.raises(ConflictError, match="merged"):
        await people.move_face(face.face_id, alice.person_id)


async def test_a_face_that_moves_takes_itself_off_the_cover(people: People) -> None:
    alice, bob = await people.create("Alice"), await people.create("Bob")
    first, second = a_face_of(alice), a_face_of(alice)
    await people.add_face(first)
    await people.add_face(second)
    moved = await people.move_face(first.face_id, bob.person_id)
    assert moved == await people.face(first.face_id) == first.model_copy(update={"person_id": bob.person_id})
    assert await people.move_face(first.face_id, bob.person_id) == moved  # again
    left, got = await people.get(alice.person_id), await people.get(bob.person_id)
    assert (left.face_ids, left.cover) == ((second.face_id,), second.face_id)
    assert (got.face_ids, got.cover) == ((first.face_id,), first.face_id)


async def test_a_face_is_one_persons_wherever_it_is_moved_at_once(tables: Tables) -> None:
    people = tables.people()
    alice, bob, carol = [await people.create(name) for name in ("Alice", "Bob", "Carol")]
    faces = [a_face_of(alice) for _ in range(4)]
    for face in faces:
        await people.add_face(face)
    await asyncio.gather(
        *(tables.people().move_face(face.face_id, to.person_id) for face in faces for to in (bob, carol))
    )
    after = [await people.get(person.person_id) for person in (alice, bob, carol)]
    assert sorted(face_id for person in after for face_id in person.face_ids) == sorted(f.face_id for f in faces)
    for person in after:
        assert len(await people.faces_of(person.person_id)) == len(person.face_ids)
        assert (person.cover in person.face_ids) if person.face_ids else person.cover is None


async def test_a_face_that_is_removed_is_nobodys(people: People) -> None:
    alice = await people.create("Alice")
    face = a_face_of(alice)
    await people.add_face(face)
    assert await people.remove_face(face.face_id) == face
    assert await people.remove_face(face.face_id) is None
    after = await people.get(alice.person_id)
    assert (after.face_ids, after.cover) == ((), None)


async def test_who_is_deleted_while_faces_come_leaves_none(tables: Tables) -> None:
    people = tables.people()
    alice = await people.create("Alice")

    *refused, deleted = await asyncio.gather(
        *(tables.people().add_face(a_face_of(alice)) for _ in range(20)),
        people.delete(alice.person_id),
        return_exceptions=True,
    )
    late = [each for each in refused if each is not None]
    assert all(isinstance(each, ConflictError) and "gone" in each.detail for each in late)
    assert isinstance(deleted, list)
    assert len(deleted) + len(late) == 20
    assert await tables.items("people") == []
    assert await tables.items("people_faces") == []
    assert await people.delete(alice.person_id) == []


async def test_whether_anybody_has_a_face_is_known_soon(tables: Tables) -> None:
    seconds = 0.0
    here, elsewhere = (
        People(
            tables.dynamodb, tables.topology.people.name, tables.topology.people_faces.name, monotonic=lambda: seconds
        )
        for _ in range(2)
    )
    assert not await here.anybody_has_a_face()
    assert not await elsewhere.anybody_has_a_face()
    await here.add_face(a_face_of(await here.create("Alice")))
    assert await here.anybody_has_a_face()
    seconds = 3.0
    assert await elsewhere.anybody_has_a_face()
