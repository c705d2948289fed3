"""Requests that are sent more than once: done once, answered each time."""

import asyncio
import sqlite3
from collections.abc import Mapping
from typing import Any

import pytest

from onlooker_rekognition.idempotency import OnceOnly, once_only
from onlooker_rekognition.protocol.errors import ConflictError, IdempotentParameterMismatchError
from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.store import Remembered

SERVICE = load_service()
WITH_TOKEN = {name for name, operation in SERVICE.operations.items() if operation.takes_token}
REQUEST = {"CollectionId": "people", "UserId": "kit", "FaceIds": ["1"], "ClientRequestToken": "first"}
ANSWER = {"AssociatedFaces": [{"FaceId": "1"}], "UnsuccessfulFaceAssociations": [], "UserStatus": "ACTIVE"}


class Ledger:
    """Answers by operation and token, in memory."""

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], Remembered] = {}

    def recall(self, operation: str, token: str) -> Remembered | None:
        return self.answers.get((operation, token))

    def remember(self, operation: str, token: str, answer: Remembered) -> None:
        self.answers[operation, token] = answer


class Associate:
    """A handler that counts its calls, and ends each when it is let."""

    def __init__(self) -> None:
        self.calls = 0
        self.began = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.failure: Exception | None = None

    async def __call__(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.calls += 1
        self.began.set()
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return ANSWER


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def associate() -> Associate:
    return Associate()


@pytest.fixture
def handler(associate: Associate, ledger: Ledger) -> OnceOnly:
    return OnceOnly(SERVICE.operations["AssociateFaces"], associate, ledger)


def test_the_model_says_which_operations_take_a_token() -> None:
    assert {"CreateUser", "DeleteUser", "AssociateFaces", "DisassociateFaces"} <= WITH_TOKEN
    assert {"StartFaceDetection", "StartFaceSearch", "StartLabelDetection"} <= WITH_TOKEN
    assert not {"IndexFaces", "CreateCollection", "GetFaceDetection"} & WITH_TOKEN
    assert "CreateFaceLivenessSession" not in WITH_TOKEN, "it has no error for a token used twice"


def test_only_operations_with_a_token_are_changed(associate: Associate, ledger: Ledger) -> None:
    handlers = once_only(SERVICE, {"CreateUser": associate, "ListUsers": associate}, ledger)
    assert isinstance(handlers["CreateUser"], OnceOnly)
    assert handlers["ListUsers"] is associate


def _holds(shape: Any, type_name: str, seen: frozenset[str] = frozenset()) -> bool:
    if shape.name in seen:
        return False
    inner = [*getattr(shape, "members", {}).values(), getattr(shape, "member", None), getattr(shape, "value", None)]
    return shape.type_name == type_name or any(_holds(each, type_name, seen | {shape.name}) for each in inner if each)


@pytest.mark.parametrize("name", sorted(WITH_TOKEN))
def test_requests_and_answers_with_a_token_can_be_kept_as_json(name: str) -> None:
    shapes = SERVICE.operations[name].shapes
    assert not _holds(shapes.input_shape, "blob")
    assert shapes.output_shape is None or not _holds(shapes.output_shape, "timestamp")


async def test_a_repeated_request_is_answered_and_not_done_again(handler: OnceOnly, associate: Associate) -> None:
    assert await handler(REQUEST) == await handler(dict(reversed(REQUEST.items()))) == ANSWER
    assert associate.calls == 1


async def test_a_server_started_anew_remembers(associate: Associate, ledger: Ledger) -> None:
    for _ in range(2):
        handler = OnceOnly(SERVICE.operations["AssociateFaces"], associate, ledger)
        assert await handler(REQUEST) == ANSWER
    assert associate.calls == 1


async def test_another_request_under_the_same_token_is_refused(handler: OnceOnly, associate: Associate) -> None:
    await handler(REQUEST)
    for change in ({"UserId": "ada"}, {"FaceIds": ["2"]}, {"UserMatchThreshold": 10.0}):
        with pytest.raises(IdempotentParameterMismatchError, match="Use a new one"):
            await handler({**REQUEST, **change})
    assert associate.calls == 1


async def test_other_tokens_and_no_token_are_other_requests(handler: OnceOnly, associate: Associate) -> None:
    await handler(REQUEST)
    await handler({**REQUEST, "ClientRequestToken": "second"})
    without = {name: value for name, value in REQUEST.items() if name != "ClientRequestToken"}
    await handler(without)
    await handler(without)
    assert associate.calls == 4


async def test_a_token_is_good_for_one_operation(associate: Associate, ledger: Ledger) -> None:
    handlers = once_only(SERVICE, {"AssociateFaces": associate, "DeleteUser": associate}, ledger)
    request = {"CollectionId": "people", "UserId": "kit", "ClientRequestToken": "first"}
    await handlers["AssociateFaces"](request)
    associate.failure = ConflictError("busy")
    with pytest.raises(ConflictError):
        await handlers["DeleteUser"](request)


async def test_a_failure_is_not_remembered(handler: OnceOnly, associate: Associate, ledger: Ledger) -> None:
    associate.failure = ConflictError("busy")
    with pytest.raises(ConflictError):
        await handler(REQUEST)
    assert not ledger.answers
    associate.failure = None
    assert await handler(REQUEST) == ANSWER


async def test_what_is_done_is_answered_though_it_can_not_be_remembered(
    handler: OnceOnly, ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An SDK would send it again for an error, and be told that the user exists."""

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(ledger, "remember", full)
    assert await handler(REQUEST) == ANSWER
    assert "AssociateFaces is done, and its answer can not be remembered" in caplog.text
    assert "database or disk is full" in caplog.text


async def test_requests_at_once_share_one_outcome(handler: OnceOnly, associate: Associate) -> None:
    associate.gate.clear()
    asked = [asyncio.ensure_future(handler(REQUEST)) for _ in range(5)]
    await associate.began.wait()
    with pytest.raises(IdempotentParameterMismatchError):
        await handler({**REQUEST, "UserId": "ada"})
    associate.gate.set()
    assert await asyncio.gather(*asked) == [ANSWER] * 5
    assert associate.calls == 1


async def test_a_client_that_hangs_up_finds_its_answer_when_it_asks_again(
    handler: OnceOnly, associate: Associate
) -> None:
    associate.gate.clear()
    impatient = asyncio.ensure_future(handler(REQUEST))
    await associate.began.wait()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    associate.gate.set()
    assert await handler(REQUEST) == ANSWER
    assert associate.calls == 1
