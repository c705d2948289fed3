"""Pictures go out: whole, in part, or not at all."""

import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import pytest_asyncio

from installation import Installation, eventually
from integration.ingest.conftest import JPEG, Edge, serving

BODY = JPEG + bytes(range(96))
KEY = "downloads/größe 1.jpg"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def target(edge: Edge) -> str:
    """The path of a stored picture."""
    path = edge.path("downloads/gr%C3%B6%C3%9Fe%201.jpg")
    assert (await edge.http.put(path, content=BODY)).status_code == 200
    return path


async def test_a_picture_comes_back_with_what_keeps_it_a_picture(edge: Edge, target: str) -> None:
    answer = await edge.http.get(target)

    assert answer.status_code == 200
    assert answer.content == BODY
    headers = answer.headers
    assert headers["Content-Type"] == "image/jpeg"
    assert headers["Content-Length"] == "100"
    assert headers["Content-Disposition"] == "inline; filename*=UTF-8''gr%C3%B6%C3%9Fe%201.jpg"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in headers["Content-Security-Policy"]
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["ETag"] == (await edge.stored(KEY))["ETag"]


async def test_head_says_what_get_would(edge: Edge, target: str) -> None:
    got, headed = await edge.http.get(target), await edge.http.head(target)

    assert headed.status_code == 200
    assert headed.content == b""
    assert {**headed.headers, "date": ""} == {**got.headers, "date": ""}


async def test_upload_and_download_agree_on_the_image_id(edge: Edge, key: str) -> None:
    put = await edge.http.put(edge.path(key), content=BODY)

    assert (await edge.http.head(edge.path(key))).headers["X-Onlooker-Image-Id"] == put.headers["X-Onlooker-Image-Id"]


@pytest.mark.parametrize(
    ("asked", "content_range", "body"),
    [
        ("bytes=0-9", "bytes 0-9/100", BODY[:10]),
        ("bytes=90-", "bytes 90-99/100", BODY[90:]),
        ("bytes=-10", "bytes 90-99/100", BODY[-10:]),
        ("bytes=-1000", "bytes 0-99/100", BODY),
        ("bytes=99-1000", "bytes 99-99/100", BODY[99:]),
    ],
)
async def test_a_range_comes_alone(edge: Edge, target: str, asked: str, content_range: str, body: bytes) -> None:
    answer = await edge.http.get(target, headers={"Range": asked})

    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == content_range
    assert answer.headers["Content-Length"] == str(len(body))
    assert answer.content == body


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=9-2", "lines=1-2", "nonsense"])
async def test_ranges_that_are_not_served_mean_the_whole(edge: Edge, target: str, asked: str) -> None:
    answer = await edge.http.get(target, headers={"Range": asked})

    assert answer.status_code == 200
    assert answer.content == BODY


@pytest.mark.parametrize("asked", ["bytes=100-", "bytes=-0"])
async def test_a_range_outside_is_refused_with_the_size(edge: Edge, target: str, asked: str) -> None:
    answer = await edge.http.get(target, headers={"Range": asked})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == "bytes */100"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_conditions_spare_what_the_caller_has(edge: Edge, target: str, method: str) -> None:
    etag = (await edge.http.head(target)).headers["ETag"]
    modified = datetime.now(UTC)

    async def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return (await edge.http.request(method, target, headers=named)).status_code

    assert await status(if_none_match=etag) == 304
    assert await status(if_none_match=f'"x", W/{etag}') == 304
    assert await status(if_none_match="*") == 304
    assert await status(if_none_match='"x"') == 200
    assert await status(if_match=etag) == 200
    assert await status(if_match='"x"') == 412
    assert await status(if_modified_since=format_datetime(modified + timedelta(hours=1), usegmt=True)) == 304
    assert await status(if_modified_since=format_datetime(modified - timedelta(hours=1), usegmt=True)) == 200
    assert await status(if_unmodified_since=format_datetime(modified - timedelta(hours=1), usegmt=True)) == 412


async def test_a_304_carries_what_a_cache_needs_and_nothing_else(edge: Edge, target: str) -> None:
    etag = (await edge.http.head(target)).headers["ETag"]
    answer = await edge.http.get(target, headers={"If-None-Match": etag})

    assert answer.content == b""
    assert answer.headers["ETag"] == etag
    assert "Content-Type" not in answer.headers


async def test_if_range_gives_the_rest_only_of_the_same_version(edge: Edge, target: str) -> None:
    etag = (await edge.http.head(target)).headers["ETag"]
    same = await edge.http.get(target, headers={"Range": "bytes=90-", "If-Range": etag})
    other = await edge.http.get(target, headers={"Range": "bytes=90-", "If-Range": '"x"'})

    assert (same.status_code, same.content) == (206, BODY[90:])
    assert (other.status_code, other.content) == (200, BODY)


async def test_what_is_not_there_is_not_found(edge: Edge, key: str) -> None:
    for method in ("GET", "HEAD"):
        answer = await edge.http.request(method, edge.path(key))
        assert answer.status_code == 404
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_type_that_is_no_picture_s_is_not_repeated(edge: Edge, key: str) -> None:
    await (await edge.s3).put_object(
        Bucket=edge.images, Key=key, Body=b"<script>alert(1)</script>", ContentType="text/html"
    )

    answer = await edge.http.get(edge.path(key))

    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_reader_that_stalls_gives_its_place_back(
    installed: Installation, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ONLOOKER_INGEST_MAX_DOWNLOADS", "1")
    monkeypatch.setenv("ONLOOKER_INGEST_IDLE_SECONDS", "0.3")
    async with serving(installed) as edge:
        await (await edge.s3).put_object(Bucket=edge.images, Key=key, Body=io.BytesIO(JPEG + bytes(32 * 1024 * 1024)))
        reader, writer = await edge.connect()
        writer.write(edge.head("GET", edge.path(key)))
        await reader.readline()  # it has begun, and is not read on: buffers fill, then it stalls
        assert (await edge.http.get(edge.path(key))).status_code == 429

        async def first_byte() -> int:
            return (await edge.http.get(edge.path(key), headers={"Range": "bytes=0-0"})).status_code

        await eventually(first_byte, lambda status: status == 206)
        writer.transport.abort()
