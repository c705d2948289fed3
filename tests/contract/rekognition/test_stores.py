"""What was answered is kept, whatever it is kept in."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import HTTPClientError

from postgres import Postgres
from rekognition_fakes import scene
from rekognition_server import FAKE, RekognitionServer, running_server

CALLS, KILLED_AFTER = 400, 150
DATABASE = "ONLOOKER_REKOGNITION_DATABASE_URL"

Start = Callable[[], AbstractContextManager[RekognitionServer]]


def sqlite(request: pytest.FixtureRequest) -> dict[str, str]:
    return {}


def postgresql(request: pytest.FixtureRequest) -> dict[str, str]:
    server: Postgres = request.getfixturevalue("postgres")
    return {DATABASE: server.create_schema()}


@pytest.fixture(params=[sqlite, postgresql])
def start(request: pytest.FixtureRequest, tmp_path: Path) -> Start:
    """Starts a server, each time on the same store."""
    environment = request.param(request)
    return lambda: running_server(FAKE, tmp_path / "data", environment=environment)


def index(client: Any, person: int) -> str:
    answer = client.index_faces(
        CollectionId="people", Image={"Bytes": scene(person)}, ExternalImageId=f"person-{person}"
    )
    return answer["FaceRecords"][0]["Face"]["FaceId"]


def found(client: Any, person: int) -> list[str]:
    answer = client.search_faces_by_image(CollectionId="people", Image={"Bytes": scene(person)})
    return [match["Face"]["FaceId"] for match in answer["FaceMatches"]]


def test_what_was_answered_survives_a_kill_in_the_middle_of_hundreds_of_calls(start: Start) -> None:
    people, answered = iter(range(1, CALLS + 1)), queue.SimpleQueue[tuple[int, str]]()
    enough = threading.Semaphore(0)

    def index_until_killed(client: Any) -> None:
        for person in people:
            try:
                answered.put((person, index(client, person)))
            except HTTPClientError:
                return
            enough.release()

    with start() as server, ThreadPoolExecutor(8) as threads:
        client = server.client
        client.create_collection(CollectionId="people")
        gone = index(client, 0)
        client.delete_faces(CollectionId="people", FaceIds=[gone])
        for _ in range(8):
            threads.submit(index_until_killed, client)
        for _ in range(KILLED_AFTER):
            assert enough.acquire(timeout=30)
        server.kill()
    kept = dict(answered.get() for _ in range(answered.qsize()))
    assert KILLED_AFTER <= len(kept) < CALLS
    with start() as server:
        client = server.client
        pages = client.get_paginator("list_faces").paginate(CollectionId="people")
        listed = {face["FaceId"] for page in pages for face in page["Faces"]}
        assert set(kept.values()) <= listed
        assert gone not in listed
        assert client.describe_collection(CollectionId="people")["FaceCount"] == len(listed)
        assert found(client, 0) == []
        for person, face_id in list(kept.items())[::15]:
            assert found(client, person) == [face_id]
            assert index(client, person) == face_id, "a call that is repeated keeps nothing twice"


@contextmanager
def two_servers(tmp_path: Path, postgres: Postgres) -> Iterator[tuple[Any, Any]]:
    environment = {DATABASE: postgres.create_schema()}
    with (
        running_server(FAKE, tmp_path / "one", environment=environment) as one,
        running_server(FAKE, tmp_path / "two", environment=environment) as two,
    ):
        yield one.client, two.client


def test_two_servers_on_one_database_are_as_one(tmp_path: Path, postgres: Postgres) -> None:
    with two_servers(tmp_path, postgres) as (one, two):
        one.create_collection(CollectionId="people")
        two.create_user(CollectionId="people", UserId="kit", ClientRequestToken="once")
        one.create_user(CollectionId="people", UserId="kit", ClientRequestToken="once")
        face_id = index(one, 1)
        assert found(two, 1) == [face_id]
        assert index(two, 1) == face_id
        two.associate_faces(CollectionId="people", UserId="kit", FaceIds=[face_id])
        users = one.search_users_by_image(CollectionId="people", Image={"Bytes": scene(1)})
        assert [match["User"]["UserId"] for match in users["UserMatches"]] == ["kit"]
        two.disassociate_faces(CollectionId="people", UserId="kit", FaceIds=[face_id])
        two.delete_faces(CollectionId="people", FaceIds=[face_id])
        assert found(one, 1) == []
        assert not (tmp_path / "one").exists(), "nothing is kept beside the database"
