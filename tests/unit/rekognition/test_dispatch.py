"""The dispatcher without a network: what is offered, what is told, and what no request may do to it."""

import asyncio
import json
import logging
import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from onlooker_rekognition.analyst import Analyst
from onlooker_rekognition.dispatch import Dispatcher
from onlooker_rekognition.images import Images
from onlooker_rekognition.operations import build_handlers
from onlooker_rekognition.operations.names import ResourceNames
from onlooker_rekognition.operations.registry import OFFERED as REGISTRY
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.errors import InvalidS3ObjectError, UnknownOperationError
from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.store import FaceModel
from onlooker_rekognition.stores.sqlite import SqliteStore
from rekognition_fakes import FakeEngine

SERVICE = load_service()
OFFERED = sorted(REGISTRY)


class NoObjects:
    """An S3 without objects."""

    async def fetch(self, bucket: str, name: str, version: str | None, *, limit: int) -> bytes:
        raise InvalidS3ObjectError("nothing here")


class NoVideos:
    """Nobody does the jobs."""

    async def check(self, video: Mapping[str, Any]) -> None:
        raise InvalidS3ObjectError("nothing here")

    def wake(self) -> None:
        pytest.fail("there is no job")


@pytest.fixture
def dispatcher(tmp_path: Path) -> Iterator[Dispatcher]:
    with (
        closing(SqliteStore(tmp_path / "store", model=FaceModel("fake", "1.0"))) as store,
        closing(Pool(workers=1, queue_length=10)) as pool,
    ):
        analyst = Analyst(FakeEngine(), Images(NoObjects()), pool, decoded_pixels=0)
        yield Dispatcher(SERVICE, build_handlers(analyst, NoVideos(), store, ResourceNames("us-east-1", "0" * 12)))


@pytest.mark.parametrize("name", sorted(SERVICE.operations.keys() - set(OFFERED)))
async def test_what_is_not_offered_is_refused_and_logged(
    dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    answer = await dispatcher.answer(name, b"{}")
    assert (answer.code, answer.status) == ("AccessDeniedException", 400)
    assert f"{name} is not offered by this server" in json.loads(answer.body)["Message"]
    assert (logging.WARNING, f"{name} was called, which is not offered") in [
        (record.levelno, record.getMessage()) for record in caplog.records
    ]


def test_handlers_of_unknown_operations_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="has no DetectGhosts"):
        Dispatcher(SERVICE, {"DetectGhosts": lambda _: None})


@pytest.mark.parametrize("target", ["RekognitionService.DetectFaces.", "rekognitionservice.DetectFaces", "."])
def test_a_target_is_matched_exactly(dispatcher: Dispatcher, target: str) -> None:
    with pytest.raises(UnknownOperationError, match="X-Amz-Target must be RekognitionService"):
        dispatcher.operation_name(target)


async def test_no_request_is_the_servers_fault(dispatcher: Dispatcher) -> None:
    """A thousand generated requests, right and wrong: each gets an answer or an error of the client's."""
    generator = random.Random(20161130)
    codes = set()
    for _ in range(1000):
        name = generator.choice(OFFERED)
        body = json.dumps(_anything(generator, SERVICE.operations[name].shapes.input_shape))
        if generator.random() < 0.1:
            body = body[: generator.randrange(len(body) + 1)]
        answer = await dispatcher.answer(name, body.encode())
        assert answer.status < 500, (name, body)
        codes.add(answer.code)
    assert {"OK", "ValidationException", "SerializationException", "ResourceNotFoundException"} <= codes


STRANGE = [None, "", "a/b", "\ud800", -1, 1.5, 10**30, True, [], {}, [None], {"": ""}, "x" * 2000]
PLAIN = {
    "blob": ["", "e30=", "not base64", "eyJmYWNlcyI6W3sicGVyc29uIjoxLCJsZWZ0IjowLjF9XX0="],
    "integer": [0, 1, 50, 4096, 5000],
    "float": [0, 50, 100, 101],
    "string": ["a", "people", "b c", "11111111-1111-4111-8111-111111111111"],
}


def _anything(generator: random.Random, shape: Any) -> Any:
    """A value for `shape`, often a fitting one."""
    if generator.random() < 0.05:
        return generator.choice(STRANGE)
    if shape.type_name == "structure":
        return {
            name: _anything(generator, member)
            for name, member in shape.members.items()
            if name in shape.required_members or generator.random() < 0.5
        }
    if shape.type_name == "list":
        return [_anything(generator, shape.member) for _ in range(generator.randrange(4))]
    if shape.type_name == "map":
        return {str(_anything(generator, shape.key)): _anything(generator, shape.value)}
    return generator.choice([*getattr(shape, "enum", ()), *PLAIN[shape.type_name]])


async def test_many_answers_at_once_do_not_mix(dispatcher: Dispatcher) -> None:
    names = [f"collection-{number}" for number in range(20)]
    created = await asyncio.gather(
        *(dispatcher.answer("CreateCollection", json.dumps({"CollectionId": name}).encode()) for name in names)
    )
    arns = [json.loads(answer.body)["CollectionArn"] for answer in created]
    assert [arn.rpartition("/")[2] for arn in arns] == names
    assert len({answer.request_id for answer in created}) == len(names)
