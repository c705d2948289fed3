"""A face that was not found is drawn by hand: it is somebody's from then on, and they are told by it if they can be."""

import asyncio
from typing import Any

import httpx
import pytest

from onlooker_recognizer.people.registry.records import Source
from onlooker_shared.errors import NotFoundError
from onlooker_shared.messages import ImageIdentified
from people_past import Past, past_of, served
from people_records import an_id
from recognizer_stage import Stage, jpeg, until
from rekognition_standin import FACE, Asked, Refusal, StandIn

BOX = {"left": 0.3, "top": 0.3, "width": 0.2, "height": 0.2}
ELSEWHERE = {"Left": 0.7, "Top": 0.1, "Width": 0.2, "Height": 0.3}


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


@pytest.fixture(autouse=True)
def _one_face_elsewhere(standin: StandIn) -> None:
    standin.faces = [{**FACE, "BoundingBox": ELSEWHERE}]


def sees_no_face(asked: Asked) -> Refusal | None:
    if asked.operation != "SearchFacesByImage":
        return None
    return Refusal("InvalidParameterException", message="There are no faces in the image. Should be at least 1.")


async def a_picture(past: Past) -> str:
    """Put a picture, and wait until it was recognized."""
    image_id = await past.stage.put("party.jpg", jpeg(600, 600))
    await past.told(1)
    await past.stage.settled()
    return image_id


async def draw(client: httpx.AsyncClient, image_id: str, **asked: Any) -> httpx.Response:
    return await client.post(f"/recognitions/{image_id}/faces", json={"bounding_box": BOX, **asked})


async def recognized_again(past: Past, client: httpx.AsyncClient, image_id: str) -> list[str | None]:
    before = (await past.results.get(image_id)).recognition.recognized_at
    assert (await client.post(f"/recognitions/{image_id}")).status_code == 202

    async def is_done() -> bool:
        return (await past.results.get(image_id)).recognition.recognized_at > before

    await until(is_done)
    await past.stage.settled()
    return await past.names(image_id)


async def test_a_drawn_face_is_somebodys_who_is_told_by_it(past: Past, standin: StandIn) -> None:
    alice = await past.people.create("Alice")

    async with served(past) as here, here.client() as client:
        image_id = await a_picture(past)
        first = await draw(client, image_id, person_id=alice.person_id)
        [told] = await past.told(1)
        before = await past.etags([image_id])
        second = await draw(client, image_id, name="alice")

        assert (first.status_code, second.status_code) == (201, 200)
        assert await past.etags([image_id]) == before
        assert standin.calls("IndexFaces") == 1
        assert isinstance(told, ImageIdentified)
        assert await past.names(image_id) == [None, "Alice"]
        assert first.json()["recognition"]["faces"][1]["bounding_box"] == BOX
        [face] = await past.people.faces_of(alice.person_id)
        assert (face.source, face.image_id) == (Source.DRAWN, image_id)
        [sighting] = await past.sightings.of_picture(image_id)
        assert (sighting.person_id, sighting.decided_by) == (alice.person_id, "somebody")

        for _ in range(2):
            assert await recognized_again(past, client, image_id) == [None, "Alice"]
        [kept] = [each for each in (await past.results.get(image_id)).recognition.faces if each.drawn]
        assert kept.face_id == face.face_id
        assert await past.recorded(image_id) == [alice.person_id]


async def test_where_rekognition_sees_no_face_it_is_theirs_all_the_same(past: Past, standin: StandIn) -> None:
    standin.judge = sees_no_face

    async with served(past) as here, here.client() as client:
        image_id = await a_picture(past)
        assert (await draw(client, image_id, name="Carol")).status_code == 201
        assert await past.names(image_id) == [None, "Carol"]
        assert (standin.calls("IndexFaces"), await past.people.anybody_has_a_face()) == (0, False)
        assert await recognized_again(past, client, image_id) == [None, "Carol"]

        path = f"/recognitions/{image_id}/faces/2/person"
        await client.put(path, content=b"null", headers={"Content-Type": "application/json"})
        assert await recognized_again(past, client, image_id) == [None]


async def test_what_is_found_at_last_is_no_second_face(past: Past, standin: StandIn) -> None:
    async with served(past) as here, here.client() as client:
        image_id = await a_picture(past)
        await draw(client, image_id, name="Carol")
        standin.faces = [{**FACE, "BoundingBox": {"Left": 0.31, "Top": 0.3, "Width": 0.2, "Height": 0.22}}]
        assert await recognized_again(past, client, image_id) == ["Carol"]
        again = await draw(client, image_id, name="Dora")

    assert again.status_code == 200
    assert [face["drawn"] for face in again.json()["recognition"]["faces"]] == [False]
    assert await past.names(image_id) == ["Dora"]
    [face] = await past.people.faces_of((await past.people.named("Dora"))[0].person_id)
    assert face.source is Source.DRAWN


async def test_of_two_who_draw_the_same_at_once_there_is_one_face(past: Past) -> None:
    alice = await past.people.create("Alice")

    async with served(past) as here, here.client() as client:
        image_id = await a_picture(past)
        answers = await asyncio.gather(*(draw(client, image_id, person_id=alice.person_id) for _ in range(4)))
        await past.done()

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert await past.names(image_id) == [None, "Alice"]
    assert len(await past.people.faces_of(alice.person_id)) == 1
    assert (await past.people.get(alice.person_id)).sightings == 1


async def test_a_picture_that_is_deleted_meanwhile_leaves_no_face_behind(
    past: Past, standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice = await past.people.create("Alice")
    async with served(past) as here, here.client() as client:
        image_id = await a_picture(past)
        standin.gate.clear()
        asked = len(standin.asked)
        drawing = asyncio.create_task(draw(client, image_id, person_id=alice.person_id))
        await standin.reached(asked + 1)
        await past.delete(image_id)
        standin.gate.set()
        answer = await drawing

    assert answer.status_code == 404
    assert await past.people.faces_of(alice.person_id) == []
    assert standin.calls("DeleteFaces") == 1
    with pytest.raises(NotFoundError):
        await past.results.get(image_id)


async def test_what_cannot_be_drawn_is_refused_with_words(past: Past) -> None:
    alice = await past.people.create("Alice")
    wrong: list[dict[str, Any]] = [
        {},
        {"name": "A", "person_id": alice.person_id},
        {"name": "A", "bounding_box": {**BOX, "left": 0.9}},
        {"name": "A", "bounding_box": {**BOX, "width": 0}},
        {"name": "A", "bounding_box": {**BOX, "top": "NaN"}},
        {"name": "A", "bounding_box": {**BOX, "height": 0.001}},
        {"name": "x" * 300},
    ]

    async with served(past) as here:
        async with here.client() as client:
            image_id = await a_picture(past)
            answers = [await draw(client, image_id, **asked) for asked in wrong]
            nobody = await draw(client, image_id, person_id=an_id())
            nothing = await draw(client, an_id(), name="A")
            known = await past.results.get(image_id)
            gone = known.image.model_copy(update={"key": "gone.jpg", "image_id": an_id()})
            await past.results.put(known.model_copy(update={"image": gone}))
            deleted = await draw(client, gone.image_id, name="A")
        for key in ("reader", "bound"):
            async with here.client(key) as client:
                assert (await draw(client, image_id, name="A")).status_code == 403

    assert [answer.status_code for answer in answers] == [422] * len(wrong)
    assert [answer.status_code for answer in (nobody, nothing, deleted)] == [404, 404, 409]
    assert [person.name for person in await past.people.everybody()] == ["Alice"]
    assert await past.names(image_id) == [None]
