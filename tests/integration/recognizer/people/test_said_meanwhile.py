"""What somebody says of a face in the moment in which the picture is recognized is neither lost nor undone."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared.results import Known, Results, StoredResult
from people_past import Past, past_of, served
from recognizer_stage import Stage, jpeg, until
from rekognition_standin import StandIn

ELSEWHERE = {"left": 0.02, "top": 0.02, "width": 0.2, "height": 0.2}
Meanwhile = Callable[[StoredResult], Awaitable[object]]


@pytest.fixture
async def past(stage: Stage, standin: StandIn) -> Past:
    """Alice is enrolled, and resembled by every face that is found."""
    past = await past_of(stage)
    face = await past.face(await past.people.create("Alice"))
    await past.people.create("Bob")
    standin.matches = [{"Face": {"FaceId": face.face_id}, "Similarity": 99.5}]
    return past


async def says(client: httpx.AsyncClient, image_id: str, word: str) -> None:
    """Have somebody say something of a picture's only face, or draw another one."""
    path = f"/recognitions/{image_id}/faces"
    match word:
        case "it is Bob":
            answer = await client.put(f"{path}/1/person", json={"name": "Bob"})
        case "it is not Alice":
            answer = await client.put(f"{path}/1/person", content=b"null", headers={"Content-Type": "application/json"})
        case _:
            answer = await client.post(path, json={"bounding_box": ELSEWHERE, "name": "Bob"})
    assert answer.is_success, answer.text


WORDS = pytest.mark.parametrize(
    ("word", "names"),
    [("it is Bob", ["Bob"]), ("it is not Alice", [None]), ("there is Bob, too", ["Alice", "Bob"])],
)


async def recognized_again(past: Past, client: httpx.AsyncClient, image_id: str) -> None:
    before = (await past.results.get(image_id)).recognition.recognized_at
    assert (await client.post(f"/recognitions/{image_id}")).status_code == 202

    async def is_done() -> bool:
        return (await past.results.get(image_id)).recognition.recognized_at > before

    await until(is_done)
    await past.stage.settled()


async def assert_all_know(past: Past, image_id: str, names: list[str | None]) -> None:
    """Result and records say the same."""
    assert await past.names(image_id) == names
    people = {person.person_id: person.name for person in await past.people.everybody()}
    seen = await past.sightings.of_picture(image_id)
    assert sorted(people[each.person_id] for each in seen) == sorted(name for name in names if name)
    assert {people[each.person_id]: each.decided_by for each in seen}.get("Bob", "somebody") == "somebody"


@WORDS
async def test_before_the_result_is_stored_again(
    past: Past, monkeypatch: pytest.MonkeyPatch, standin: StandIn, word: str, names: list[str | None]
) -> None:
    async with served(past) as here, here.client() as client:
        image_id = await past.stage.put("a.jpg", jpeg(600, 600))
        await past.told(1)
        await past.stage.settled()
        assert await past.names(image_id) == ["Alice"]

        just_before(monkeypatch, lambda _: says(client, image_id, word))
        calls = standin.calls("DetectFaces")
        await recognized_again(past, client, image_id)
        assert standin.calls("DetectFaces") == calls + 1  # nobody pays for looking again
        await assert_all_know(past, image_id, names)

        await recognized_again(past, client, image_id)
        await assert_all_know(past, image_id, names)


async def test_before_a_first_result_is_stored_that_another_recognizer_had_stored(
    past: Past, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same event twice, at two recognizers: of the faster one's result somebody has said something already."""
    async with served(past) as here, here.client() as client:

        async def faster(result: StoredResult) -> None:
            await past.results.put(result)
            await says(client, result.image.image_id, "it is Bob")

        just_before(monkeypatch, faster)
        image_id = await past.stage.put("a.jpg", jpeg(600, 600))
        await past.told(2)
        await past.stage.settled()
        await assert_all_know(past, image_id, ["Bob"])


@WORDS
async def test_between_result_and_record(
    past: Past, monkeypatch: pytest.MonkeyPatch, word: str, names: list[str | None]
) -> None:
    settle, meanwhile = Sightings.settle, [word]

    async def settle_later(self: Sightings, image_id: str, sightings: Any) -> Any:
        if meanwhile:
            await says(client, image_id, meanwhile.pop())
        return await settle(self, image_id, sightings)

    async with served(past) as here, here.client() as client:
        monkeypatch.setattr(Sightings, "settle", settle_later)
        image_id = await past.stage.put("a.jpg", jpeg(600, 600))
        await past.told(2)
        await past.stage.settled()
        await assert_all_know(past, image_id, names)


def just_before(monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile) -> None:
    """Have something happen after a result was looked at, and just before it is replaced, once."""
    replace, waiting = Results.replace, [meanwhile]

    async def replace_later(self: Results, result: StoredResult, known: Known | None) -> bool:
        if waiting:
            await waiting.pop()(result)
        return await replace(self, result, known)

    monkeypatch.setattr(Results, "replace", replace_later)
