"""One picture says who somebody is; from then on they are told in others: in the result, the index and the commands."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from installed import Installed, eventually, found, send
from onlooker.client import OnlookerClient
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded

NAME = f"Somebody {uuid.uuid4().hex[:12]}"
THEIRS = ("obama-speaking.jpg", "obama-standing.jpg")
SOMEBODY_ELSES = "biden.jpg"

Person = dict[str, Any]


@pytest.fixture(scope="module")
def portraits(pictures: Path) -> Path:
    """Two further pictures of whom `obama.jpg` shows, and one of somebody else."""
    return pictures / "portraits"


@pytest.fixture(scope="module")
async def person(client: OnlookerClient, portraits: Path) -> AsyncIterator[Person]:
    """Somebody who is known by one picture; their faces are removed afterwards."""
    made = (await client.enrol(NAME, portraits / "obama.jpg", known=True))["person"]

    async def told() -> bool:  # a collection may take a moment until it finds what was put in
        return await who_is_in(client, portraits / THEIRS[0]) == [made["person_id"]]

    await eventually(told)
    yield made
    for face in (await client.faces(made["person_id"]))["faces"]:
        await client.remove_face(made["person_id"], face["face_id"])


@pytest.fixture(scope="module")
async def done(client: OnlookerClient, person: Person, prefix: str, portraits: Path) -> dict[str, Uploaded]:
    """What became of pictures that were sent after that, by the names of their files."""
    results = await send(client, find_pictures([portraits / name for name in (*THEIRS, SOMEBODY_ELSES)], prefix))
    assert [(result.stage, result.reason) for result in results] == [("done", None)] * 3
    return {result.picture.path.name: result for result in results}


async def who_is_in(client: OnlookerClient, picture: Path) -> list[str | None]:
    """Return the ids of the people in a picture that is sent nowhere."""
    return [face["person"] and face["person"]["person_id"] for face in (await client.identify(picture))["faces"]]


async def test_they_are_named_in_other_pictures(
    client: OnlookerClient, person: Person, done: dict[str, Uploaded]
) -> None:
    for name in THEIRS:
        recognition = (await client.recognition(done[name].image_id or ""))["recognition"]
        (told,) = [face["person"] for face in recognition["faces"]]
        assert "people" in recognition["features"]
        assert (told["person_id"], told["name"], told["known"]) == (person["person_id"], NAME, True)
        assert told["similarity"] >= 90


async def test_nobody_else_is_taken_for_them(client: OnlookerClient, person: Person, done: dict[str, Uploaded]) -> None:
    recognition = (await client.recognition(done[SOMEBODY_ELSES].image_id or ""))["recognition"]
    (face,) = recognition["faces"]
    assert (face["person"] or {}).get("person_id") != person["person_id"]


async def test_the_index_finds_them(
    client: OnlookerClient, person: Person, prefix: str, done: dict[str, Uploaded]
) -> None:
    theirs = [done[name].image_id for name in THEIRS]
    await found(client, {"person": NAME.upper(), "prefix": prefix}, theirs)
    await found(client, {"person_id": person["person_id"], "prefix": prefix}, theirs)


async def test_the_pictures_are_annotated_as_all_are(client: OnlookerClient, done: dict[str, Uploaded]) -> None:
    links = await client.annotation(done[THEIRS[0]].image_id or "")
    async with httpx.AsyncClient() as plain:
        assert (await plain.get(links["annotated"]["url"])).status_code == httpx.codes.OK


async def test_it_is_recorded_where_they_were_seen(
    client: OnlookerClient, installed: Installed, person: Person, done: dict[str, Uploaded]
) -> None:
    keys = {done[name].picture.key for name in THEIRS}

    async def seen() -> set[str]:
        page = await client.sightings(person["person_id"], 50)
        return {sighting["key"] for sighting in page["sightings"]}

    await eventually(seen, lambda them: them == keys)
    told = (await client.people({"q": NAME, "state": "known"}))["people"]
    assert [(each["person_id"], each["faces"], each["sightings"]) for each in told] == [(person["person_id"], 1, 2)]
    shown = installed.onlooker("people", "show", NAME).stdout
    assert all(key in shown for key in keys)


def test_commands_tell_who_it_is(
    installed: Installed, person: Person, portraits: Path, done: dict[str, Uploaded]
) -> None:
    assert NAME in installed.onlooker("who", str(portraits / THEIRS[1])).stdout
    assert NAME in installed.onlooker("show", done[THEIRS[0]].image_id or "").stdout


async def test_the_same_picture_again_adds_no_face(client: OnlookerClient, person: Person, portraits: Path) -> None:
    again = await client.add_face(person["person_id"], portraits / "obama.jpg")
    assert (again["added"], again["person"]["faces"]) == (0, 1)


async def test_what_enrols_nobody_says_why(
    client: OnlookerClient, installed: Installed, person: Person, pictures: Path
) -> None:
    wrong = [pictures / "scenes" / "coffee.png", pictures / "portraits" / THEIRS[0]]
    refused = installed.onlooker("enrol", f"Not {NAME}", *map(str, wrong))
    assert refused.returncode == 1
    assert "No face can be seen in this picture." in refused.stdout
    assert f"This face is known as {NAME}'s" in refused.stdout
    assert (await client.people({"q": f"Not {NAME}"}))["people"] == []


async def test_another_name_is_theirs_in_pictures_of_the_past_too(
    client: OnlookerClient, installed: Installed, person: Person, prefix: str, done: dict[str, Uploaded]
) -> None:
    renamed = installed.onlooker("people", "rename", NAME, f"{NAME} II")
    assert renamed.returncode == 0, renamed.stderr

    await found(client, {"person": f"{NAME} II", "prefix": prefix}, [done[name].image_id for name in THEIRS])
    await found(client, {"person": NAME, "prefix": prefix}, [])


async def test_without_their_face_nobody_is_told_to_be_them(
    client: OnlookerClient, person: Person, portraits: Path, done: dict[str, Uploaded]
) -> None:
    (face,) = (await client.faces(person["person_id"]))["faces"]
    await client.remove_face(person["person_id"], face["face_id"])

    async def told() -> list[str | None]:
        return await who_is_in(client, portraits / THEIRS[0])

    await eventually(told, lambda ids: person["person_id"] not in ids)
