"""Requests with pictures, in every way they may be sent, and what is said of those that are wrong."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from onlooker_recognizer.people.enrolment import bodies
from onlooker_recognizer.people.enrolment.bodies import Bodies, Sent, StoredAt
from onlooker_shared.web import problems

PICTURE = bytes(range(256))
BASE64 = base64.b64encode(PICTURE).decode()
LIMIT = 4000


@pytest.fixture
def sent() -> list[Sent]:
    """What arrived."""
    return []


@pytest.fixture
async def http(sent: list[Sent]) -> AsyncIterator[httpx.AsyncClient]:
    app, reading = FastAPI(), Bodies(max_bytes=LIMIT)
    problems.install(app)

    @app.post("/")
    async def read(request: Request) -> None:
        sent.append(await reading.read(request))

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://onlooker") as client:
        yield client


@pytest.mark.parametrize(
    ("request_", "fields"),
    [
        ({"json": {"name": "Zoë", "pictures": [BASE64]}}, {"name": "Zoë"}),
        ({"json": {"picture": f"data:image/jpeg;base64,{BASE64}"}}, {}),
        (
            {"data": {"name": "Zoë", "attributes": '{"Bio": "x"}'}, "files": {"picture": ("a.jpg", PICTURE)}},
            {"name": "Zoë", "attributes": {"Bio": "x"}},
        ),
        ({"content": PICTURE, "headers": {"Content-Type": "image/jpeg"}}, {}),
    ],
    ids=["base64", "a browser's data URL", "a form", "the bytes"],
)
async def test_a_picture_arrives_however_it_is_sent(
    http: httpx.AsyncClient, sent: list[Sent], request_: dict[str, Any], fields: dict[str, Any]
) -> None:
    answer = await http.post("/", **request_)
    assert answer.status_code == 200, answer.text
    assert sent == [Sent(fields, (PICTURE,))]


async def test_a_picture_may_be_stored_already(http: httpx.AsyncClient, sent: list[Sent]) -> None:
    at = {"bucket": "images", "key": "a.jpg"}
    assert (await http.post("/", json={"pictures": [at, BASE64]})).status_code == 200
    assert sent[0].pictures == (StoredAt(bucket="images", key="a.jpg"), PICTURE)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"name": "x", "pictures": [BASE64, "no base64!"]}, 400, "Picture 2 is not base64"),
        ({"pictures": [7]}, 400, "Picture 1 is neither base64 nor an object"),
        ({"pictures": [{"bucket": "b"}]}, 422, "key: Field required"),
        ({"pictures": []}, 400, "no picture"),
        ({}, 400, "no picture"),
        ({"pictures": [BASE64] * 11}, 400, "11 pictures"),
        ({"pictures": "x", "picture": "x"}, 400, "not both"),
        ({"pictures": "x"}, 400, "no list"),
        ([], 400, "no JSON object"),
    ],
)
async def test_wrong_json_is_told_what_is_wrong(http: httpx.AsyncClient, body: object, status: int, words: str) -> None:
    answer = await http.post("/", json=body)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 3000, "application/json", 400),
        (b"x", "multipart/form-data", 400),
        (b"x", "multipart/form-data; boundary=y", 400),
        (b"x", "text/plain", 415),
        (b"", "image/jpeg", 400),
        (b"x" * (LIMIT + 1), "image/jpeg", 413),
    ],
)
async def test_other_wrong_bodies_are_refused(http: httpx.AsyncClient, content: bytes, kind: str, status: int) -> None:
    answer = await http.post("/", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text


async def test_a_form_has_so_many_files_and_attributes_in_json(http: httpx.AsyncClient) -> None:
    many = await http.post("/", files=[("pictures", (f"{n}.jpg", b"x")) for n in range(11)])
    wrong = await http.post("/", data={"attributes": "Bio"}, files={"picture": ("a.jpg", PICTURE)})
    assert (many.status_code, wrong.status_code) == (400, 400)
    assert "attributes" in wrong.json()["detail"]


async def test_a_body_without_a_length_is_not_read_beyond_the_limit(http: httpx.AsyncClient) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while taken < 100 * LIMIT:
            taken += 1000
            yield b"x" * 1000

    answer = await http.post("/", content=endless(), headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 413
    assert taken < 2 * LIMIT


async def test_a_body_that_stalls_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "IDLE", 0.01)

    async def receive() -> dict[str, Any]:
        await asyncio.Event().wait()
        raise AssertionError

    headers = [(b"content-type", b"application/json")]
    request = Request({"type": "http", "method": "POST", "headers": headers}, receive)
    with pytest.raises(bodies.TooSlowError):
        await Bodies(max_bytes=LIMIT).read(request)


async def test_small_pictures_do_not_wait_for_large_ones_that_come_slowly() -> None:
    def asked(*headers: tuple[bytes, bytes]) -> Request:
        return Request({"type": "http", "method": "POST", "headers": list(headers)})

    reading = Bodies()
    large, unknown, small = asked((b"content-length", b"30000000")), asked(), asked((b"content-length", b"100000"))
    for _ in range(bodies.LARGE_AT_ONCE):
        await reading.turn(large).acquire()
    assert reading.turn(unknown).locked(), "what may be large counts as large"
    assert not reading.turn(small).locked()
