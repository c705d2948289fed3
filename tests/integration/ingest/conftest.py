"""The service as it ships behind a real uvicorn on a free port, with the real emulator behind it."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn

from emulator import Emulator
from installation import Installation, Keys, installation
from onlooker_ingest.__main__ import compose
from onlooker_shared.run import _uvicorn_config
from onlooker_shared.topology import Topology
from onlooker_shared.web.app import create_app

JPEG = b"\xff\xd8\xff\xe0"
"""What a JPEG begins with; this service looks no further."""
ORIGIN = "https://photos.example"


@dataclass
class Edge:
    """A running ingest."""

    installation: Installation
    keys: Keys
    port: int
    http: httpx.AsyncClient

    @property
    def names(self) -> Topology:
        return self.installation.topology

    @property
    def images(self) -> str:
        return self.names.images.name

    @property
    async def s3(self) -> Any:
        return await self.installation.aws.client("s3")

    def path(self, key: str) -> str:
        return f"/v1/{self.images}/{key}"

    async def stored(self, key: str) -> dict[str, Any]:
        """An object as S3 has it, with its bytes."""
        answer = await (await self.s3).get_object(Bucket=self.images, Key=key)
        async with answer["Body"] as body:
            return {**answer, "Body": await body.read()}

    async def keys_under(self, prefix: str) -> list[str]:
        answer = await (await self.s3).list_objects_v2(Bucket=self.images, Prefix=prefix)
        return [entry["Key"] for entry in answer.get("Contents", [])]

    async def unfinished(self) -> list[dict[str, Any]]:
        """Multipart uploads that were neither completed nor aborted."""
        answer = await (await self.s3).list_multipart_uploads(Bucket=self.images)
        return list(answer.get("Uploads", []))

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    def head(self, method: str, target: str, *headers: str) -> bytes:
        """A request's head, with nothing normalized."""
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Authorization: Bearer admin", *headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    async def raw(self, request: bytes) -> bytes:
        """Send bytes and return all that is answered until the connection is closed (ask for that)."""
        reader, writer = await self.connect()
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def serving(installed: Installation) -> AsyncIterator[Edge]:
    """Run the service, with the settings that the environment names."""
    keys = Keys()
    async with compose(installed.aws, installed.common) as service:
        config = _uvicorn_config(create_app([service], keys, cors_origins=[ORIGIN]), installed.common)
        config.port = 0
        server = uvicorn.Server(config)
        running = asyncio.create_task(server._serve())
        while not server.started:
            await asyncio.sleep(0.005)
            assert not running.done()
        port = server.servers[0].sockets[0].getsockname()[1]
        headers = {"Authorization": "Bearer admin"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=30) as http:
            yield Edge(installed, keys, port, http)
        server.should_exit = True
        await running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def installed(emulator: Emulator) -> AsyncIterator[Installation]:
    async with installation() as made:
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def edge(installed: Installation) -> AsyncIterator[Edge]:
    """One for all tests with the default settings: use keys of your own."""
    async with serving(installed) as running:
        yield running


@pytest.fixture
def key() -> str:
    """A key that no other test uses."""
    return f"{uuid.uuid4().hex}.jpg"
