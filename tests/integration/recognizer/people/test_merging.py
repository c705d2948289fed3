"""Somebody knows better: two people are one, or one is two."""

import asyncio
from typing import Any

import httpx
import pytest

from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_ATTRIBUTES, MAX_FACES, PersonRecord, State
from onlooker_shared.errors import ConflictError
from people_past import Past, past_of, served
from people_records import a_face_of, an_id
from recognizer_stage import Stage
from rekognition_standin import StandIn


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


def body_of(standin: StandIn, operation: str) -> list[dict[str, object]]:
    return [asked.body for asked in standin.asked if asked.operation == operation]


async def merge(client: httpx.AsyncClient, one: PersonRecord, into: PersonRecord) -> httpx.Response:
    return await client.post(f"/people/{one.person_id}/merge", json={"into": into.person_id})


# -- merging -----------------------------------------------------------------------------------------------------------


async def test_who_was_merged_has_faces_pictures_and_name_in_common_however_long_the_chain(
    past: Past, standin: StandIn
) -> None:
    people = [await past.people.create(f"P{number}", attributes={f"a{number}": "x"}) for number in range(3)]
    pictures = [await past.seen(f"{number}.jpg", person) for number, person in enumerate(people)]
    faces = [await past.face(person) for person in people]

    async with served(past) as here, here.client() as client:
        for one, into in ((people[0], people[1]), (people[1], people[2])):
            assert (await merge(client, one, into)).status_code == 200
        await past.done()
        answer = await merge(client, people[0], people[2])  # again: it is so already
        await past.done()

    assert (answer.status_code, answer.json()["person_id"]) == (200, people[2].person_id)
    assert [await past.names(image_id) for image_id in pictures] == [["P2"]] * 3
    counts = [(await past.people.get(person.person_id)).sightings for person in people]
    assert counts == [0, 0, 3]
    last = await past.people.resolve(people[0].person_id)
    assert set(last.face_ids) == {face.face_id for face in faces}
    assert last.attributes == {"a0": "x", "a1": "x", "a2": "x"}
    assert (await past.people.get(people[0].person_id)).state is State.MERGED
    assert {body["UserId"] for body in body_of(standin, "DeleteUser")} >= {people[0].person_id, people[1].person_id}
    associated = body_of(standin, "AssociateFaces")[-1]
    assert (associated["UserId"], set(associated["FaceIds"])) == (last.person_id, set(last.face_ids))


async def test_a_picture_with_both_has_the_one_who_is_left_twice(past: Past) -> None:
    alice, alise = await past.people.create("Alice"), await past.people.create("Alise")
    image_id = await past.seen("mirror.jpg", alice, alise)

    async with served(past) as here, here.client() as client:
        await merge(client, alise, alice)
        await past.done()

    assert await past.names(image_id) == ["Alice", "Alice"]
    assert await past.recorded(image_id) == [alice.person_id] * 2


async def test_nobody_is_merged_into_themselves_or_in_a_circle(past: Past) -> None:
    one, two, three = [await past.people.create(name) for name in ("One", "Two", "Three")]

    async with served(past) as here, here.client() as client:
        itself = await merge(client, one, one)
        await merge(client, one, two)
        circle = await merge(client, two, one)
        elsewhere = await merge(client, one, three)
        nobody = await client.post(f"/people/{one.person_id}/merge", json={"into": an_id()})
        unknown = await client.post(f"/people/{an_id()}/merge", json={"into": two.person_id})

    assert [answer.status_code for answer in (itself, circle, elsewhere, nobody, unknown)] == [400, 400, 409, 404, 404]
    assert "themselves" in itself.json()["detail"]
    assert two.person_id in elsewhere.json()["detail"]
    assert (await past.people.get(two.person_id)).state is State.KNOWN


async def test_two_who_are_merged_into_each_other_at_once_are_one_of_both(past: Past) -> None:
    one, two = await past.people.create("One"), await past.people.create("Two")

    async with served(past) as here, here.client() as client:
        answers = await asyncio.gather(merge(client, one, two), merge(client, two, one))

    assert sorted(answer.status_code for answer in answers) == [200, 400]
    resolved = {(await past.people.resolve(person.person_id)).person_id for person in (one, two)}
    assert len(resolved) == 1


async def test_a_stranger_into_whom_somebody_known_is_merged_gets_the_name(past: Past) -> None:
    stranger, alice = await past.people.create_unknown(), await past.people.create("Alice", external_id="a1")
    pictures = [await past.seen("1.jpg", stranger), await past.seen("2.jpg", alice)]

    async with served(past) as here, here.client() as client:
        answer = (await merge(client, alice, stranger)).json()
        await past.done()

    assert (answer["name"], answer["state"], answer["external_id"]) == ("Alice", "known", "a1")
    assert [await past.names(image_id) for image_id in pictures] == [["Alice"], ["Alice"]]


