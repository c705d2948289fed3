"""Links to annotated pictures: who gets them, how long they work, and what is said where there are none."""

import asyncio
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import httpx
import pytest

from installation import client_of
from integration.annotator.conftest import House, a_photo
from onlooker_annotator.__main__ import compose
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.results import StoredFailure


async def annotated(house: House, key: str | None = None) -> ImageRef:
    image = await house.upload(a_photo(), key)
    await house.announce(await house.recognize(image))
    await house.announced()
    return image


async def problem(house: House, image_id: str, key: str = "admin") -> str:
    """What the answer to a request that finds nothing says."""
    async with house.client(key) as client:
        answer = await client.get(f"/annotations/{image_id}")
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["detail"])


async def test_the_links_give_the_pictures_without_a_key(house: House) -> None:
    image = await annotated(house)
    async with house.client() as client:
        links = (await client.get(f"/annotations/{image.image_id}")).json()

    assert links["image_id"] == image.image_id
    assert (links["annotated"]["width"], links["annotated"]["height"]) == (640, 480)
    assert (links["thumbnail"]["width"], links["thumbnail"]["height"]) == (480, 360)
    async with httpx.AsyncClient() as anybody:
        for name, key in (("annotated", "annotated"), ("thumbnail", "thumbnails")):
            got = await anybody.get(links[name]["url"])
            assert (got.status_code, got.headers["content-type"]) == (HTTPStatus.OK, links[name]["content_type"])
            assert got.content == await house.object(f"{key}/{image.image_id}.jpg")


async def test_a_link_is_for_one_picture_and_a_while(house: House) -> None:
    image, other = await annotated(house), await annotated(house)
    before = datetime.now(UTC).replace(microsecond=0)
    async with house.client() as client:
        links = (await client.get(f"/annotations/{image.image_id}")).json()

    url = links["annotated"]["url"]
    assert "X-Amz-Algorithm=AWS4-HMAC-SHA256" in url
    assert "X-Amz-Expires=900" in url
    expires_in = datetime.fromisoformat(links["expires_at"]) - before
    assert timedelta(minutes=15) <= expires_in <= timedelta(minutes=15, seconds=10)
    async with httpx.AsyncClient() as anybody:
        for forged in (url.replace(image.image_id, other.image_id), url.replace("Expires=900", "Expires=90000")):
            assert (await anybody.get(forged)).status_code == HTTPStatus.FORBIDDEN


async def test_the_lifetime_is_a_setting(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    image = await annotated(house)
    monkeypatch.setenv("ONLOOKER_ANNOTATOR_LINK_MINUTES", "1440")
    async with compose(house.home.aws, house.home.common) as service, client_of(service) as client:
        links = (await client.get(f"/annotations/{image.image_id}")).json()

    assert "X-Amz-Expires=86400" in links["annotated"]["url"]


async def test_of_an_unknown_picture_nothing_is_known(idle_house: House) -> None:
    assert "Nothing is known about a picture" in await problem(idle_house, "0" * 32)


async def test_a_picture_that_waits_is_said_to_wait(idle_house: House) -> None:
    image = await idle_house.upload(a_photo())
    await idle_house.recognize(image)

    assert "not drawn yet" in await problem(idle_house, image.image_id)


async def test_a_picture_that_was_not_recognized_says_why(idle_house: House) -> None:
    image = await idle_house.upload(b"")
    await idle_house.results.put_failure(StoredFailure(image=image, reason="The file is empty."))

    assert (await problem(idle_house, image.image_id)).endswith("The file is empty.")


async def test_a_picture_that_can_not_be_annotated_says_why(house: House) -> None:
    image = await house.upload(b"Dear Sir or Madam,")
    await house.announce(await house.recognize(image))
    await house.rejected()

    assert (await problem(house, image.image_id)).endswith("no picture of a known format.")


@pytest.mark.parametrize(
    ("prefix", "status"), [("mine/", HTTPStatus.OK), ("theirs/", HTTPStatus.NOT_FOUND)], ids=["within", "without"]
)
async def test_a_bound_key_sees_only_its_part(house: House, prefix: str, status: HTTPStatus) -> None:
    image = await annotated(house, "mine/photo.jpg")
    scopes = frozenset({Scope.ANNOTATIONS_READ})
    house.keys.principals["bound"] = Principal("bound", "tests", scopes, bucket=image.bucket, prefix=prefix)

    async with house.client("bound") as client:
        answer = await client.get(f"/annotations/{image.image_id}")
    assert answer.status_code == status
    if status == HTTPStatus.NOT_FOUND:
        unknown = (await problem(house, "0" * 32, "bound")).replace("0" * 32, image.image_id)
        assert answer.json()["detail"] == unknown, "as if there were none"


async def test_a_bound_key_learns_nothing_of_others_failures(idle_house: House) -> None:
    image = await idle_house.upload(b"", "theirs/photo.jpg")
    await idle_house.results.put_failure(StoredFailure(image=image, reason="The file is empty."))
    scopes = frozenset({Scope.ANNOTATIONS_READ})
    idle_house.keys.principals["bound"] = Principal("bound", "tests", scopes, bucket=image.bucket, prefix="mine/")

    assert "Nothing is known" in await problem(idle_house, image.image_id, "bound")


async def test_a_key_needs_the_scope(idle_house: House) -> None:
    idle_house.keys.principals["other"] = Principal("other", "tests", frozenset({Scope.TAGS_READ}))
    async with idle_house.client("other") as client:
        assert (await client.get(f"/annotations/{'0' * 32}")).status_code == HTTPStatus.FORBIDDEN
    async with idle_house.client("nobody's") as client:
        assert (await client.get(f"/annotations/{'0' * 32}")).status_code == HTTPStatus.UNAUTHORIZED


async def test_what_is_no_id_is_refused(idle_house: House) -> None:
    async with idle_house.client() as client:
        answer = await client.get("/annotations/..%2Fsecrets")
    assert answer.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}


