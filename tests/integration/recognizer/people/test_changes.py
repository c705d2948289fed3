"""Somebody knows better: two people are one, one is two, or a face is somebody else's."""

import asyncio
from typing import Any

import httpx
import pytest

from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_ATTRIBUTES, MAX_FACES, PersonRecord, State
from onlooker_shared.errors import ConflictError, NotFoundError
from onlooker_shared.messages import ImageIdentified
from people_past import Past, past_of, served
from people_records import a_face_of, an_id
from recognitions import a_face
from recognizer_stage import Stage, jpeg, until
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


# -- one face in a picture ---------------------------------------------------------------------------------------------


async def test_somebody_says_whose_a_face_is_and_whose_it_is_not(past: Past) -> None:
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    image_id = await past.seen("party.jpg", alice, None)
    path = f"/recognitions/{image_id}/faces"

    async with served(past) as here, here.client() as client:
        await client.put(f"{path}/2/person", json={"person_id": bob.person_id})
        assert await past.names(image_id) == ["Alice", "Bob"]
        answer = await client.put(f"{path}/1/person", content=b"null", headers={"Content-Type": "application/json"})
        assert await past.names(image_id) == [None, "Bob"]
        faces = answer.json()["recognition"]["faces"]
        told = await past.told(2)

    assert faces[0]["denied"] == [alice.person_id]
    assert {type(message) for message in told} == {ImageIdentified}
    [sighting] = await past.sightings.of_picture(image_id)
    assert (sighting.person_id, sighting.decided_by) == (bob.person_id, "somebody")
    assert [(await past.people.get(each.person_id)).sightings for each in (alice, bob)] == [0, 1]


async def test_somebody_says_whose_a_face_is_not_though_it_resembles_theirs(past: Past) -> None:
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    alike = a_face().model_copy(update={"person": as_person(alice, 93.0), "candidates": (as_person(bob, 81.0),)})
    path = f"/recognitions/{await past.seen('party.jpg', alike)}/faces/1/person"

    async with served(past) as here, here.client() as client:
        [face] = (await client.put(path, json={"not_person_id": bob.person_id})).json()["recognition"]["faces"]
        assert (face["person"]["name"], face["candidates"], face["denied"]) == ("Alice", [], [bob.person_id])
        [face] = (await client.put(path, json={"not_person_id": alice.person_id})).json()["recognition"]["faces"]
        assert (face["person"], face["denied"]) == (None, [bob.person_id, alice.person_id])
        both = await client.put(path, json={"not_person_id": bob.person_id, "name": "Bob"})
    assert both.status_code == 422


async def test_whom_a_face_only_resembles_is_called_as_they_are_now(past: Past) -> None:
    alice, bob, rob = [await past.people.create(name) for name in ("Alice", "Bob", "Rob")]
    gone, ignored = [await past.people.create(name) for name in ("Gone", "Poster")]
    alike = a_face().model_copy(
        update={"candidates": tuple(as_person(each, 80.0) for each in (alice, bob, gone, ignored))}
    )
    image_id = await past.seen("party.jpg", alike)
    await past.people.change(alice.person_id, name="Alicia")
    await past.people.change(bob.person_id, state=State.MERGED, merged_into=rob.person_id)
    await past.people.delete(gone.person_id)
    await past.people.change(ignored.person_id, state=State.IGNORED)

    async with served(past) as here, here.client() as client:
        [face] = (await client.get(f"/recognitions/{image_id}")).json()["recognition"]["faces"]

    found = [(each["person_id"], each["name"]) for each in face["candidates"]]
    assert found == [(alice.person_id, "Alicia"), (rob.person_id, "Rob")]


async def test_a_face_gets_a_name_that_somebody_has_or_nobody_yet(past: Past) -> None:
    bob = await past.people.create("Bob")
    image_id = await past.seen("party.jpg", None, None, None)
    path = f"/recognitions/{image_id}/faces"

    async with served(past) as here, here.client() as client:
        for number, name in ((1, "bob"), (2, "Carol")):
            assert (await client.put(f"{path}/{number}/person", json={"name": name})).status_code == 200
        await past.people.create("Bob")
        ambiguous = await client.put(f"{path}/3/person", json={"name": "Bob"})

    assert await past.names(image_id) == ["Bob", "Carol", None]
    assert (ambiguous.status_code, bob.person_id in ambiguous.json()["detail"]) == (409, True)


