"""The main job: a folder of real pictures goes in, and everything that is promised comes out."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from installed import Installed, counted, eventually, found, send, told_of
from onlooker.client import OnlookerClient
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded


@pytest.fixture(scope="module")
async def done(client: OnlookerClient, prefix: str, pictures: Path) -> dict[str, Uploaded]:
    """What became of the pictures, by key."""
    results = await send(client, find_pictures([pictures], prefix))
    return {result.picture.key.removeprefix(f"{prefix}pictures/"): result for result in results}


def test_every_picture_goes_all_the_way(done: dict[str, Uploaded]) -> None:
    assert {key: (result.stage, result.reason) for key, result in done.items()} == dict.fromkeys(done, ("done", None))
    assert len(done) == 11


@pytest.mark.parametrize("name", ["biden", "obama", "obama-speaking", "obama-standing"])
def test_a_portrait_has_one_face_with_emotions_and_age(done: dict[str, Uploaded], name: str) -> None:
    document = done[f"portraits/{name}.jpg"].document
    assert document is not None
    assert document["face_count"] == 1
    face = document["faces"][0]
    assert face["gender"] == "Male"
    assert 35 <= (face["age_low"] + face["age_high"]) / 2 <= 85
    assert face["emotion_confidence"] > 2 * 100 / 8  # of eight emotions, twice an even share


def test_a_smile_is_happy(done: dict[str, Uploaded]) -> None:
    document = done["portraits/obama.jpg"].document
    assert document is not None
    assert document["faces"][0]["emotion"] == "HAPPY"


def test_a_cat_is_a_cat_and_an_animal(done: dict[str, Uploaded]) -> None:
    document = done["scenes/cat.png"].document
    assert document is not None
    assert {"Cat", "Animal"} <= set(document["tags"])
    assert document["face_count"] == 0


async def test_the_annotated_copy_is_behind_a_link_that_expires(
    client: OnlookerClient, done: dict[str, Uploaded]
) -> None:
    image_id = done["scenes/astronaut.png"].image_id
    assert image_id is not None
    url = (await client.annotation(image_id))["annotated"]["url"]
    signature = url.rpartition("X-Amz-Signature=")[2]
    async with httpx.AsyncClient() as plain:
        annotated = await plain.get(url)
        tampered = await plain.get(url.replace(signature, signature[::-1]))
    assert annotated.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(annotated.content)).size == (512, 512)
    assert tampered.status_code == httpx.codes.FORBIDDEN


async def test_search_finds_by_what_is_in_the_picture(
    client: OnlookerClient, prefix: str, done: dict[str, Uploaded]
) -> None:
    await found(client, {"q": "cat", "label": "Animal", "prefix": prefix}, [done["scenes/cat.png"].image_id])


async def test_the_figures_are_of_these_pictures(
    client: OnlookerClient, prefix: str, done: dict[str, Uploaded]
) -> None:
    figures = await counted(client, prefix, len(done))
    documents = [result.document for result in done.values() if result.document]
    assert (figures["recognized"], figures["failed"]) == (len(done), 0)
    assert figures["faces"] == sum(document["face_count"] for document in documents)


async def test_the_whole_result_tells_what_was_looked_for(client: OnlookerClient, done: dict[str, Uploaded]) -> None:
    image_id = done["portraits/obama.jpg"].image_id
    assert image_id is not None
    result = await client.recognition(image_id)
    assert result["state"] == "recognized"
    assert {"faces", "labels"} <= set(result["recognition"]["features"])
    assert result["recognition"]["missing"] == []


def test_nothing_is_left_in_the_queues(installed: Installed, prefix: str, done: dict[str, Uploaded]) -> None:
    assert installed.dead_letters(prefix) == []


async def test_whoever_is_to_be_told_is_told_of_each_picture_once(
    client: OnlookerClient, done: dict[str, Uploaded]
) -> None:
    ids = {result.image_id for result in done.values()}

    async def told() -> list[list[str]]:
        return await told_of(client, ids)

    messages = await eventually(told, lambda seen: {image_id for message in seen for image_id in message} == ids)
    assert sum(map(len, messages)) == len(ids), "once"
    assert len(messages) < len(ids), "one message tells of many pictures"


def test_commands_show_what_is_there(installed: Installed, prefix: str, done: dict[str, Uploaded]) -> None:
    assert "Cat" in installed.onlooker("search", "cat", "--prefix", prefix).stdout
    assert f"{len(done)} pictures" in installed.onlooker("stats", "--prefix", prefix).stdout
    shown = installed.onlooker("show", f"{prefix}pictures/portraits/obama.jpg")
    assert "Happy" in shown.stdout
    assert "X-Amz-Signature" in shown.stdout
    examined = installed.onlooker("doctor").stdout
    assert f"{installed.url}: all ready" in examined
    assert "accepted" in examined
    swept = installed.onlooker("sweep")
    assert swept.returncode == 0, swept.stderr
