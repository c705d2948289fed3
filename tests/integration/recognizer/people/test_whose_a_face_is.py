"""Somebody says of a face in a picture whose it is, or whose it is not."""

import asyncio

import pytest

from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.registry.records import State
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageIdentified
from people_past import Past, past_of, served
from people_records import an_id
from recognitions import a_face
from recognizer_stage import Stage, jpeg, until
from rekognition_standin import StandIn


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


def body_of(standin: StandIn, operation: str) -> list[dict[str, object]]:
    return [asked.body for asked in standin.asked if asked.operation == operation]


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
