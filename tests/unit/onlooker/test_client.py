"""The client against a small application: what it sends, and how it tells errors."""

import json
import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from onlooker.client import ATTEMPTS, ApiError, OnlookerClient, connect, object_path


async def _put(request: Request) -> Response:
    body = await request.body()
    if body == b"text":
        problem = {"detail": "This is text, not an image.", "instance": "urn:uuid:1"}
        return JSONResponse(problem, 415, media_type="application/problem+json")
    if busy := request.app.state.busy:
        request.app.state.busy = busy - 1
        return JSONResponse({"detail": "Too busy."}, 429, {"Retry-After": "0"}, "application/problem+json")
    assert request.headers["Authorization"] == "Bearer olk_1_2"
    assert request.headers["Content-Length"] == str(len(body))
    raw: bytes = request.scope["raw_path"]
    return Response(headers={"X-Onlooker-Image-Id": raw.decode()})


async def _delete(request: Request) -> Response:
    request.app.state.deleted.append((request.scope["raw_path"].decode(), request.headers.get("If-Match")))
    return Response(status_code=204)


async def _again(request: Request) -> Response:
    return JSONResponse({"recognition": request.url.path}, 202)


async def _enrol(request: Request) -> Response:
    if busy := request.app.state.busy:
        request.app.state.busy = busy - 1
        return JSONResponse({"detail": "Too busy."}, 503, {"Retry-After": "0"}, "application/problem+json")
    form = await request.form()
    sent = {name: value if isinstance(value, str) else (await value.read()).decode() for name, value in form.items()}
    await form.close()
    return JSONResponse({"form": sent, "query": dict(request.query_params)}, 201)


async def _picture(request: Request) -> Response:
    body = (await request.body()).decode()
    if body == "text":
        problem = {"detail": "The file is not a picture.", "reason": "not_a_picture", "picture": 1}
        return JSONResponse(problem, 422, media_type="application/problem+json")
    return JSONResponse({"path": request.url.path, "body": body, "query": dict(request.query_params)})


async def _rename(request: Request) -> Response:
    return JSONResponse({"asked": await request.json(), "if_match": request.headers["If-Match"]})


async def _page(_: Request) -> Response:
    return PlainTextResponse("<html>Welcome!")


async def _broken(_: Request) -> Response:
    return PlainTextResponse("Bad Gateway", 502)


@pytest.fixture
def app() -> Starlette:
    app = Starlette(
        routes=[
            Route("/v1/{path:path}", _put, methods=["PUT"]),
            Route("/v1/{path:path}", _delete, methods=["DELETE"]),
            Route("/recognitions/{image_id}", _again, methods=["POST"]),
            Route("/tags/statistics", _broken),
            Route("/tags/images", _page),
            Route("/people", _enrol, methods=["POST"]),
            Route("/people/identify", _picture, methods=["POST"]),
            Route("/people/{person_id}/faces", _picture, methods=["POST"]),
            Route("/people/{person_id}", _rename, methods=["PATCH"]),
        ]
    )
    app.state.busy = 0
    app.state.deleted = []
    return app


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[OnlookerClient]:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://test", headers={"Authorization": "Bearer olk_1_2"}
    ) as http:
        yield OnlookerClient(http)


async def test_a_consent_goes_along_with_whom_it_is_of(client: OnlookerClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"a face")
    sent = (await client.enrol("Ann", path, consent={"given_by": "Ann", "purpose": "the door"}))["form"]
    assert (sent["name"], json.loads(sent["consent"])) == ("Ann", {"given_by": "Ann", "purpose": "the door"})


