"""Pictures come in: what S3 holds afterwards, and that it holds nothing when something went wrong."""

import asyncio
import base64
import hashlib
import json
import os
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import quote

import pytest

from installation import Installation, eventually
from integration.ingest.conftest import JPEG, Edge, serving
from onlooker_ingest.uploads import PART_BYTES
from onlooker_shared.images import ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.telemetry.tracing import from_headers

LIMIT = 64 * 1024 * 1024
LARGE = JPEG + os.urandom(2 * PART_BYTES + 1000)


async def in_chunks(body: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for at in range(0, len(body), size):
        yield body[at : at + size]


async def test_a_small_picture_is_stored_as_it_is(edge: Edge, key: str) -> None:
    body = JPEG + os.urandom(1000)

    answer = await edge.http.put(edge.path(key), content=body, headers={"Content-Type": "text/plain"})

    assert answer.status_code == 200
    assert answer.content == b""
    stored = await edge.stored(key)
    assert stored["Body"] == body
    assert stored["ContentType"] == "image/jpeg"  # by its bytes, whatever the caller says
    assert stored["ETag"] == answer.headers["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    assert from_headers(stored["Metadata"]) is not None


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_large_picture_is_stored_as_it_is(edge: Edge, key: str, chunked: bool) -> None:
    answer = await edge.http.put(edge.path(key), content=in_chunks(LARGE) if chunked else LARGE)

    assert answer.status_code == 200
    stored = await edge.stored(key)
    assert stored["Body"] == LARGE
    assert stored["ContentType"] == "image/jpeg"
    assert stored["ETag"] == answer.headers["ETag"]
    assert from_headers(stored["Metadata"]) is not None


async def test_the_same_bytes_get_the_same_id_however_they_arrive(edge: Edge, key: str) -> None:
    answers = [
        await edge.http.put(edge.path(key), content=content)
        for content in (LARGE, in_chunks(LARGE, 77_777), in_chunks(LARGE, 1_000_000))
    ]

    assert len({answer.headers["X-Onlooker-Image-Id"] for answer in answers}) == 1


@pytest.mark.parametrize("size", [1000, PART_BYTES, PART_BYTES + 1])
async def test_the_id_is_the_one_that_the_event_leads_to(installed: Installation, edge: Edge, size: int) -> None:
    key = f"événement +{size}/a b.jpg"
    answer = await edge.http.put(edge.path(quote(key)), content=JPEG + bytes(size - 4))

    event = await _event(installed, key)
    found = ImageRef.of(
        bucket=event["s3"]["bucket"]["name"],
        key=key,
        etag=event["s3"]["object"]["eTag"],
        size=event["s3"]["object"]["size"],
        uploaded_at=event["eventTime"],
    )
    assert found.image_id == answer.headers["X-Onlooker-Image-Id"]
    assert found.size == size


async def _event(installed: Installation, key: str) -> dict[str, Any]:
    sqs = await installed.aws.client("sqs")
    url = await installed.aws.queue_url(installed.topology.recognizer_images.name)

    async def look() -> dict[str, Any] | None:
        received = await sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in received.get("Messages", []):
            await sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            for record in json.loads(message["Body"]).get("Records", []):
                if record["s3"]["object"]["key"] == quote(key, safe="/").replace("%20", "+"):
                    found: dict[str, Any] = record
                    return found
        return None

    return await eventually(look) or {}


async def test_the_caller_s_trace_goes_on_in_the_object(edge: Edge, key: str) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    await edge.http.put(edge.path(key), content=JPEG, headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})

    assert trace in (await edge.stored(key))["Metadata"]["traceparent"]


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("raw-image%2Fa.jpg", "raw-image/a.jpg"),
        ("a+b%20c%2Bd.jpg", "a+b c+d.jpg"),
        ("100%25%2F%252F", "100%/%2F"),
        ("%E5%86%99%E7%9C%9F/%F0%9F%93%B7.jpg", "写真/📷.jpg"),
        ("a/../b//c/./d", "a/../b//c/./d"),
        ("..", ".."),
        ("/leading", "/leading"),
        ("trailing/", "trailing/"),
        ("q%3F%23;x=1", "q?#;x=1"),
        ("x" * 1024, "x" * 1024),
    ],
)
async def test_keys_arrive_and_come_back_as_they_were_meant(edge: Edge, sent: str, meant: str) -> None:
    put = edge.head("PUT", edge.path(sent), "Content-Length: 8", "Connection: close") + JPEG + b"data"
    get = edge.head("GET", edge.path(sent), "Connection: close")

    assert (await edge.raw(put)).startswith(b"HTTP/1.1 200 ")
    assert meant in await edge.keys_under(meant)
    assert (await edge.raw(get)).endswith(JPEG + b"data")


