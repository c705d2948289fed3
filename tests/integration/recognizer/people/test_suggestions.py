"""Two strangers who are one person are suggested; somebody decides, and what they say holds."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from installation import Keys, client_of
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_recognizer.people.suggestions import timer
from onlooker_recognizer.people.suggestions.records import Suggestion, suggestion
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_shared.aws import Aws
from onlooker_shared.messages import ImageRecognized
from onlooker_shared.queue import settler
from people_past import KEYS, Past, past_of, served
from recognitions import NOON
from recognizer_stage import Stage, provisioned, until

PATH = "/people/suggestions"


@pytest.fixture(scope="module", autouse=True)
def _no_lingering() -> Iterator[None]:
    """Handled messages are deleted at once, and people are looked at as soon as they are there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settler, "LINGER", 0.01)
        yield


# -- from picture to decision, by the real local Rekognition server ----------------------------------------------------


@pytest.fixture
async def remembering(real_aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """An installation that takes nobody for somebody, so that each picture makes a stranger, and asks at once."""
    for name, value in {"FEATURES": "faces,people", "UNKNOWN": "remember", "PERSON_THRESHOLD": "99.99"}.items():
        monkeypatch.setenv(f"ONLOOKER_RECOGNIZER_{name}", value)
    monkeypatch.setattr(timer, "LOOK_EVERY", 0.1)
    return await provisioned(real_aws)


async def seen(stage: Stage, key: str, picture: Path) -> tuple[str, str]:
    """Send a picture; return its id, and that of the stranger in it."""
    image_id = await stage.put(key, picture.read_bytes())
    (message,) = await stage.announced()
    assert isinstance(message, ImageRecognized)
    assert message.recognition is not None
    (face,) = message.recognition.faces
    assert face.person is not None
    return image_id, face.person.person_id


async def suggested(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get(PATH, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["suggestions"]


async def test_strangers_who_are_one_become_one_in_the_past_too_and_who_are_not_are_never_suggested_again(
    remembering: Stage, pictures: Path
) -> None:
    stage, portraits = remembering, pictures / "portraits"
    past = await past_of(stage)
    async with stage.recognizer() as service, client_of(service) as client:
        first, one = await seen(stage, "1.jpg", portraits / "obama.jpg")
        second, two = await seen(stage, "2.jpg", portraits / "obama-speaking.jpg")
        await seen(stage, "3.jpg", portraits / "biden.jpg")

        async def some() -> list[dict[str, Any]]:
            return await suggested(client)

        (told,) = await until(some)
        assert {told["one"]["person_id"], told["other"]["person_id"]} == {one, two} != {one}
        assert told["keep"] == told["one"]["person_id"]
        assert 80 <= told["similarity"] <= 100

        decided = await client.post(f"{PATH}/{told['suggestion_id']}", json={"same": True})
        assert decided.status_code == 200
        assert decided.json()["person"]["person_id"] == told["keep"]
        await past.done()
        assert await suggested(client) == []
        kept = await past.people.get(told["keep"])
        assert (kept.sightings, len(kept.face_ids)) == (2, 2)
        assert [await past.names(image_id) for image_id in (first, second)] == [[kept.name]] * 2
        await stage.announced()  # that the one's picture says so now

        _, three = await seen(stage, "4.jpg", portraits / "obama-standing.jpg")
        (told,) = await until(some)
        assert {told["one"]["person_id"], told["other"]["person_id"]} == {kept.person_id, three}
        decided = await client.post(f"{PATH}/{told['suggestion_id']}", json={"same": False})
        assert decided.json() == {"suggestion_id": told["suggestion_id"], "same": False, "person": None}
        assert await suggested(client) == []

        again = await client.post(
            f"/people/{kept.person_id}/faces",
            params={"even_if_known": True},
            content=(portraits / "obama-standing.jpg").read_bytes(),
            headers={"Content-Type": "image/jpeg"},
        )
        assert again.status_code == 201, again.text
        assert await nothing_left_to_look_at(stage)
        assert await suggested(client) == []


async def nothing_left_to_look_at(stage: Stage) -> bool:
    """Wait until every face was looked at."""
    dynamodb = await stage.aws.client("dynamodb")

    async def all_were() -> bool:
        faces = (await dynamodb.scan(TableName=stage.names.people_faces.name, ConsistentRead=True))["Items"]
        return bool(faces) and all(face.get("looked") == face["person_id"] for face in faces)

    return bool(await until(all_were))


# -- what is asked over HTTP -------------------------------------------------------------------------------------------


@pytest.fixture
async def past(stage: Stage) -> Past:
    return await past_of(stage)


@pytest.fixture
async def client(past: Past) -> AsyncIterator[httpx.AsyncClient]:
    async with served(past) as here, here.client() as opened:
        yield opened


async def alike(past: Past, one: PersonRecord, other: PersonRecord, similarity: float = 85) -> Suggestion:
    """Suggest that two people are one, by a new face of each."""
    faces = [await past.face(person) for person in (one, other)]
    made = suggestion(
        (one.person_id, faces[0].face_id), (other.person_id, faces[1].face_id), similarity=similarity, at=NOON
    )
    names = past.stage.names
    table = Suggestions(await past.stage.aws.client("dynamodb"), names.people_suggestions.name, names.people.name)
    assert await table.suggest(made)
    return made


async def test_the_most_alike_come_first_page_by_page_and_who_has_a_name_stays(
    past: Past, client: httpx.AsyncClient
) -> None:
    alice, *strangers = await past.people.create("Alice"), *[await past.people.create_unknown() for _ in range(3)]
    made = [await alike(past, alice, each, 80 + number) for number, each in enumerate(strangers)]
    first = (await client.get(PATH, params={"limit": 2})).json()
    last = (await client.get(PATH, params={"limit": 2, "cursor": first["cursor"]})).json()
    told = [*first["suggestions"], *last["suggestions"]]
    assert [each["suggestion_id"] for each in told] == [each.suggestion_id for each in reversed(made)]
    assert last["cursor"] is None
    assert {each["keep"] for each in told} == {each["one"]["person_id"] for each in told} == {alice.person_id}
    faces = (await client.get(f"/people/{alice.person_id}/faces")).json()["faces"]
    assert {each["one_face_id"] for each in told} == {face["face_id"] for face in faces}
    assert (await client.get(PATH, params={"cursor": "bm8"})).status_code == 400


async def test_they_are_counted_without_an_entry_in_the_audit_log(past: Past, client: httpx.AsyncClient) -> None:
    people = [await past.people.create_unknown() for _ in range(4)]
    made = [await alike(past, *people[start : start + 2]) for start in (0, 2)]
    assert (await client.get(f"{PATH}/count")).json() == {"count": 2}
    dynamodb = await past.stage.aws.client("dynamodb")
    assert (await dynamodb.scan(TableName=past.stage.names.people_audit.name))["Items"] == []
    await client.post(f"{PATH}/{made[0].suggestion_id}", json={"same": False})
    assert (await client.get(f"{PATH}/count")).json() == {"count": 1}


async def test_who_was_decided_merged_or_erased_meanwhile_is_gone(past: Past, client: httpx.AsyncClient) -> None:
    people = [await past.people.create_unknown() for _ in range(6)]
    decided, merged, erased = [await alike(past, *people[start : start + 2]) for start in (0, 2, 4)]
    ids = [each.suggestion_id for each in (decided, merged, erased)]
    await client.post(f"{PATH}/{ids[0]}", json={"same": False})
    await client.post(f"/people/{people[2].person_id}/merge", json={"into": people[0].person_id})
    await client.delete(f"/people/{people[4].person_id}")

    for suggestion_id in ids:
        for same in (True, False):
            answer = await client.post(f"{PATH}/{suggestion_id}", json={"same": same})
            assert answer.status_code == 404
            assert "no such suggestion" in answer.json()["detail"]
    (left,) = await suggested(client)  # who was merged may still be whom the other one was like
    assert {left["one"]["person_id"], left["other"]["person_id"]} == {people[0].person_id, people[3].person_id}
    assert (await client.get(f"/people/{people[5].person_id}")).status_code == 200


async def test_an_erasure_takes_whom_somebody_might_be_and_is_not(past: Past, client: httpx.AsyncClient) -> None:
    alice, *others = await past.people.create("Alice"), *[await past.people.create_unknown() for _ in range(4)]
    await alike(past, alice, others[0])
    not_same = await alike(past, alice, others[1])
    stays = await alike(past, others[2], others[3])
    await client.post(f"{PATH}/{not_same.suggestion_id}", json={"same": False})
    await client.delete(f"/people/{alice.person_id}")

    async def erased() -> Any:
        receipt = (await client.get(f"/people/erasures/{alice.person_id}")).json()
        return receipt if receipt["state"] != "under_way" else None

    receipt = await until(erased)
    assert (receipt["removed"]["suggestions"], receipt["proof"]["found"]["suggestions"]) == (3, 0)
    assert [each["suggestion_id"] for each in await suggested(client)] == [stays.suggestion_id]
    found = await (await past.stage.aws.client("dynamodb")).scan(TableName=past.stage.names.people_suggestions.name)
    assert len(found["Items"]) == 1


async def test_a_decision_that_was_interrupted_is_finished_by_the_same_again(
    past: Past, client: httpx.AsyncClient
) -> None:
    alice, stranger = await past.people.create("Alice"), await past.people.create_unknown()
    made = await alike(past, alice, stranger)
    await past.people.change(stranger.person_id, state=State.MERGED, merged_into=alice.person_id)  # and no further
    answer = await client.post(f"{PATH}/{made.suggestion_id}", json={"same": True})
    assert answer.status_code == 200
    assert len((await past.people.get(alice.person_id)).face_ids) == 2
    assert (await client.post(f"{PATH}/{made.suggestion_id}", json={"same": True})).status_code == 404


async def test_of_several_who_decide_at_once_all_see_the_same_and_nothing_is_left_open(
    past: Past, client: httpx.AsyncClient
) -> None:
    alice, stranger = await past.people.create("Alice"), await past.people.create_unknown()
    made = await alike(past, alice, stranger)
    said = [client.post(f"{PATH}/{made.suggestion_id}", json={"same": same}) for same in (True, True, False)]
    answers = await asyncio.gather(*said)
    assert {answer.status_code for answer in answers} <= {200, 404}
    assert any(answer.status_code == 200 for answer in answers)
    assert await suggested(client) == []
    merged = (await past.people.get(stranger.person_id)).merged_into
    found = await (await past.stage.aws.client("dynamodb")).scan(TableName=past.stage.names.people_suggestions.name)
    assert len(found["Items"]) == (0 if merged else 2)
    assert merged in {alice.person_id, None}


async def test_who_was_split_apart_is_not_suggested_again(past: Past, client: httpx.AsyncClient) -> None:
    alice, stranger = await past.people.create("Alice"), await past.people.create_unknown()
    face = await past.face(alice)
    await past.face(alice)
    await alike(past, alice, stranger)
    split = (await client.post(f"/people/{alice.person_id}/split", json={"faces": [face.face_id]})).json()
    one, other = sorted((alice.person_id, split["person_id"]))
    found = await (await past.stage.aws.client("dynamodb")).get_item(
        TableName=past.stage.names.people_suggestions.name,
        Key={"about": {"S": f"different:{one}"}, "entry_id": {"S": other}},
    )
    assert "Item" in found
    assert len(await suggested(client)) == 1


async def test_asking_and_deciding_is_noted_and_needs_the_right_key(past: Past) -> None:
    alice, stranger, other = await past.people.create("Alice"), *[await past.people.create_unknown() for _ in range(2)]
    same, not_same = await alike(past, alice, stranger), await alike(past, alice, other)
    async with served(past) as here, here.client() as client, here.client("reader") as reader:
        assert (await reader.get(PATH)).status_code == 200
        assert (await reader.post(f"{PATH}/{same.suggestion_id}", json={"same": True})).status_code == 403
        assert (await client_of(here.service, Keys(dict(KEYS)), "bound").get(PATH)).status_code == 403
        for wrong in ({}, {"same": "yes"}, {"same": None}, {"same": True, "more": 1}):
            assert (await client.post(f"{PATH}/{same.suggestion_id}", json=wrong)).status_code == 422
        assert (await client.post(f"{PATH}/nobody", json={"same": True})).status_code == 422
        await client.post(f"{PATH}/{same.suggestion_id}", json={"same": True})
        await client.post(f"{PATH}/{not_same.suggestion_id}", json={"same": False})
        entries = (await client.get("/people/audit")).json()["entries"]

    told = [(each["action"], set(each["people"]), each["shown"]) for each in reversed(entries)]
    assert told == [
        ("listed", set(), 4),
        ("merged", {alice.person_id, stranger.person_id}, None),
        ("told apart", {alice.person_id, other.person_id}, None),
    ]
