"""A whole installation in the emulator for one test: every bucket, queue and table, under a prefix of its own."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from copied import provision_copy
from onlooker_shared.aws import Aws
from onlooker_shared.errors import UnauthorizedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings
from onlooker_shared.topology import Topology
from onlooker_shared.web.app import create_app

ADMIN = Principal(key_id="admin", owner="tests", scopes=frozenset({Scope.ADMIN}))
DEADLINE = 20.0
"""Seconds after which what should happen counts as not happening."""

T = TypeVar("T")


@dataclass(frozen=True)
class Installation:
    """Provisioned, with its clients."""

    aws: Aws
    common: CommonSettings

    @property
    def topology(self) -> Topology:
        return self.common.topology


@asynccontextmanager
async def installation(aws: Aws | None = None, *, tables_only: bool = False) -> AsyncIterator[Installation]:
    """Provision under a fresh prefix in the emulator that the environment names.

    Args:
        aws: clients to share; making new ones takes longer than all the rest.
        tables_only: where they do.
    """
    common = CommonSettings(prefix=f"t{uuid.uuid4().hex[:10]}-", shutdown_grace=5.0)
    async with AsyncExitStack() as stack:
        clients = await stack.enter_async_context(Aws(common)) if aws is None else aws
        await provision_copy(clients, common, tables_only=tables_only)
        yield Installation(clients, common)


@dataclass
class Keys:
    """Access keys that only tests know."""

    principals: dict[str, Principal] = field(default_factory=lambda: {"admin": ADMIN})

    async def authenticate(self, key: str) -> Principal:
        if key not in self.principals:
            raise UnauthorizedError("This access key is not known or has expired.")
        return self.principals[key]


def client_of(service: Service, keys: Keys | None = None, key: str = "admin") -> httpx.AsyncClient:
    """A client that calls a service's HTTP API without a network."""
    transport = httpx.ASGITransport(app=create_app([service], keys or Keys()))
    return httpx.AsyncClient(
        transport=transport, base_url="http://onlooker", headers={"Authorization": f"Bearer {key}"}
    )


@asynccontextmanager
async def working(*services: Service) -> AsyncIterator[None]:
    """Run services' workers for the length of a `with` block, then stop them in order."""
    workers = [worker for service in services for worker in service.workers]
    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(worker.run())
        try:
            yield
        finally:
            for worker in workers:
                worker.stop()


async def eventually(look: Callable[[], Awaitable[T]], holds: Callable[[T], bool] = bool) -> T:
    """Look again and again until what is seen holds, and return it: for what has no event to await."""
    async with asyncio.timeout(DEADLINE):
        while not holds(seen := await look()):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.02)
    return seen