@pytest.mark.parametrize("sent", ["%ff", "%", "a%0Ab", "a%00", "x" * 1025, ""])
async def test_what_is_no_key_is_refused(edge: Edge, sent: str) -> None:
    answer = await edge.raw(edge.head("PUT", edge.path(sent), "Content-Length: 4", "Connection: close") + JPEG)

    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "empty"),
        (b"I am a text named .jpg", 415, "text"),
        (b"%PDF-1.7", 415, "PDF"),
        (b"\xff\xd8", 415, "JPEG"),
    ],
)
async def test_what_is_no_picture_is_refused(edge: Edge, key: str, body: bytes, status: int, words: str) -> None:
    answer = await edge.http.put(edge.path(key), content=body, headers={"Content-Type": "image/jpeg"})

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert words in problem["detail"]
    assert problem["instance"].startswith("urn:uuid:")
    assert await edge.keys_under(key) == []


async def test_only_buckets_that_take_pictures_take_them(edge: Edge, key: str) -> None:
    names = edge.names
    statuses = {
        bucket: (await edge.http.put(f"/v1/{bucket}/{key}", content=JPEG)).status_code
        for bucket in (names.images.name, names.faces.name, names.annotated.name, names.results.name, "other", "a%2Fb")
    }

    assert list(statuses.values()) == [200, 200, 403, 404, 404, 404]


async def test_keys_open_only_what_they_are_for(edge: Edge, key: str) -> None:
    def principal(*scopes: Scope, **binding: str) -> Principal:
        return Principal(key_id="k", owner="tests", scopes=frozenset(scopes), **binding)

    edge.keys.principals |= {
        "reader": principal(Scope.IMAGES_READ),
        "writer": principal(Scope.IMAGES_WRITE),
        "camera": principal(Scope.IMAGES_WRITE, bucket=edge.images, prefix="camera-1/"),
    }

    async def status(access_key: str, target: str) -> int:
        headers = {"Authorization": f"Bearer {access_key}"}
        return (await edge.http.put(target, content=JPEG, headers=headers)).status_code

    assert await status("reader", edge.path(key)) == 403
    assert await status("nobody", edge.path(key)) == 401
    assert await status("writer", edge.path(key)) == 200
    assert await status("camera", edge.path(f"camera-1/{key}")) == 200
    assert await status("camera", edge.path(f"camera-2/{key}")) == 403
    assert await status("camera", edge.path(f"camera-1%2F{key}")) == 200
    assert await status("camera", f"/v1/{edge.names.faces.name}/camera-1/{key}") == 403


async def test_without_a_key_nothing_is_asked_for_further(edge: Edge, key: str) -> None:
    request = f"PUT {edge.path(key)} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
    reader, writer = await edge.connect()
    writer.write(request.encode())

    assert (await reader.readline()).startswith(b"HTTP/1.1 401 ")  # and no "100 Continue" before it
    writer.close()


@pytest.mark.parametrize("size", [1000, PART_BYTES + 1000])
async def test_if_none_match_keeps_what_is_there(edge: Edge, key: str, size: int) -> None:
    headers = {"If-None-Match": "*"}
    first = await edge.http.put(edge.path(key), content=JPEG + bytes(size), headers=headers)
    second = await edge.http.put(edge.path(key), content=JPEG + b"\1" * size, headers=headers)

    assert (first.status_code, second.status_code) == (200, 412)
    assert (await edge.stored(key))["ETag"] == first.headers["ETag"]
    assert await edge.unfinished() == []


@pytest.mark.parametrize("body", [JPEG, LARGE], ids=["small", "large"])
async def test_a_wrong_digest_stores_nothing(edge: Edge, key: str, body: bytes) -> None:
    def md5(data: bytes) -> dict[str, str]:
        return {"Content-MD5": base64.b64encode(hashlib.md5(data).digest()).decode()}

    assert (await edge.http.put(edge.path(key), content=body, headers=md5(b"other"))).status_code == 400
    assert await edge.keys_under(key) == []
    assert await edge.unfinished() == []
    assert (await edge.http.put(edge.path(key), content=body, headers=md5(body))).status_code == 200