async def test_a_face_of_the_collection_goes_where_somebody_says(past: Past, standin: StandIn) -> None:
    stranger, alice = await past.people.create_unknown(), await past.people.create("Alice")
    image_id = await past.seen("street.jpg", stranger)
    face = await past.face(stranger, image_id)
    await past.seen("street.jpg", stranger, face_ids={0: face.face_id})
    path = f"/recognitions/{image_id}/faces/1/person"

    async with served(past) as here, here.client() as client:
        await client.put(path, json={"person_id": alice.person_id})
        assert (await past.people.face(face.face_id)).person_id == alice.person_id
        await client.put(path, content=b"null", headers={"Content-Type": "application/json"})

    with pytest.raises(NotFoundError):
        await past.people.face(face.face_id)
    assert body_of(standin, "DeleteFaces")[0]["FaceIds"] == [face.face_id]
    assert (await past.results.get(image_id)).recognition.faces[0].face_id is None


async def test_what_somebody_said_holds_when_the_picture_is_recognized_again(past: Past, standin: StandIn) -> None:
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    face = await past.face(alice)
    standin.matches = [{"Face": {"FaceId": face.face_id}, "Similarity": 99.5}]
    stage = past.stage

    async with served(past) as here, here.client() as client:

        async def again() -> list[str | None]:
            before = (await past.results.get(image_id)).recognition.recognized_at
            assert (await client.post(f"/recognitions/{image_id}")).status_code == 202

            async def is_done() -> bool:
                return (await past.results.get(image_id)).recognition.recognized_at > before

            await until(is_done)
            await stage.settled()
            return await past.names(image_id)

        image_id = await stage.put("portrait.jpg", jpeg(600, 600))
        await past.told(1)
        assert await past.names(image_id) == ["Alice"]
        path = f"/recognitions/{image_id}/faces/1/person"
        await client.put(path, content=b"null", headers={"Content-Type": "application/json"})
        assert await again() == [None]
        assert await past.recorded(image_id) == []
        assert await again() == [None]  # it is not forgotten by having been heeded
        await client.put(path, json={"person_id": bob.person_id})
        assert await again() == ["Bob"]
        assert await past.recorded(image_id) == [bob.person_id]


async def test_what_cannot_be_said_of_a_face_is_refused_with_words(past: Past) -> None:
    image_id = await past.seen("party.jpg", None)
    path = f"/recognitions/{image_id}/faces"

    async with served(past) as here, here.client() as client:
        nothing = await client.put(f"{path}/1/person")
        both = await client.put(f"{path}/1/person", json={"name": "A", "person_id": an_id()})
        no_face = await client.put(f"{path}/2/person", json={"name": "A"})
        nobody = await client.put(f"{path}/1/person", json={"person_id": an_id()})
        no_picture = await client.put(f"/recognitions/{an_id()}/faces/1/person", json={"name": "A"})
    async with served(past) as here:
        for key in ("reader", "bound"):
            async with here.client(key) as client:
                assert (await client.put(f"{path}/1/person", json={"name": "A"})).status_code == 403
                assert (await client.post(f"/people/{an_id()}/merge", json={"into": an_id()})).status_code == 403

    assert [each.status_code for each in (nothing, both, no_face, nobody, no_picture)] == [422, 422, 404, 404, 404]
    assert "null" in nothing.json()["detail"]
    assert await past.names(image_id) == [None]


async def test_what_is_told_holds_against_a_job_that_is_under_way(past: Past) -> None:
    alice, bob = await past.people.create("Alice"), await past.people.create("Bob")
    image_id = await past.seen("party.jpg", alice)
    work = await past.relabelling()

    async with served(past) as here, here.client() as client:
        path = f"/recognitions/{image_id}/faces/1/person"
        await asyncio.gather(
            client.put(path, json={"person_id": bob.person_id}), *(work.picture(image_id) for _ in range(5))
        )

    assert await past.names(image_id) == ["Bob"]
    assert await past.recorded(image_id) == [bob.person_id]


async def test_merging_is_refused_by_the_records_themselves(past: Past) -> None:
    one, two = await past.people.create("One"), await past.people.create("Two")
    await past.people.change(two.person_id, state=State.MERGED, merged_into=one.person_id)
    with pytest.raises(ConflictError, match="merge into that one"):
        await past.people.change(one.person_id, state=State.MERGED, merged_into=two.person_id)