async def test_a_file_is_sent_whole_under_its_key(client: OnlookerClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x" * 600_000)
    sent: list[int] = []
    answer = await client.upload(path, "images", "a b/../ü+%.jpg", sent.append)
    assert answer == "/v1/images/a%20b%2F..%2F%C3%BC%2B%25.jpg"
    assert sum(sent) == 600_000
    assert len(sent) > 1


async def test_a_problem_is_told_in_its_own_words_with_its_id(client: OnlookerClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"text")
    with pytest.raises(ApiError, match="This is text, not an image") as caught:
        await client.upload(path, "images", "a.jpg")
    assert (caught.value.status, caught.value.problem_id) == (415, "urn:uuid:1")


async def test_an_upload_is_sent_again_to_who_asked_to_come_back(
    app: Starlette, client: OnlookerClient, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x" * 1000)
    app.state.busy = 3
    sent: list[int] = []

    assert await client.upload(path, "images", "a.jpg", sent.append) == "/v1/images/a.jpg"
    assert sum(sent) == 1000


async def test_an_upload_is_not_tried_for_ever(app: Starlette, client: OnlookerClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x")
    app.state.busy = 1000
    with pytest.raises(ApiError, match="Too busy") as caught:
        await client.upload(path, "images", "a.jpg")
    assert caught.value.status == 429
    assert app.state.busy == 1000 - ATTEMPTS


async def test_an_answer_without_a_problem_document_is_told_by_its_status(client: OnlookerClient) -> None:
    with pytest.raises(ApiError, match="502 Bad Gateway"):
        await client.statistics()


async def test_an_answer_that_is_no_json_is_told_as_somebody_elses(client: OnlookerClient) -> None:
    with pytest.raises(ApiError, match=r"http://test/tags/images answers 200 OK.* Is ONLOOKER_URL right"):
        await client.search({"q": "a secret"})


async def test_nothing_there_is_explained() -> None:
    async with connect("http://127.0.0.1:9", "olk_1_2") as client:
        with pytest.raises(ApiError, match="Is `onlooker up` running") as caught:
            await client.statistics()
    assert caught.value.status == 0


def test_no_key_can_climb_out_of_its_bucket() -> None:
    assert object_path("images", "../../tags") == "/v1/images/..%2F..%2Ftags"
    assert object_path("images", "..") == "/v1/images/%2E%2E"


@pytest.mark.parametrize("size", [0, 700_000], ids=["shrinks", "grows"])
async def test_a_file_that_changes_while_it_is_sent_is_not_sent_to_its_end(
    client: OnlookerClient, tmp_path: Path, size: int
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"x" * 600_000)
    sent: list[int] = []

    def change(count: int) -> None:
        sent.append(count)
        os.truncate(path, size)

    with pytest.raises(ApiError, match="changed while it was sent") as caught:
        await client.upload(path, "images", "a.jpg", change)
    assert caught.value.status == 400
    assert sum(sent) < 600_000


async def test_a_picture_is_deleted_by_its_key_and_if_asked_only_in_one_version(
    app: Starlette, client: OnlookerClient
) -> None:
    await client.delete("images", "a b/../ü.jpg")
    await client.delete("images", "a.jpg", etag="e1")
    assert app.state.deleted == [("/v1/images/a%20b%2F..%2F%C3%BC.jpg", None), ("/v1/images/a.jpg", '"e1"')]


async def test_a_picture_is_recognized_again_by_its_id(client: OnlookerClient) -> None:
    assert (await client.recognize_again("0" * 32))["recognition"] == f"/recognitions/{'0' * 32}"


async def test_somebody_is_enrolled_by_name_and_picture_also_where_it_takes_another_try(
    app: Starlette, client: OnlookerClient, tmp_path: Path
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"a face")
    app.state.busy = 2
    assert await client.enrol('Ann "\u0627" <b>', path, another=True) == {
        "form": {"name": 'Ann "\u0627" <b>', "picture": "a face"},
        "query": {"another": "true", "even_if_known": "false"},
    }


async def test_a_face_and_a_picture_to_look_at_are_sent_as_they_are(client: OnlookerClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"a face")
    added = {"path": "/people/1/faces", "body": "a face", "query": {"even_if_known": "true"}}
    assert await client.add_face("1", path, known=True) == added
    assert await client.identify(path) == {"path": "/people/identify", "body": "a face", "query": {}}


async def test_why_a_picture_was_refused_is_there_for_programs_too(client: OnlookerClient, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"text")
    with pytest.raises(ApiError, match="not a picture") as caught:
        await client.identify(path)
    assert (caught.value.reason, caught.value.problem["picture"]) == ("not_a_picture", 1)


async def test_a_person_is_renamed_only_in_the_version_that_was_looked_at(client: OnlookerClient) -> None:
    assert await client.rename("1", "Ann", 7) == {"asked": {"name": "Ann"}, "if_match": '"7"'}


async def test_why_people_are_looked_at_goes_along_in_any_language() -> None:
    async with connect("http://test", "olk_1_2", "für\nAnn \ud800\x1b") as client:
        assert client._http.headers.raw[-1] == (b"Onlooker-Reason", "für Ann".encode())
    async with connect("http://test", "olk_1_2", " ") as client:
        assert "Onlooker-Reason" not in client._http.headers
