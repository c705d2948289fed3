"""How long ``POST /people/identify`` takes among 10,000 people with ten faces each, against bare DetectFaces.

Two of them are real, enrolled by their portraits; the others are embeddings that lie as those of people do, written
into the collection's file past its API. Set PEOPLE for another number of them.
"""

import os
import sqlite3
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from io import BytesIO
from pathlib import Path

import httpx
from PIL import Image

from emulator import aws_environment, running_emulator
from onlooker_shared.aws import Aws
from onlooker_shared.errors import UnauthorizedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.settings import CommonSettings
from onlooker_shared.web.app import create_app
from people import _environment, _unlike
from recognizer_stage import Stage, provisioned
from rekognition_server import REAL, running_server

sys.path.append(str(Path(__file__).parent / "rekognition"))
import embeddings

PEOPLE = int(os.environ.get("PEOPLE", "10000"))
FACES_EACH = 10
ROUNDS = 60
SETTLING = 20.0
"""Seconds that the index of so many faces may take to be made."""
PORTRAITS = {"one": ("obama.jpg", "obama-speaking.jpg"), "two": ("biden.jpg",)}
ASKED = {"of somebody with two faces": "obama-standing.jpg", "of somebody with one": "biden.jpg"}
AT_A_DOOR, CAMERA = "obama-standing.jpg", (1280, 720)
"""Whose picture is asked for as a camera takes it, too: as wide as that one, and of so many pixels."""


class _Keys:
    async def authenticate(self, key: str) -> Principal:
        if key != "bench":
            raise UnauthorizedError("unknown")
        return Principal("1", "bench", frozenset({Scope.PEOPLE_READ, Scope.PEOPLE_WRITE}))


async def main(photos: Path) -> None:
    """Print p50 and p95, and the ratio of the medians."""
    portraits = photos / "portraits"
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_emulator(Path(scratch) / "emulator") as emulator,
        aws_environment(emulator),
    ):
        prefix = f"r{uuid.uuid4().hex[:10]}-"
        data = Path(scratch) / "rekognition"
        _fill(data, f"{prefix}people")
        with (
            running_server(REAL, data, environment=emulator.environment) as server,
            _environment(AWS_ENDPOINT_URL_REKOGNITION=server.url, ONLOOKER_RECOGNIZER_SEARCH_RATE="10000"),
        ):
            async with Aws(CommonSettings()) as aws, _api(await provisioned(aws, prefix=prefix)) as http:
                for name, pictures in PORTRAITS.items():
                    files = [("pictures", (portraits / each).read_bytes()) for each in pictures]
                    (await http.post("/people", data={"name": name}, files=files)).raise_for_status()
                client = await aws.client("rekognition")
                for what, portrait in ASKED.items():
                    await _compare(what, (portraits / portrait).read_bytes(), http, client)
                await _compare("as a camera takes it", _as_a_camera(portraits / AT_A_DOOR), http, client)


def _as_a_camera(path: Path) -> bytes:
    """The upper part of a portrait, as a frame of a webcam."""
    width, height = CAMERA
    with Image.open(path) as portrait:
        frame = portrait.crop((0, 0, portrait.width, portrait.width * height // width)).resize(CAMERA)
    out = BytesIO()
    frame.save(out, "JPEG", quality=85)
    return out.getvalue()


async def _compare(what: str, picture: bytes, http: httpx.AsyncClient, client: object) -> None:
    """Ask both in turns, so that other work on the machine slows both."""

    async def identify(data: bytes) -> None:
        answer = await http.post("/people/identify", content=data, headers={"Content-Type": "image/jpeg"})
        assert answer.json()["faces"][0]["person"], answer.text

    async def detect(data: bytes) -> None:
        await client.detect_faces(Image={"Bytes": data})

    began = time.perf_counter()
    while time.perf_counter() - began < SETTLING and await _seconds(identify, _unlike(picture, -1)) > 0.1:
        pass
    taken: dict[str, list[float]] = {"identify": [], "detect": []}
    for number in range(ROUNDS):
        taken["identify"].append(await _seconds(identify, _unlike(picture, number)))
        taken["detect"].append(await _seconds(detect, _unlike(picture, ROUNDS + number)))
    p50, p95 = statistics.median(taken["identify"]), statistics.quantiles(taken["identify"], n=20)[-1]
    bare = statistics.median(taken["detect"])
    print(f"identify  {what}: p50 {p50 * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms   (at most 60, 200)")
    print(f"identify  {what}: {p50 / bare:.2f} times DetectFaces ({bare * 1000:.0f} ms)")


async def _seconds(ask: Callable[[bytes], Awaitable[None]], data: bytes) -> float:
    began = time.perf_counter()
    await ask(data)
    return time.perf_counter() - began


@asynccontextmanager
async def _api(here: Stage) -> AsyncIterator[httpx.AsyncClient]:
    async with here.recognizer() as service:
        transport = httpx.ASGITransport(create_app([service], _Keys()))
        headers = {"Authorization": "Bearer bench"}
        async with httpx.AsyncClient(transport=transport, base_url="http://onlooker", headers=headers) as client:
            yield client


def _fill(folder: Path, collection_id: str) -> None:
    """Write people into the file of a server that does not run: faces, each of a user."""
    faces, _ = embeddings.people(PEOPLE * FACES_EACH, 0)
    embeddings.keep(folder, collection_id, faces)
    with closing(sqlite3.connect(folder / "collections.sqlite3")) as database, database:
        (collection,) = database.execute("SELECT position FROM collections").fetchone()
        database.executemany(
            "INSERT INTO users (collection, user_id) VALUES (?, ?)",
            ((collection, uuid.UUID(int=number, version=4).hex) for number in range(PEOPLE)),
        )
        database.execute(
            "UPDATE faces SET owner = (SELECT min(position) FROM users) + (position - 1) / ?", (FACES_EACH,)
        )
