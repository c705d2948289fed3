"""Talks to Onlooker's HTTP APIs: one module for each noun."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from onlooker.client.alerts import Alerts
from onlooker.client.errors import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, ApiError
from onlooker.client.operations import QUEUES, SERVICES, Operations
from onlooker.client.people import People
from onlooker.client.pictures import MOST, Pictures, object_path
from onlooker.client.requests import ATTEMPTS, TIMEOUT

__all__ = [
    "ATTEMPTS",
    "FORBIDDEN",
    "MOST",
    "NOT_FOUND",
    "QUEUES",
    "SERVICES",
    "UNAUTHORIZED",
    "ApiError",
    "OnlookerClient",
    "connect",
    "object_path",
]

CONNECTIONS = 16


class OnlookerClient(Pictures, People, Alerts, Operations):
    """A client of one installation. Make it with `connect`."""


@asynccontextmanager
async def connect(url: str, key: str, reason: str = "") -> AsyncIterator[OnlookerClient]:
    """Open a client for the installation at a URL.

    Args:
        url: where it answers.
        key: an access key.
        reason: why people are looked at or changed, for the audit log.
    """
    why = "".join(each if each.isprintable() else " " for each in reason).strip().encode()
    async with httpx.AsyncClient(
        base_url=url,
        headers={b"Authorization": f"Bearer {key}".encode(), **({b"Onlooker-Reason": why} if why else {})},
        timeout=TIMEOUT,
        limits=httpx.Limits(max_connections=CONNECTIONS),
    ) as http:
        yield OnlookerClient(http)