async def test_nobody_gets_more_faces_by_a_merge_than_they_can_have(past: Past) -> None:
    one, two = await past.people.create("One"), await past.people.create("Two")
    for _ in range(MAX_FACES):
        await past.people.add_face(a_face_of(one))
    await past.face(two)

    async with served(past) as here, here.client() as client:
        answer = await merge(client, two, one)

    assert answer.status_code == 409
    assert str(MAX_FACES) in answer.json()["detail"]
    assert (await past.people.get(two.person_id)).state is State.KNOWN


async def test_nobody_gets_more_attributes_by_a_merge_than_they_can_have(past: Past) -> None:
    one, two = [
        await past.people.create(name, attributes={f"{name}{number}": "x" for number in range(MAX_ATTRIBUTES // 2 + 1)})
        for name in ("One", "Two")
    ]

    async with served(past) as here, here.client() as client:
        answer = await merge(client, two, one)
        assert answer.status_code == 409
        assert str(MAX_ATTRIBUTES) in answer.json()["detail"]
        assert (await past.people.get(two.person_id)).state is State.KNOWN  # nothing is half done
        await past.people.change(two.person_id, attributes={"b0": "x"})
        assert (await merge(client, two, one)).status_code == 200


async def test_who_is_renamed_while_somebody_is_merged_into_them_keeps_the_new_name(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = await past.people.create("One"), await past.people.create("Two", attributes={"Bio": "of two"})
    change = past.people.change

    async def renamed_between(_self: People, person_id: str, **fields: Any) -> PersonRecord:
        changed = await change(person_id, **fields)
        if fields.get("state") is State.MERGED:
            await change(one.person_id, name="Uno", attributes={"Role": "first"})
        return changed

    async with served(past) as here, here.client() as client:
        monkeypatch.setattr(People, "change", renamed_between)
        answer = (await merge(client, two, one)).json()

    assert (answer["name"], answer["attributes"]) == ("Uno", {"Bio": "of two", "Role": "first"})


async def test_merging_is_refused_by_the_records_themselves(past: Past) -> None:
    one, two = await past.people.create("One"), await past.people.create("Two")
    await past.people.change(two.person_id, state=State.MERGED, merged_into=one.person_id)
    with pytest.raises(ConflictError, match="merge into that one"):
        await past.people.change(one.person_id, state=State.MERGED, merged_into=two.person_id)


# -- splitting ---------------------------------------------------------------------------------------------------------


async def test_faces_that_are_somebody_elses_take_their_pictures_along(past: Past, standin: StandIn) -> None:
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    hers, his, alike = [await past.seen(f"{name}.jpg", alice) for name in ("hers", "his", "alike")]
    faces = [await past.face(alice, image_id) for image_id in (hers, his)]
    for image_id, face in zip((hers, his), faces, strict=True):
        await past.seen(past.made[image_id].key, alice, face_ids={0: face.face_id})

    async with served(past) as here, here.client() as client:
        asked = {"faces": [faces[1].face_id], "into": bob.person_id}
        answers = [await client.post(f"/people/{alice.person_id}/split", json=asked) for _ in range(2)]
        await past.done()

    assert [(answer.status_code, answer.json()["name"]) for answer in answers] == [(200, "Bob")] * 2
    assert [await past.names(image_id) for image_id in (hers, his, alike)] == [["Alice"], ["Bob"], ["Alice"]]
    assert await past.recorded(his) == [bob.person_id]
    assert [(await past.people.get(each.person_id)).sightings for each in (alice, bob)] == [2, 1]
    gone = body_of(standin, "DisassociateFaces")[0]
    assert (gone["UserId"], gone["FaceIds"]) == (alice.person_id, [faces[1].face_id])


@pytest.mark.parametrize(("name", "state"), [("Carl", "known"), (None, "unknown")])
async def test_faces_of_nobody_known_become_a_new_person_once(past: Past, name: str | None, state: str) -> None:
    alice = await past.people.create("Alice")
    faces = [await past.face(alice) for _ in range(3)]
    asked = {"faces": [face.face_id for face in faces[1:]], **({"name": name} if name else {})}

    async with served(past) as here, here.client() as client:
        answers = [(await client.post(f"/people/{alice.person_id}/split", json=asked)).json() for _ in range(2)]

    assert answers[0]["person_id"] == answers[1]["person_id"] != alice.person_id
    assert (answers[0]["name"], answers[0]["state"]) == (name or "Unknown 1", state)
    assert (await past.people.get(alice.person_id)).face_ids == (faces[0].face_id,)
    assert len(await past.people.everybody()) == 2


async def test_faces_of_others_are_not_split_off(past: Past) -> None:
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    face = await past.face(bob)

    async with served(past) as here, here.client() as client:
        path = f"/people/{alice.person_id}/split"
        theirs = await client.post(path, json={"faces": [face.face_id]})
        nobodys = await client.post(path, json={"faces": ["none"], "into": bob.person_id})
        same = await client.post(path, json={"faces": [face.face_id], "into": alice.person_id})
        both = await client.post(path, json={"faces": [face.face_id], "into": bob.person_id, "name": "Carl"})
        none = await client.post(path, json={"faces": []})

    assert [each.status_code for each in (theirs, nobodys, same, both, none)] == [409, 404, 400, 422, 422]
    assert bob.person_id in theirs.json()["detail"]
