"""What the services answer, and do not, in words for the person at the page."""

import asyncio
import json
from collections.abc import Callable

import httpx
import pytest

from onlooker_console.apis import (
    Api,
    ApiError,
    Apis,
    AwayError,
    FailedError,
    KeyRejectedError,
    RefusedError,
    attempt,
    object_path,
    open_client,
    owner,
)
from onlooker_console.settings import ConsoleSettings

Handler = Callable[[httpx.Request], httpx.Response]


def api(handler: Handler, **urls: str) -> Api:
    settings = ConsoleSettings(api_url="http://gateway", **urls)
    return Apis(httpx.AsyncClient(transport=httpx.MockTransport(handler)), settings).with_key("olk_key")


def answering(status: int, content: bytes = b"", **headers: str) -> Handler:
    return lambda _: httpx.Response(status, content=content, headers=headers)


async def test_it_asks_with_the_access_key_and_without_what_is_not_given() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={"total": 3})

    answer = await api(handler).get("/tags/images", {"label": ["Dog", "Cat"], "q": None, "limit": 5})
    assert answer == {"total": 3}
    assert str(asked[0].url) == "http://gateway/tags/images?label=Dog&label=Cat&limit=5"
    assert asked[0].headers["Authorization"] == "Bearer olk_key"


async def test_a_service_with_a_place_of_its_own_is_asked_there() -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(204)

    own = api(handler, annotator_url="http://annotator:8081/")
    assert await own.get("/annotations/1") is None
    await own.get("/queues/annotator")
    await own.get("/tags/images")
    assert asked == [
        "http://annotator:8081/annotations/1",
        "http://annotator:8081/queues/annotator",
        "http://gateway/tags/images",
    ]


async def test_every_service_can_be_asked_what_all_answer_and_the_rekognition_server_without_the_key() -> None:
    asked: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(200, json={})

    own = api(handler, tagger_url="http://tagger", rekognition_url="http://models")
    await own.get("/about", service="tagger")
    await own.get("/models")
    assert [str(request.url) for request in asked] == ["http://tagger/about", "http://models/models"]
    assert ["Authorization" in request.headers for request in asked] == [True, False]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, RefusedError),
        (401, KeyRejectedError),
        (403, RefusedError),
        (404, RefusedError),
        (422, RefusedError),
        (429, RefusedError),
        (500, FailedError),
        (502, AwayError),
        (503, AwayError),
        (504, AwayError),
    ],
)
async def test_each_refusal_has_its_kind_and_the_services_words(status: int, expected: type[ApiError]) -> None:
    problem = json.dumps({"detail": "Words of the service.", "instance": "urn:uuid:1"}).encode()
    with pytest.raises(expected) as caught:
        await api(answering(status, problem)).get("/tags/images")
    assert type(caught.value) is expected
    assert caught.value.problem_id == "urn:uuid:1"
    if status != 401:
        assert "Words of the service." in caught.value.detail


@pytest.mark.parametrize("body", [b"<html>nginx</html>", b"", b"[]", b'{"detail"', b"\xff\xfe", b'"text"'])
async def test_a_gateways_own_error_page_is_told_by_its_status(body: bytes) -> None:
    with pytest.raises(AwayError, match=r"Search does not answer just now\. Search answered 502 Bad Gateway\."):
        await api(answering(502, body)).get("/tags/images")


async def test_a_service_that_is_not_there_is_away() -> None:
    def nobody(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(AwayError, match="The sender of alerts does not answer just now"):
        await api(nobody).get("/alerts/rules")


async def test_a_service_that_breaks_off_is_away() -> None:
    async def broken() -> object:
        yield b"{"
        raise httpx.ReadError("reset")

    with pytest.raises(AwayError):
        await api(lambda _: httpx.Response(200, content=broken())).get("/tags/images")


async def test_a_part_of_a_page_may_fail_alone() -> None:
    assert (await attempt(api(answering(200, b"[1]")).get("/alerts/rules"))).value == [1]
    failed = await attempt(api(answering(503)).get("/alerts/rules"))
    assert failed.value is None
    assert isinstance(failed.error, AwayError)


async def test_the_rest_of_a_page_does_not_wait_for_ever_for_one_part() -> None:
    never = asyncio.Event()

    async def hanging() -> None:
        await never.wait()

    waited = await attempt(hanging(), within=0.01)
    assert isinstance(waited.error, AwayError)
    assert "within 0.01 seconds" in waited.error.detail


async def test_what_a_service_says_beside_its_words_is_kept() -> None:
    unready = {"ready": False, "checks": {"index": "the disk is full"}}
    failed = await attempt(api(answering(503, json.dumps(unready).encode())).get("/readyz", service="tagger"))
    assert failed.error is not None
    assert failed.error.answer == unready


async def test_but_not_if_the_key_does_not_work_any_more() -> None:
    with pytest.raises(KeyRejectedError):
        await attempt(api(answering(401)).get("/alerts/rules"))


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1/images/a.jpg", "ingest"),
        ("/tags/statistics", "tagger"),
        ("/queues/notifier/redrive", "notifier"),
        ("/queues/recognizer-people/redrive", "recognizer"),
        ("/people/1/faces", "recognizer"),
        ("/sweeps/annotator", "annotator"),
    ],
)
def test_a_path_names_its_service(path: str, service: str) -> None:
    assert owner(path) == service


def test_a_path_of_nobody_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no service"):
        owner("/nothing/here")


@pytest.mark.parametrize(
    ("bucket", "key", "path"),
    [
        ("b", "../a b/ü?.jpg", "/v1/b/..%2Fa%20b%2F%C3%BC%3F.jpg"),
        ("b", "..", "/v1/b/%2E%2E"),
        ("b", ".", "/v1/b/%2E"),
        ("..", "recognitions/1", "/v1/%2E%2E/recognitions%2F1"),
    ],
)
async def test_no_key_of_an_object_leads_anywhere_else(bucket: str, key: str, path: str) -> None:
    asked: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(204)

    await api(handler).send("DELETE", object_path(bucket, key))
    assert asked == [path]


async def test_what_answers_at_a_services_url_but_is_none_has_failed() -> None:
    with pytest.raises(FailedError, match="Search answered what is no JSON"):
        await api(answering(200, b"<html>Welcome</html>")).get("/tags/images")


async def test_a_cookie_that_a_gateway_sets_for_one_caller_does_not_go_with_another() -> None:
    sent: list[str] = []

    async def gateway(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent.append((await reader.readuntil(b"\r\n\r\n")).decode().casefold())
        writer.write(b"HTTP/1.1 200 OK\r\nSet-Cookie: whose=the-first; Path=/\r\nContent-Length: 2\r\n")
        writer.write(b"Connection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(gateway, "127.0.0.1", 0) as server, open_client() as http:
        port = server.sockets[0].getsockname()[1]
        apis = Apis(http, ConsoleSettings(api_url=f"http://127.0.0.1:{port}"))
        for key in ("olk_first", "olk_second"):
            await apis.with_key(key).get("/tags/images")
    assert ["authorization: bearer olk_second" in each for each in sent] == [False, True]
    assert not any("cookie:" in each for each in sent)
