"""Pictures go in through the console: streamed, limited, refused in words, and followed until they are recognized."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from botocore.exceptions import ClientError

from console_site import NOBODY, Site, running
from installation import eventually
from onlooker_console.pages.upload import FOLLOWED
from onlooker_shared.images import ImageRef, image_id
from onlooker_shared.keys import Scope
from recognitions import NOON, a_face, a_label, failed, recognized

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4000
MIB = 1024 * 1024
NEW_ONLY = {"If-None-Match": "*"}


def bucket(site: Site) -> str:
    return site.installation.topology.images.name


def path(site: Site, key: str) -> str:
    return f"/console/upload/{bucket(site)}/{quote(key, safe='')}"


async def stored(site: Site, key: str) -> bytes | None:
    """What is in the bucket under a key."""
    s3 = await site.installation.aws.client("s3")
    try:
        return await (await s3.get_object(Bucket=bucket(site), Key=key))["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchKey":
            raise
        return None


async def metric(somebody: httpx.AsyncClient, name: str) -> float:
    found = re.search(rf"^{name} (.+)$", (await somebody.get("/metrics")).text, re.MULTILINE)
    return float(found[1]) if found else 0.0


@pytest.mark.parametrize("key", ["up/a picture.jpg", "up/ä+b%20c?d#e.jpg", "up//a/../b.jpg", "up/<b>&'\".jpg"])
async def test_a_picture_is_stored_under_exactly_its_name(site: Site, key: str) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.put(path(site, key), content=JPEG)
    assert answer.status_code == 200, answer.text
    assert await stored(site, key) == JPEG
    assert answer.json() == {"image_id": image_id(bucket(site), key, hashlib.md5(JPEG).hexdigest())}


async def test_a_name_that_is_taken_is_kept_unless_it_is_to_be_replaced(site: Site) -> None:
    other, target = JPEG + b"other", path(site, "up/taken.jpg")
    async with site.signed_in() as somebody:
        first = await somebody.put(target, content=JPEG, headers=NEW_ONLY)
        second = await somebody.put(target, content=other, headers=NEW_ONLY)
        assert (first.status_code, second.status_code) == (200, 412)
        assert await stored(site, "up/taken.jpg") == JPEG
        assert (await somebody.put(target, content=other)).status_code == 200
    assert await stored(site, "up/taken.jpg") == other


async def test_what_is_no_picture_is_refused_in_words(site: Site) -> None:
    async with site.signed_in() as somebody:
        somebody.headers["Sec-Fetch-Dest"] = "empty"
        text = await somebody.put(path(site, "up/notes.jpg"), content=b"These are some notes.")
        nothing = await somebody.put(path(site, "up/empty.jpg"), content=b"")
        nowhere = await somebody.put("/console/upload/elsewhere/a.jpg", content=JPEG)
    assert text.status_code == 415
    assert "this is text" in text.text
    assert "<html" not in text.text
    assert (nothing.status_code, nowhere.status_code) == (400, 404)
    assert "body is empty" in nothing.text


async def test_a_picture_goes_on_to_ingest_while_it_still_comes(site: Site) -> None:
    half = JPEG + bytes(MIB)
    received = "onlooker_ingest_received_bytes_total"
    async with site.signed_in() as somebody, site.browser() as observer:
        before = await metric(observer, received)

        async def body() -> AsyncIterator[bytes]:
            yield half
            await eventually(lambda: metric(observer, received), lambda now: now >= before + len(half))
            yield half

        answer = await somebody.put(path(site, "up/large.jpg"), content=body())
    assert answer.status_code == 200
    assert await stored(site, "up/large.jpg") == half + half


async def test_of_a_picture_whose_sender_leaves_nothing_is_stored(site: Site) -> None:
    in_progress = "onlooker_ingest_uploads_in_progress"
    waiting = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield JPEG
        waiting.set()
        await asyncio.Event().wait()

    async with site.browser() as observer:
        async with site.signed_in() as somebody:
            headers = {"Content-Length": str(2 * len(JPEG))}
            sending = asyncio.create_task(somebody.put(path(site, "up/half.jpg"), content=body(), headers=headers))
            await waiting.wait()
            await eventually(lambda: metric(observer, in_progress), lambda now: now == 1)
            sending.cancel()
            await asyncio.wait([sending])
        await eventually(lambda: metric(observer, in_progress), lambda now: now == 0)
    assert await stored(site, "up/half.jpg") is None


async def test_only_the_sessions_own_page_can_upload(site: Site) -> None:
    async with site.signed_in() as somebody:
        forged = await somebody.put(path(site, "up/forged.jpg"), content=JPEG, headers={"X-CSRF-Token": "0" * 64})
        foreign = await somebody.put(
            path(site, "up/forged.jpg"), content=JPEG, headers={"Sec-Fetch-Site": "cross-site"}
        )
        del somebody.headers["X-CSRF-Token"]
        form = await somebody.post(
            "/console/upload", data={"bucket": bucket(site)}, files={"pictures": ("forged.jpg", JPEG)}
        )
    async with site.browser() as stranger:
        unknown = await stranger.put(path(site, "up/forged.jpg"), content=JPEG)
    assert [each.status_code for each in (forged, foreign, form)] == [403, 403, 403]
    assert unknown.status_code in {303, 401}
    assert await stored(site, "up/forged.jpg") is None


async def test_a_key_that_may_only_look_is_told_so(site: Site) -> None:
    key = await site.keys.create(owner="visitor", scopes=[Scope.IMAGES_READ])
    async with site.signed_in(key) as somebody:
        page = await somebody.get("/console/upload")
        refused = await somebody.put(path(site, "up/visitor.jpg"), content=JPEG)
    assert "images:write" in page.text
    assert "data-upload" not in page.text
    assert refused.status_code == 403


async def test_a_key_that_may_only_write_into_a_folder_can_upload_there(site: Site) -> None:
    key = await site.keys.create(owner="camera", scopes=[Scope.IMAGES_WRITE], bucket=bucket(site), prefix="gate/")
    async with site.signed_in(key) as somebody:
        page = (await somebody.get("/console/upload")).text
        inside = await somebody.put(path(site, "gate/1.jpg"), content=JPEG)
        outside = await somebody.put(path(site, "elsewhere/1.jpg"), content=JPEG)
    assert f'<option value="{bucket(site)}" data-recognized>' in page
    assert 'value="gate/"' in page
    assert (inside.status_code, outside.status_code) == (200, 403)


async def test_the_page_follows_pictures_until_they_are_recognized(site: Site) -> None:
    async with site.signed_in() as somebody:
        ids = []
        for name in ("found", "broken", "pending"):
            answer = await somebody.put(path(site, f"follow/{name}.jpg"), content=JPEG)
            ids.append(answer.json()["image_id"])
        found, broken, _ = (a_reference(site, f"follow/{name}.jpg") for name in ("found", "broken", "pending"))
        await site.index(recognized(found, a_label("Cat"), a_face(name="Ada")))
        await site.index(failed(broken, "It is damaged."))
        answer = await somebody.get("/console/upload/progress", params={"id": ids})
    assert answer.json() == {
        "pictures": [
            {"id": ids[0], "state": "recognized", "what": "Ada, Cat"},
            {"id": ids[1], "state": "failed", "what": "It is damaged."},
        ]
    }


def a_reference(site: Site, key: str) -> ImageRef:
    etag = hashlib.md5(JPEG).hexdigest()
    return ImageRef.of(bucket=bucket(site), key=key, etag=etag, size=len(JPEG), uploaded_at=NOON)


@pytest.mark.parametrize("ids", [[], ["x"], ["0" * 32] * (FOLLOWED + 1)])
async def test_only_a_bounded_number_is_followed_at_once(site: Site, ids: list[str]) -> None:
    async with site.signed_in() as somebody:
        answer = await somebody.get("/console/upload/progress", params={"id": ids})
    assert answer.status_code == 422


async def test_without_scripts_a_form_uploads_several_and_says_what_became_of_each(site: Site) -> None:
    async with site.signed_in() as somebody:
        token = somebody.headers.pop("X-CSRF-Token")
        fields = {"csrf_token": token, "bucket": bucket(site), "folder": "/by form/", "existing": "skip"}
        first = await somebody.post("/console/upload", data=fields, files=[("pictures", ("a.jpg", JPEG))])
        files = [
            ("pictures", (name, body)) for name, body in (("a.jpg", JPEG + b"2"), ("b.jpg", JPEG), ("c.jpg", b"c"))
        ]
        second = await somebody.post("/console/upload", data=fields, files=files)
        none = await somebody.post("/console/upload", data=fields, files=[("pictures", ("", b""))])
    assert first.status_code == second.status_code == 200
    assert "1 of 3 pictures" in second.text
    assert "A picture of this name is there already" in second.text
    assert "By its first bytes this is" in second.text
    assert await stored(site, "by form/a.jpg") == JPEG
    assert await stored(site, "by form/b.jpg") == JPEG
    assert none.status_code == 400
    assert "No picture was chosen" in none.text


async def test_what_is_too_large_is_refused_whether_or_not_its_size_was_told(site: Site, tmp_path: Path) -> None:
    limits = {"MAX_UPLOAD_BYTES": str(len(JPEG)), "TAGGER_URL": NOBODY}
    async with running(site.installation, tmp_path / "index", **limits) as small, small.signed_in() as somebody:
        fits = await somebody.put(path(site, "limit/fits.jpg"), content=JPEG)
        told = await somebody.put(path(site, "limit/told.jpg"), content=JPEG + b"!")
        untold = await somebody.put(path(site, "limit/untold.jpg"), content=in_pieces(JPEG + b"!"))
        page = await somebody.get("/console/upload")  # search is away: it only cannot name folders
    assert [each.status_code for each in (fits, told, untold)] == [200, 413, 413]
    assert "larger than this takes" in told.text
    assert "Too large" in untold.text
    assert await stored(site, "limit/told.jpg") is await stored(site, "limit/untold.jpg") is None
    assert f'data-limit="{len(JPEG)}"' in page.text


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(body), 100_000):
        yield body[begin : begin + 100_000]


async def test_a_store_that_is_away_is_told_and_nothing_is_lost(site: Site, tmp_path: Path) -> None:
    without = {"INGEST_URL": NOBODY}
    async with running(site.installation, tmp_path / "index", **without) as crippled, crippled.signed_in() as somebody:
        page = await somebody.get("/console/upload")
        answer = await somebody.put(path(site, "up/away.jpg"), content=JPEG)
    assert page.status_code == 200
    assert "The store of pictures does not answer" in page.text
    assert f'<option value="{bucket(site)}" data-recognized>' in page.text
    assert answer.status_code == 503
