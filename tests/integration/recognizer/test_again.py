"""A picture is recognized again when somebody asks for it, once for each time, and what was known stays till then."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import httpx
import pytest

from installation import Keys, client_of
from onlooker_recognizer.events import RecognizeAgain
from onlooker_shared.errors import NotFoundError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.messages import ImageFailed, ImageRecognized
from onlooker_shared.objects import exists
from onlooker_shared.results import Results, StoredFailure, StoredResult, failure_key
from onlooker_shared.service import Service
from recognitions import a_recognition, an_image
from recognizer_stage import Stage, jpeg
from rekognition_standin import FACE, Refusal, StandIn

KEYS = Keys(
    {
        "writer": Principal("1", "all", frozenset({Scope.RECOGNITIONS_WRITE})),
        "bound": Principal("2", "team a", frozenset({Scope.RECOGNITIONS_WRITE}), prefix="team-a/"),
        "reader": Principal("3", "reader", frozenset({Scope.RECOGNITIONS_READ})),
        "admin": Principal("4", "admin", frozenset({Scope.ADMIN})),
    }
)


@asynccontextmanager
async def at_work(stage: Stage, key: str = "writer") -> AsyncIterator[tuple[Service, httpx.AsyncClient]]:
    async with stage.recognizer() as service, client_of(service, KEYS, key) as http:
        yield service, http


async def test_a_picture_is_recognized_again_and_told_of_with_a_later_time(stage: Stage, standin: StandIn) -> None:
    async with at_work(stage) as (_, http):
        image_id = await stage.put("a.jpg", jpeg())
        (first,) = await stage.announced()
        standin.faces = [FACE, FACE]
        answer = await http.post(f"/recognitions/{image_id}")
        (second,) = await stage.announced()
        await stage.settled()

    assert answer.status_code == 202
    assert answer.headers["Location"] == answer.json()["recognition"] == f"/recognitions/{image_id}"
    assert isinstance(first, ImageRecognized)
    assert isinstance(second, ImageRecognized)
    assert first.recognition is not None
    assert second.recognition is not None
    requested_at = datetime.fromisoformat(answer.json()["requested_at"])
    assert second.image == first.image
    assert second.recognition.started_at is not None
    assert first.recognition.recognized_at <= requested_at <= second.recognition.started_at
    assert second.recognition.started_at <= second.recognition.recognized_at
    assert len(second.recognition.faces) == 2
    assert (await (await stage.results).get(image_id)).recognition == second.recognition


async def test_a_failure_is_overcome_and_removed(stage: Stage, standin: StandIn) -> None:
    standin.judge = lambda _: Refusal("InvalidImageFormatException")
    async with at_work(stage) as (_, http):
        image_id = await stage.put("a.jpg", jpeg())
        (first,) = await stage.announced()
        await stage.dead()
        standin.judge = lambda _: None
        await http.post(f"/recognitions/{image_id}")
        (second,) = await stage.announced()
        await stage.settled()

    assert (type(first), type(second)) == (ImageFailed, ImageRecognized)
    s3 = await stage.aws.client("s3")
    assert not await exists(s3, stage.names.results.name, failure_key(image_id))


async def test_a_picture_that_fails_again_tells_when(stage: Stage) -> None:
    async with at_work(stage) as (_, http):
        image_id = await stage.put("a.jpg", b"words, words, words")
        await stage.announced()
        first = await (await stage.results).get_failure(image_id)
        await http.post(f"/recognitions/{image_id}")
        (message,) = await stage.announced()
        second = await (await stage.results).get_failure(image_id)
        await stage.dead(2)

    assert isinstance(message, ImageFailed)
    assert first.failed_at is not None
    assert second.failed_at is not None
    assert second.failed_at > first.failed_at


async def test_what_was_known_is_not_overcome_by_a_failure(stage: Stage, standin: StandIn) -> None:
    async with at_work(stage) as (_, http):
        image_id = await stage.put("a.jpg", jpeg())
        (first,) = await stage.announced()
        standin.judge = lambda _: Refusal("InvalidImageFormatException")
        await http.post(f"/recognitions/{image_id}")
        (dead,) = await stage.dead()

    assert isinstance(first, ImageRecognized)
    assert (await (await stage.results).get(image_id)).recognition == first.recognition
    assert "Rekognition cannot read the picture" in dead["MessageAttributes"]["Reason"]["StringValue"]
    assert not await exists(await stage.aws.client("s3"), stage.names.results.name, failure_key(image_id))
    assert await stage.waiting(stage.names.tagger) == 0


async def test_a_request_that_comes_twice_is_paid_for_once(stage: Stage, standin: StandIn) -> None:
    async with stage.recognizer():
        await stage.put("a.jpg", jpeg())
        (first,) = await stage.announced()
        request = RecognizeAgain(image=first.image).model_dump_json(exclude_none=True)
        await stage.send(request)
        await stage.send(request)
        second, third = await stage.announced(2)

    assert isinstance(second, ImageRecognized)
    assert isinstance(third, ImageRecognized)
    assert second.recognition == third.recognition
    assert standin.calls("DetectFaces") == 2


async def test_what_was_overwritten_or_deleted_cannot_be_recognized_again(stage: Stage) -> None:
    async with at_work(stage) as (_, http):
        old = await stage.put("a.jpg", jpeg(100))
        await stage.announced()
        await stage.put("a.jpg", jpeg(200))
        await stage.announced()
        overwritten = await http.post(f"/recognitions/{old}")
        await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key="a.jpg")
        await stage.announced()
        deleted = await http.post(f"/recognitions/{old}")

    assert (overwritten.status_code, deleted.status_code) == (409, 404)
    assert "overwritten" in overwritten.json()["detail"]


async def test_one_that_goes_before_its_turn_leaves_nothing(stage: Stage, standin: StandIn) -> None:
    async with at_work(stage) as (_, http):
        image_id = await stage.put("a.jpg", jpeg())
        await stage.announced()
        standin.gate.clear()
        await http.post(f"/recognitions/{image_id}")
        await standin.reached(4)
        await (await stage.aws.client("s3")).delete_object(Bucket=stage.names.images.name, Key="a.jpg")
        await stage.announced()
        standin.gate.set()
        await stage.settled()
        gone = await http.post(f"/recognitions/{image_id}")

    assert gone.status_code == 404
    assert await stage.waiting(stage.names.tagger) == 0


async def test_a_failure_that_is_overcome_while_it_is_looked_for_is_no_unknown_picture(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    image = an_image()

    async def overcome(results: Results, image_id: str) -> StoredFailure:
        await results.put(StoredResult(image=image, recognition=a_recognition(), rekognition={}))
        raise NotFoundError(image_id)

    monkeypatch.setattr(Results, "get_failure", overcome)
    async with at_work(stage, "admin") as (_, http):
        answer = await http.get(f"/recognitions/{image.image_id}")

    assert answer.json()["state"] == "recognized"


@pytest.mark.parametrize(
    ("key", "status"), [("writer", 202), ("admin", 202), ("reader", 403), ("bound", 404), ("nobody", 401)]
)
async def test_who_may_ask(stage: Stage, key: str, status: int) -> None:
    async with at_work(stage, key) as (_, http):
        image_id = await stage.put("team-b/a.jpg", b"words, words, words")
        (message,) = await stage.announced()
        assert isinstance(message, ImageFailed)
        assert (await http.post(f"/recognitions/{image_id}")).status_code == status
        await stage.settled()


async def test_a_picture_that_nothing_is_known_of(stage: Stage) -> None:
    async with at_work(stage) as (_, http):
        unknown = await http.post(f"/recognitions/{'0' * 32}")
        malformed = await http.post("/recognitions/not-an-id")
    assert (unknown.status_code, malformed.status_code) == (404, 422)


async def test_a_failure_from_before_failures_had_a_time_is_read(stage: Stage) -> None:
    async with at_work(stage, "admin") as (_, http):
        image_id = await stage.put("a.jpg", b"words, words, words")
        (message,) = await stage.announced()
        await (await stage.results).put_failure(StoredFailure(image=message.image, reason="torn"))
        answer = await http.get(f"/recognitions/{image_id}")
    assert answer.json()["failed_at"] is None
