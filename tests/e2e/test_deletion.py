"""A picture that is deleted is gone everywhere a moment later; one that is recognized again stays one picture."""

from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import boto3
import pytest

from emulator import CREDENTIALS
from installation import eventually
from onlooker.client import ApiError, OnlookerClient, connect
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded, upload_all, wait_for
from stack import Stack, onlooker

BUCKET = "onlooker-images"


@pytest.fixture(scope="module")
async def done(stack: Stack, pictures: Path) -> dict[str, Uploaded]:
    """Four pictures, all the way through, by the names of their files."""
    files = [pictures / "portraits" / "biden.jpg", pictures / "portraits" / "obama.jpg"]
    files += [pictures / "scenes" / "cat.png", pictures / "scenes" / "coffee.png"]
    async with connect(stack.running.url, stack.key) as client:
        sent = await upload_all(client, BUCKET, find_pictures(files), sent=lambda _: None, settled=lambda _: None)
        results = await wait_for(client, sent, patience=60, settled=lambda _: None)
    assert [result.stage for result in results] == ["done"] * len(files)
    return {result.picture.path.name: result for result in results}


@pytest.fixture
def s3(stack: Stack) -> Any:
    """S3 itself, as somebody uses it who does not know Onlooker."""
    keys = {"aws_access_key_id": CREDENTIALS["AWS_ACCESS_KEY_ID"], "aws_secret_access_key": "test"}
    return boto3.client("s3", endpoint_url=stack.running.emulator_url, region_name="us-east-1", **keys)


async def known(answer: Awaitable[Any]) -> bool:
    try:
        await answer
    except ApiError as error:
        if error.status != 404:
            raise
        return False
    return True


async def known_at(client: OnlookerClient, image_id: str) -> set[str]:
    """Who still knows a picture."""
    asked = {
        "recognizer": client.recognition(image_id),
        "annotator": client.annotation(image_id),
        "tagger": client.document(image_id),
    }
    return {service for service, answer in asked.items() if await known(answer)}


def left_of(s3: Any, image_id: str) -> list[str]:
    """What the buckets hold of a picture."""
    pages = [s3.list_objects_v2(Bucket=f"onlooker-{bucket}").get("Contents", []) for bucket in ("results", "annotated")]
    return [entry["Key"] for page in pages for entry in page if image_id in entry["Key"]]


async def gone(client: OnlookerClient, s3: Any, image_id: str) -> None:
    """Return once nobody knows a picture any more."""

    async def traces() -> tuple[set[str], list[str]]:
        return await known_at(client, image_id), left_of(s3, image_id)

    await eventually(traces, lambda found: found == (set(), []))


async def test_what_is_deleted_over_http_is_gone_everywhere(
    client: OnlookerClient, s3: Any, done: dict[str, Uploaded]
) -> None:
    picture = done["biden.jpg"]
    assert picture.image_id is not None
    assert await known_at(client, picture.image_id) == {"recognizer", "annotator", "tagger"}
    assert len(left_of(s3, picture.image_id)) >= 3

    await client.delete(BUCKET, picture.picture.key)

    await gone(client, s3, picture.image_id)
    found = await client.search({"prefix": picture.picture.key})
    assert found["images"] == []


async def test_what_is_deleted_in_s3_itself_is_gone_everywhere(
    client: OnlookerClient, s3: Any, done: dict[str, Uploaded]
) -> None:
    picture = done["cat.png"]
    assert picture.image_id is not None
    s3.delete_object(Bucket=BUCKET, Key=picture.picture.key)
    await gone(client, s3, picture.image_id)


async def test_what_was_deleted_can_be_uploaded_again(
    client: OnlookerClient, stack: Stack, s3: Any, done: dict[str, Uploaded], pictures: Path
) -> None:
    picture = done["coffee.png"]
    assert picture.image_id is not None
    deleted = onlooker(stack, "delete", "--yes", f"{BUCKET}/{picture.picture.key}")
    assert deleted.returncode == 0, deleted.stderr
    await gone(client, s3, picture.image_id)

    sent = await upload_all(client, BUCKET, [picture.picture], sent=lambda _: None, settled=lambda _: None)
    (again,) = await wait_for(client, sent, patience=60, settled=lambda _: None)

    assert (again.stage, again.image_id) == ("done", picture.image_id)
    assert await known_at(client, picture.image_id) == {"recognizer", "annotator", "tagger"}


async def test_a_picture_that_is_recognized_again_has_a_later_time_everywhere(
    client: OnlookerClient, stack: Stack, done: dict[str, Uploaded]
) -> None:
    image_id = done["obama.jpg"].image_id
    assert image_id is not None
    before = (await client.document(image_id))["recognized_at"]
    asked = onlooker(stack, "again", "--wait", image_id)
    assert asked.returncode == 0, asked.stderr
    assert f"{image_id}: recognized, 1 face, " in asked.stdout

    async def document() -> dict[str, Any]:
        return await client.document(image_id)

    after = await eventually(document, lambda found: found["recognized_at"] > before)
    assert after["face_count"] == 1
    assert (await client.recognition(image_id))["recognition"]["recognized_at"] == after["recognized_at"]


async def test_no_dead_letter_comes_of_it(stack: Stack, done: dict[str, Uploaded]) -> None:
    assert '"reasons": []' in onlooker(stack, "queues", "--json").stdout
