"""Servers for the contract tests: one whose engine is a fake, for the protocol, and the real one."""

from collections.abc import Iterator
from typing import Any

import pytest

from rekognition_server import FAKE, RekognitionServer, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RekognitionServer]:
    """The server, as a process of its own, with an engine that sees what a scene says, and an S3 that never answers."""
    folder = tmp_path_factory.mktemp("rekognition") / "data"
    options = ("--workers", "2", "--queue-length", "2")
    with running_server(FAKE, folder, *options, environment={"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}) as running:
        yield running


@pytest.fixture(scope="session")
def client(server: RekognitionServer) -> Any:
    """A boto3 client of `server`."""
    return server.client


@pytest.fixture
def collection(client: Any, request: pytest.FixtureRequest) -> Iterator[str]:
    """A collection for one test."""
    collection_id = "".join(c if c.isalnum() else "-" for c in request.node.name)[:200]
    client.create_collection(CollectionId=collection_id)
    yield collection_id
    client.delete_collection(CollectionId=collection_id)
