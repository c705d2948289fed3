"""Bad input by chance, for a bounded time: whatever comes, the answer is Amazon's and never a fault of the server.

`ONLOOKER_FUZZ_SECONDS` says for how long (8 by default). A failure names its seed; `ONLOOKER_FUZZ_SEED` begins there.
"""

import base64
import json
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import closing
from itertools import count
from typing import Any

import httpx
import pytest
from botocore.model import Shape
from starlette.applications import Starlette

from odd_pictures import odd_pictures
from onlooker_rekognition.__main__ import compose
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.operations.registry import OFFERED
from onlooker_rekognition.pool import Pool
from onlooker_rekognition.protocol.errors import InvalidS3ObjectError
from onlooker_rekognition.protocol.model import load_service
from onlooker_rekognition.settings import Settings
from onlooker_rekognition.store import FaceModel
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.vision.image import Image, decode
from rekognition_conformance import problems
from rekognition_fakes import FakeEngine, scene
from rekognition_garbage import CONTENT_TYPE, PREFIX, Case, wrong_request
from rekognition_requests import full, least
from rekognition_server import RekognitionServer

SECONDS = float(os.environ.get("ONLOOKER_FUZZ_SECONDS", "8"))
FIRST = int(os.environ.get("ONLOOKER_FUZZ_SEED") or random.SystemRandom().randrange(10**9))
OPERATIONS = load_service().operations
SCENES = (scene(1), scene(1, 2, labels=[{"name": "Cat", "confidence": 90.0}]), scene())
ODD = odd_pictures()
PROTOCOL = {
    "RequestEntityTooLargeException",
    "SerializationException",
    "UnknownOperationException",
    "ValidationException",
}


class Eyes(FakeEngine):
    """Sees scenes, and decodes whatever else it is shown as the real engine does."""

    def decode(self, data: bytes, *, enough: int = 2048) -> Image:
        return super().decode(data) if data in SCENES else decode(data, max_pixels=10_000_000, enough=enough)


class NothingStored:
    """An S3 without objects and videos."""

    async def fetch(self, bucket: str, name: str, version: str | None, *, limit: int) -> bytes:
        raise InvalidS3ObjectError("nothing here")

    async def check(self, video: Mapping[str, Any]) -> None:
        raise InvalidS3ObjectError("nothing here")

    def wake(self) -> None:
        pytest.fail("there is no job")


