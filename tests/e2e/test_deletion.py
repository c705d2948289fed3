"""A picture that is deleted is gone everywhere a moment later; one that is recognized again stays one picture."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from installed import BUCKET, Installed, eventually, found, known_at, send
from onlooker.client import OnlookerClient, object_path
from onlooker.pictures import pictures as find_pictures
from onlooker.uploading import Uploaded

EVERYBODY = {"recognizer", "annotator", "tagger"}


@pytest.fixture(scope="module")
async def done(client: OnlookerClient, prefix: str, pictures: Path) -> dict[str, Uploaded]:
    """Three pictures, all the way through, by the names of their files."""
    files = [pictures / "portraits" / "biden.jpg", pictures / "portraits" / "obama.jpg"]
    results = await send(client, find_pictures([*files, pictures / "scenes" / "coffee.png"], prefix))
    assert [(result.stage, result.reason) for result in results] == [("done", None)] * 3
    return {result.picture.path.name: result for result in results}


async def gone(client: OnlookerClient, image_id: str) -> None:
    """Return once no service knows a picture any more."""

    async def known() -> set[str]:
        return await known_at(client, image_id)

    await eventually(known, lambda services: services == set())


async def test_what_is_deleted_over_http_is_gone_everywhere(
    client: OnlookerClient, installed: Installed, done: dict[str, Uploaded]
) -> None:
    picture = done["biden.jpg"]
    assert picture.image_id is not None
    assert await known_at(client, picture.image_id) == EVERYBODY
    links = await client.annotation(picture.image_id)
    async with httpx.AsyncClient() as plain:
        assert (await plain.get(links["thumbnail"]["url"])).status_code == httpx.codes.OK

        await client.delete(BUCKET, picture.picture.key)

        await gone(client, picture.image_id)
        await found(client, {"prefix": picture.picture.key}, [])
        allowed = {"Authorization": f"Bearer {installed.key}"}
        original = await plain.get(installed.url + object_path(BUCKET, picture.picture.key), headers=allowed)
        assert original.status_code == httpx.codes.NOT_FOUND

        async def drawn() -> list[int]:
            return [(await plain.get(links[kind]["url"])).status_code for kind in ("annotated", "thumbnail")]

        # S3 says 403 in place of 404 to who may not list a bucket.
        await eventually(drawn, lambda statuses: set(statuses) <= {httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN})


async def test_what_was_deleted_can_be_uploaded_again(
    client: OnlookerClient, installed: Installed, done: dict[str, Uploaded]
) -> None:
    picture = done["coffee.png"]
    assert picture.image_id is not None
    deleted = installed.onlooker("delete", "--yes", f"{BUCKET}/{picture.picture.key}")
    assert deleted.returncode == 0, deleted.stderr
    await gone(client, picture.image_id)

    (again,) = await send(client, [picture.picture])

    assert (again.stage, again.image_id) == ("done", picture.image_id)
    assert await known_at(client, picture.image_id) == EVERYBODY


async def test_a_picture_that_is_recognized_again_has_a_later_time_everywhere(
    client: OnlookerClient, installed: Installed, done: dict[str, Uploaded]
) -> None:
    image_id = done["obama.jpg"].image_id
    assert image_id is not None
    before = (await client.document(image_id))["recognized_at"]
    asked = installed.onlooker("again", "--wait", image_id)
    assert asked.returncode == 0, asked.stderr
    assert f"{image_id}: recognized, 1 face, " in asked.stdout

    async def document() -> dict[str, Any]:
        return await client.document(image_id)

    after = await eventually(document, lambda found: found["recognized_at"] > before)
    assert after["face_count"] == 1
    assert (await client.recognition(image_id))["recognition"]["recognized_at"] == after["recognized_at"]


async def test_no_dead_letter_comes_of_it(installed: Installed, prefix: str, done: dict[str, Uploaded]) -> None:
    assert installed.dead_letters(prefix) == []