async def test_it_is_ready(idle_house: House) -> None:
    async with idle_house.client() as client:
        answer = (await client.get("/readyz")).json()
    assert answer == {"ready": True, "checks": {"s3": "ok", "sqs": "ok"}}


async def test_the_links_tell_of_all_that_was_made_and_when(house: House) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    image = await annotated(house)
    async with house.client() as client:
        links = (await client.get(f"/annotations/{image.image_id}")).json()

    assert (links["preview"]["width"], links["screen"]["width"]) == (512, 640)
    assert before <= datetime.fromisoformat(links["annotated_at"]) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("kind", "folder"),
    [("annotated", "annotated"), ("thumbnail", "thumbnails"), ("preview", "previews"), ("screen", "screens")],
)
async def test_the_pictures_themselves_are_sent(house: House, kind: str, folder: str) -> None:
    image = await annotated(house)
    async with house.client() as client:
        path = f"/annotations/{image.image_id}/{kind}"
        answer = await client.get(path)
        stored = await house.object(f"{folder}/{image.image_id}.jpg")
        assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, "image/jpeg")
        assert answer.content == stored
        assert answer.headers["content-length"] == str(len(stored))
        assert answer.headers["cache-control"].startswith("private")
        etag = answer.headers["etag"]
        assert etag.startswith('"'), "strong"

        for tag in (etag, f"W/{etag}"):
            same = await client.get(path, headers={"If-None-Match": tag})
            assert (same.status_code, same.content, same.headers["etag"]) == (HTTPStatus.NOT_MODIFIED, b"", etag)
        for other in ('"other"', "nonsense", '"one", "two"'):
            assert (await client.get(path, headers={"If-None-Match": other})).content == stored


async def test_more_pictures_than_may_be_sent_at_once_wait_for_their_turn(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = await annotated(house)
    monkeypatch.setenv("ONLOOKER_ANNOTATOR_MAX_DOWNLOADS", "2")
    async with compose(house.home.aws, house.home.common) as service, client_of(service) as client:
        paths = [f"/annotations/{image.image_id}/preview", f"/annotations/{'0' * 32}/preview"] * 10
        answers = await asyncio.gather(*map(client.get, paths))
    assert [answer.status_code for answer in answers] == [HTTPStatus.OK, HTTPStatus.NOT_FOUND] * 10


async def test_a_picture_that_is_not_there_says_why(idle_house: House) -> None:
    waiting = await idle_house.upload(a_photo())
    await idle_house.recognize(waiting)
    failed = await idle_house.upload(b"")
    await idle_house.results.put_failure(StoredFailure(image=failed, reason="The file is empty."))

    assert "not drawn yet" in await problem(idle_house, f"{waiting.image_id}/preview")
    assert "The file is empty." in await problem(idle_house, f"{failed.image_id}/annotated")
    assert "Nothing is known" in await problem(idle_house, f"{'0' * 32}/thumbnail")


@pytest.mark.parametrize(
    ("prefix", "status"), [("mine/", HTTPStatus.OK), ("theirs/", HTTPStatus.NOT_FOUND)], ids=["within", "without"]
)
async def test_a_bound_key_gets_only_pictures_of_its_part(house: House, prefix: str, status: HTTPStatus) -> None:
    image = await annotated(house, "mine/picture.jpg")
    scopes = frozenset({Scope.ANNOTATIONS_READ})
    house.keys.principals["bound"] = Principal("bound", "tests", scopes, bucket=image.bucket, prefix=prefix)
    async with house.client("bound") as client:
        assert (await client.get(f"/annotations/{image.image_id}/preview")).status_code == status


async def test_a_picture_needs_the_scope_and_a_kind_that_there_is(house: House) -> None:
    house.keys.principals["other"] = Principal("other", "tests", frozenset({Scope.TAGS_READ}))
    async with house.client("other") as client:
        assert (await client.get(f"/annotations/{'0' * 32}/preview")).status_code == HTTPStatus.FORBIDDEN
    async with house.client() as client:
        answer = await client.get(f"/annotations/{'0' * 32}/original")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "'preview'" in answer.json()["detail"]