@pytest.fixture(scope="module")
async def http(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The application in this process."""
    folder = tmp_path_factory.mktemp("fuzz")
    with (
        closing(SqliteStore(folder / "store", model=FaceModel("fake", "1.0"))) as store,
        closing(Pool(workers=1, queue_length=10)) as pool,
    ):
        app = compose(Settings(data=folder), Eyes(), store, pool, NothingStored(), NothingStored(), Metrics())
        async with client_of(app) as client:
            yield client


def client_of(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost")


async def test_whatever_comes_is_answered_as_amazon_does(http: httpx.AsyncClient) -> None:
    pictures = [*SCENES, *(picture for picture, _ in ODD.values() if len(picture) < 100_000)]
    offered = [OPERATIONS[name].shapes for name in OFFERED]
    codes = set()
    ends = time.monotonic() + SECONDS
    for seed in count(FIRST):
        case = wrong_request(seed, offered, pictures)
        answer = await http.post("/", content=case.body, headers=case.headers)
        assert not (found := faults(case, answer)), (
            f"{found}: {case.operation} {case.headers} {case.body[:2000]!r} -> {answer.text[:2000]}; "
            f"repeat by ONLOOKER_FUZZ_SEED={seed}"
        )
        codes.add("OK" if answer.status_code == 200 else answer.json()["__type"])
        if time.monotonic() > ends:
            break
    assert {"OK", *PROTOCOL - {"RequestEntityTooLargeException"}, "InvalidImageFormatException"} <= codes
    assert (await http.get("/healthz")).status_code == 200


@pytest.mark.parametrize("make", [least, full])
@pytest.mark.parametrize("name", sorted(OPERATIONS))
async def test_a_valid_request_of_any_operation_gets_an_answer_or_an_error_of_that_operation(
    http: httpx.AsyncClient, name: str, make: Callable[[Shape], Any]
) -> None:
    body = json.dumps(make(OPERATIONS[name].shapes.input_shape)).encode()
    headers = {"x-amz-target": PREFIX + name, "content-type": CONTENT_TYPE}
    answer = await http.post("/", content=body, headers=headers)
    assert not faults(Case(0, name, headers, body), answer), answer.text
    assert name in OFFERED or answer.json()["__type"] == "AccessDeniedException"
    assert answer.json().get("__type") not in PROTOCOL


def test_a_real_server_bears_it_too(server: RekognitionServer) -> None:
    """Over a socket, where headers and lengths are real."""
    pictures = [scene(1), scene(), b"no scene"]
    operations = [OPERATIONS[name].shapes for name in OFFERED if not name.startswith("Start")]
    for seed in range(FIRST, FIRST + 300):
        case = wrong_request(seed, operations, pictures)
        if b"S3Object" in case.body:  # this server's S3 does not answer, which is no fault of the request
            continue
        answer = server.http.post("/", content=case.body, headers=case.headers)
        assert not (found := faults(case, answer)), f"{found}: {answer.text}; ONLOOKER_FUZZ_SEED={seed}"
    assert server.http.get("/healthz").text == "ok\n"


@pytest.mark.parametrize("name", ODD)
async def test_an_odd_picture_is_seen_or_refused_by_its_code(http: httpx.AsyncClient, name: str) -> None:
    picture, code = ODD[name]
    answer = await ask(http, "DetectFaces", {"Image": {"Bytes": base64.b64encode(picture).decode()}})
    assert answer.json().get("__type", "OK") == code, answer.text


async def test_a_token_of_another_call_is_refused(http: httpx.AsyncClient) -> None:
    for name in ("one", "two", "three"):
        await ask(http, "CreateCollection", {"CollectionId": name})
        await ask(http, "CreateUser", {"CollectionId": name, "UserId": "a"})
        await ask(http, "CreateUser", {"CollectionId": name, "UserId": "b"})
    token = (await ask(http, "ListCollections", {"MaxResults": 1})).json()["NextToken"]
    users = (await ask(http, "ListUsers", {"CollectionId": "one", "MaxResults": 1})).json()["NextToken"]
    for operation, request in (
        ("ListFaces", {"CollectionId": "one", "NextToken": token}),
        ("ListUsers", {"CollectionId": "one", "NextToken": token}),
        ("ListUsers", {"CollectionId": "two", "NextToken": users}),
        ("ListCollections", {"NextToken": users}),
        ("ListCollections", {"NextToken": token[:-2] + "AA"}),
        ("ListCollections", {"NextToken": "💥"}),
    ):
        answer = await ask(http, operation, request)
        assert answer.json()["__type"] == "InvalidPaginationTokenException", request


async def ask(http: httpx.AsyncClient, operation: str, request: dict[str, Any]) -> httpx.Response:
    headers = {"x-amz-target": PREFIX + operation, "content-type": CONTENT_TYPE}
    return await http.post("/", content=json.dumps(request).encode(), headers=headers)


def faults(case: Case, answer: httpx.Response) -> list[str]:
    """What about an answer is not Amazon's."""
    found = []
    if answer.headers.get("content-type") != CONTENT_TYPE or not answer.headers.get("x-amzn-requestid"):
        found.append("headers")
    body = answer.json()
    if answer.status_code == 200:
        return found + problems(OPERATIONS[case.operation].shapes.output_shape, body)
    code = body["__type"]
    if code in PROTOCOL:
        members = {"__type", "message"}
    else:
        members = {"__type", "Code", "Logref", "Message"}
        if code not in OPERATIONS[case.operation].error_codes:
            found.append(f"{code} is no error of {case.operation}")
    if body.keys() != members:
        found.append(f"members {sorted(body)}")
    if answer.status_code != (413 if code == "RequestEntityTooLargeException" else 400):
        found.append(f"status {answer.status_code}")
    if answer.headers.get("x-amzn-errortype") != code:
        found.append("x-amzn-errortype")
    return found
