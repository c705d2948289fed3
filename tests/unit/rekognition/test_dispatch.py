"""The dispatcher without a network and with handlers of the tests' own: what is told of what they do, or do not."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any

import pytest

from onlooker_rekognition.dispatch import Dispatcher
from onlooker_rekognition.operations.withheld import WITHHELD
from onlooker_rekognition.protocol.errors import ResourceNotFoundError, UnknownOperationError
from onlooker_rekognition.protocol.model import Parameters, load_service

SERVICE = load_service()


async def make(parameters: Parameters) -> Mapping[str, Any]:
    """CreateCollection, which lets others go first."""
    await asyncio.sleep(0)
    if parameters["CollectionId"] == "broken":
        raise RuntimeError("a secret")
    if parameters["CollectionId"] == "misspelt":
        return {"CollectionARN": "x"}
    if parameters["CollectionId"] == "missing":
        raise ResourceNotFoundError("The collection id: missing does not exist")
    return {"CollectionArn": parameters["CollectionId"]}


DISPATCHER = Dispatcher(SERVICE, {"CreateCollection": make})


async def create(collection_id: str) -> tuple[int, str, dict[str, str], str]:
    answer = await DISPATCHER.answer("CreateCollection", json.dumps({"CollectionId": collection_id}).encode())
    return answer.status, answer.code, json.loads(answer.body), answer.request_id


async def test_a_result_is_answered() -> None:
    status, code, body, _ = await create("people")
    assert (status, code, body) == (200, "OK", {"CollectionArn": "people"})


async def test_an_error_of_the_service_is_answered_in_its_shape() -> None:
    status, code, body, request_id = await create("missing")
    assert (status, code) == (400, "ResourceNotFoundException")
    assert body == {
        "__type": code,
        "Code": code,
        "Logref": request_id,
        "Message": "The collection id: missing does not exist",
    }


async def test_an_error_of_the_protocol_is_answered_in_its_shape() -> None:
    status, code, body, _ = await create("a/b")
    assert (status, code) == (400, "ValidationException")
    assert body.keys() == {"__type", "message"}


@pytest.mark.parametrize("failure", ["broken", "misspelt"])
async def test_a_mistake_of_ours_is_logged_and_not_told(caplog: pytest.LogCaptureFixture, failure: str) -> None:
    status, code, body, request_id = await create(failure)
    assert (status, code) == (500, "InternalServerError")
    assert body["Message"] == f"The server failed; its log says why under request {request_id}."
    (record,) = caplog.records
    assert (record.request_id, record.exc_info is not None) == (request_id, True)


@pytest.mark.parametrize("name", sorted(SERVICE.operations))
async def test_what_is_not_offered_is_refused_with_its_reason_and_logged(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    answer = await Dispatcher(SERVICE, {}).answer(name, b"{}")
    assert (answer.code, answer.status) == ("AccessDeniedException", 400)
    message = json.loads(answer.body)["Message"]
    assert message.startswith(f"{name} is not offered by this server")
    assert WITHHELD.get(name, "") in message
    assert (logging.WARNING, f"{name} was called, which is not offered") in [
        (record.levelno, record.getMessage()) for record in caplog.records
    ]


def test_handlers_of_unknown_operations_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="has no DetectGhosts"):
        Dispatcher(SERVICE, {"DetectGhosts": make})


@pytest.mark.parametrize("target", ["RekognitionService.DetectFaces.", "rekognitionservice.DetectFaces", "."])
def test_a_target_is_matched_exactly(target: str) -> None:
    with pytest.raises(UnknownOperationError, match="X-Amz-Target must be RekognitionService"):
        DISPATCHER.operation_name(target)


async def test_many_answers_at_once_do_not_mix() -> None:
    names = [f"collection-{number}" for number in range(20)]
    answers = await asyncio.gather(*(create(name) for name in names))
    assert [body["CollectionArn"] for _, _, body, _ in answers] == names
    assert len({request_id for *_, request_id in answers}) == len(names)
