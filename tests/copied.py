"""Provisions in earnest once, then makes copies: the same requests under another prefix, a tenth of the work.

Nearly every test has an installation of its own, and signing, asking what is there and reading the answers took longer
than most of them. The embedded emulator checks no signatures, so what was sent once can be sent again.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
from yarl import URL

from onlooker_shared.aws import Aws
from onlooker_shared.provision import provision
from onlooker_shared.settings import CommonSettings

SERVICES = ("s3", "sqs", "dynamodb", "sns")
CREATING = ("CreateBucket", "CreateQueue", "CreateTable", "CreateTopic")
CONNECTING = ("Put", "Subscribe", "Update")
OWN = ("authorization", "content-type", "x-amz-target", "x-amz-sdk-checksum-algorithm")
"""Headers that are sent again; a body with another prefix has other sums."""


@dataclass(frozen=True)
class Request:
    """A request that changed something, without where it went."""

    service: str
    operation: str
    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    def under(self, old: str, new: str) -> "Request":
        """The same of another prefix."""
        return replace(self, target=self.target.replace(old, new), body=self.body.replace(old.encode(), new.encode()))


@dataclass(frozen=True)
class Original:
    """What provisioning sent under one prefix."""

    prefix: str
    requests: list[Request]


_originals: list[Original] = []
"""The one of this process, once there is one: it is the same for all emulators."""


async def provision_copy(aws: Aws, common: CommonSettings, *, tables_only: bool = False) -> None:
    """Have an installation under a new prefix as `provision` would make it.

    Args:
        aws: its clients; where they are used, so is their emulator.
        common: names the prefix.
        tables_only: leave the rest out.
    """
    if not _originals:
        async with _recorded(aws, common.prefix) as requests:
            await provision(aws, common.topology)
        _originals.append(Original(common.prefix, requests))
        return
    (original,) = _originals
    requests = [
        request.under(original.prefix, common.prefix)
        for request in original.requests
        if request.service == "dynamodb" or not tables_only
    ]
    base = (await aws.client("dynamodb")).meta.endpoint_url
    async with aiohttp.ClientSession(base, connector=aiohttp.TCPConnector(limit=8)) as session:
        for wave in _waves(requests):
            await asyncio.gather(*(_send(session, each) for each in wave))


def _waves(requests: list[Request]) -> Iterable[list[Request]]:
    """Part requests: what is connected comes after both ends, a queue after where its dead letters go."""
    created = [each for each in requests if each.operation in CREATING]
    queues = [each for each in created if each.operation == "CreateQueue"]
    redriven = [each for each in queues if b"RedrivePolicy" in each.body]
    yield [each for each in created if each not in redriven]
    yield redriven
    yield [each for each in requests if each not in created]


async def _send(session: aiohttp.ClientSession, request: Request) -> None:
    url = URL(request.target, encoded=True)
    async with session.request(request.method, url, headers=request.headers, data=request.body) as answer:
        assert answer.ok, f"{request.operation} was answered {answer.status}: {await answer.text()}"
        await answer.read()


@asynccontextmanager
async def _recorded(aws: Aws, prefix: str) -> AsyncIterator[list[Request]]:
    """The requests sent meanwhile that change something of a prefix."""
    requests: list[Request] = []

    def keep(request: Any, event_name: str, **_: Any) -> None:
        _, service, operation = event_name.split(".")
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        changes = operation in CREATING or operation.startswith(CONNECTING)
        if changes and (prefix in request.url or prefix.encode() in body):
            target = URL(request.url, encoded=True)
            headers = {name: _text(value) for name, value in request.headers.items() if name.lower() in OWN}
            requests.append(Request(service, operation, request.method, target.raw_path_qs, headers, body))

    events = [(await aws.client(service)).meta.events for service in SERVICES]
    for each in events:
        each.register("before-send", keep)
    try:
        yield requests
    finally:
        for each in events:
            each.unregister("before-send", keep)


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode()