@pytest.mark.parametrize("sent", [10, PART_BYTES // 2, 2 * PART_BYTES + 10], ids=["first bytes", "one part", "parts"])
@pytest.mark.parametrize("chunked", [False, True])
async def test_a_body_cut_off_leaves_nothing_behind(edge: Edge, key: str, sent: int, chunked: bool) -> None:
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(LARGE) + PART_BYTES}"
    body = LARGE[:sent]
    _, writer = await edge.connect()
    writer.write(edge.head("PUT", edge.path(key), length))
    writer.write(b"%x\r\n%b\r\n" % (len(body), body) if chunked else body)
    await writer.drain()
    if sent > 2 * PART_BYTES:
        await eventually(edge.unfinished)  # S3 has begun to receive
    writer.close()

    await eventually(edge.unfinished, lambda found: not found)
    assert await edge.keys_under(key) == []


async def test_a_broken_chunk_leaves_nothing_behind(edge: Edge, key: str) -> None:
    request = edge.head("PUT", edge.path(key), "Transfer-Encoding: chunked")
    first = LARGE[: PART_BYTES + 100_000]
    answer = await edge.raw(request + b"%x\r\n%b\r\n" % (len(first), first) + b"not a size\r\n")

    assert answer.startswith(b"HTTP/1.1 400 ")
    await eventually(edge.unfinished, lambda found: not found)
    assert await edge.keys_under(key) == []


async def test_a_body_over_the_limit_is_refused_by_its_declared_length(edge: Edge, key: str) -> None:
    reader, writer = await edge.connect()
    writer.write(edge.head("PUT", edge.path(key), f"Content-Length: {LIMIT + 1}"))  # not a byte of it is sent

    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


async def test_a_client_that_sends_on_regardless_still_gets_the_answer(edge: Edge, key: str) -> None:
    headers = {"Content-Length": str(LIMIT + 1)}

    answer = await edge.http.put(edge.path(key), content=in_chunks(JPEG + bytes(LIMIT - 3), 1_000_000), headers=headers)

    assert answer.status_code == 413
    assert str(LIMIT) in answer.json()["detail"]


async def test_a_body_over_the_limit_is_refused_while_it_streams(
    installed: Installation, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ONLOOKER_INGEST_MAX_BYTES", str(len(LARGE) - 1))
    async with serving(installed) as edge:
        too_large = await edge.http.put(edge.path(key), content=in_chunks(LARGE))
        fits = await edge.http.put(edge.path(f"fits-{key}"), content=in_chunks(LARGE[:-1]))

        assert too_large.status_code == 413
        assert str(len(LARGE) - 1) in too_large.json()["detail"]
        assert fits.status_code == 200
        assert await edge.keys_under(key) == []
        assert await edge.unfinished() == []


async def test_a_body_that_stalls_is_given_up(
    installed: Installation, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ONLOOKER_INGEST_IDLE_SECONDS", "0.2")
    async with serving(installed) as edge:
        request = edge.head("PUT", edge.path(key), f"Content-Length: {len(LARGE)}") + LARGE[: PART_BYTES + 100]
        answer = await edge.raw(request)

        assert answer.startswith(b"HTTP/1.1 408 ")
        assert await edge.keys_under(key) == []
        assert await edge.unfinished() == []


async def test_no_more_uploads_at_once_than_allowed(
    installed: Installation, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("ONLOOKER_INGEST_MAX_UPLOADS", "1")
    async with serving(installed) as edge:
        reader, writer = await edge.connect()
        writer.write(edge.head("PUT", edge.path(key), "Content-Length: 8", "Expect: 100-continue"))
        assert (await reader.readline()).startswith(b"HTTP/1.1 100 ")  # it has the only slot

        refused = await edge.http.put(edge.path(f"second-{key}"), content=JPEG)
        assert refused.status_code == 429
        assert int(refused.headers["Retry-After"]) > 0

        writer.write(JPEG + b"data")
        await reader.readline()
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        writer.close()
        assert (await edge.http.put(edge.path(f"third-{key}"), content=JPEG)).status_code == 200


async def test_many_uploads_at_once_all_arrive(edge: Edge, key: str) -> None:
    bodies = {f"{key}-{number}": JPEG + os.urandom(PART_BYTES // 4 * number) for number in range(8)}

    answers = await asyncio.gather(*(edge.http.put(edge.path(name), content=body) for name, body in bodies.items()))

    assert [answer.status_code for answer in answers] == [200] * len(bodies)
    for name, body in bodies.items():
        assert (await edge.stored(name))["Body"] == body


@pytest.mark.parametrize("body", [JPEG, LARGE], ids=["small", "large"])
async def test_the_same_picture_twice_at_once_is_one_picture(edge: Edge, key: str, body: bytes) -> None:
    answers = await asyncio.gather(*(edge.http.put(edge.path(key), content=body) for _ in range(3)))

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.headers["X-Onlooker-Image-Id"] for answer in answers}) == 1
    assert (await edge.stored(key))["Body"] == body
    assert await edge.unfinished() == []


async def test_requests_in_one_connection_follow_one_another(edge: Edge, key: str) -> None:
    put = edge.head("PUT", edge.path(key), "Content-Length: 8") + JPEG + b"data"
    bad = edge.head("PUT", edge.path(key), "Content-Length: 4") + b"text"
    get = edge.head("GET", edge.path(key), "Connection: close")

    answer = await edge.raw(put + bad + get)

    assert re.findall(rb"HTTP/1.1 (\d+)", answer) == [b"200", b"415", b"200"]
    assert answer.endswith(JPEG + b"data")
