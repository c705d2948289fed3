"""The main job: a folder of real pictures goes in, and everything that is promised comes out."""

import io
from pathlib import Path

import httpx
import pytest
from PIL import Image

from listening import listening_addresses
from onlooker.client import OnlookerClient, connect
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded, upload_all, wait_for
from stack import Stack, onlooker, sent_mails

BUCKET = "onlooker-images"


@pytest.fixture(scope="module")
async def done(stack: Stack, pictures: Path) -> dict[str, Uploaded]:
    """What became of the pictures, by key."""
    async with connect(stack.running.url, stack.key) as client:
        sent = await upload_all(client, BUCKET, find_pictures([pictures]), sent=lambda _: None, settled=lambda _: None)
        results = await wait_for(client, sent, patience=60, settled=lambda _: None)
    return {result.picture.key.removeprefix("pictures/"): result for result in results}


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
    links = await client.annotation(image_id)
    async with httpx.AsyncClient() as plain:
        annotated = await plain.get(links["annotated"]["url"])
        tampered = await plain.get(links["annotated"]["url"] + "0")
    assert annotated.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(annotated.content)).size == (512, 512)
    assert tampered.status_code == httpx.codes.FORBIDDEN


async def test_search_finds_by_what_is_in_the_picture(client: OnlookerClient, done: dict[str, Uploaded]) -> None:
    found = await client.search({"q": "cat", "label": "Animal"})
    assert [document["image_id"] for document in found["images"]] == [done["scenes/cat.png"].image_id]


async def test_the_whole_result_is_kept_with_rekognitions_own_answers(
    client: OnlookerClient, done: dict[str, Uploaded]
) -> None:
    image_id = done["portraits/obama.jpg"].image_id
    assert image_id is not None
    result = await client.recognition(image_id)
    assert result["state"] == "recognized"


async def test_what_costs_nothing_here_is_looked_for_unasked(client: OnlookerClient, done: dict[str, Uploaded]) -> None:
    image_id = done["scenes/coffee.png"].image_id
    assert image_id is not None
    found = (await client.recognition(image_id))["recognition"]
    assert set(found["features"]) == {"faces", "labels", "moderation", "properties"}
    assert found["missing"] == []
    assert found["properties"]["dominant_colors"][0]["pixel_percent"] > 5


async def test_nothing_is_left_in_the_queues(stack: Stack, done: dict[str, Uploaded]) -> None:
    out = onlooker(stack, "queues", "--json")
    assert out.returncode == 0
    assert '"dead_letters": 0' in out.stdout
    assert '"reasons": []' in out.stdout


async def test_one_mail_tells_of_many_pictures(stack: Stack, done: dict[str, Uploaded]) -> None:
    mails = await sent_mails(stack)
    assert 1 <= len(mails) < len(done)


def test_commands_show_what_is_there(stack: Stack, done: dict[str, Uploaded]) -> None:
    assert "Cat" in onlooker(stack, "search", "cat").stdout
    assert "pictures" in onlooker(stack, "stats").stdout
    shown = onlooker(stack, "show", "pictures/portraits/obama.jpg")
    assert "Happy" in shown.stdout
    assert "background" in shown.stdout
    assert "X-Amz-Signature" in shown.stdout
    assert onlooker(stack, "doctor").returncode == 0
    assert onlooker(stack, "sweep").returncode == 0


def test_a_second_up_on_the_same_data_says_who_holds_it(stack: Stack) -> None:
    second = onlooker(stack, "up", "--port", "0", "--emulator-port", "0", "--rekognition-port", "0")
    assert second.returncode == 75
    assert str(stack.running.pid) in second.stderr


def test_the_admin_key_is_its_owners_alone(stack: Stack) -> None:
    assert stack.folder.admin_key.stat().st_mode & 0o777 == 0o600


def test_only_the_loopback_interface_is_listened_on(stack: Stack) -> None:
    pids = [stack.running.pid, *stack.children().values()]
    assert listening_addresses(pids) == {"127.0.0.1"}
