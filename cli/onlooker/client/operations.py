"""The installation: its queues, its access keys, what it costs, and whether it is ready."""

from collections.abc import Mapping
from typing import Any

import httpx

from onlooker.client.errors import unreachable
from onlooker.client.requests import Requests, body_of

SERVICES = ("recognizer", "annotator", "tagger", "notifier")
"""Those that work on queues, in the order a picture meets them."""
QUEUES = ("recognizer", "recognizer-people", "annotator", "tagger", "notifier")
"""Their queues, by the names under which they tell of them."""


class Operations(Requests):
    """What is asked of the installation."""

    async def sweep(self, service: str, older_than: float) -> dict[str, Any]:
        """Have a service send on what got stuck longer than some seconds ago."""
        return await self._json("POST", f"/sweeps/{service}", {"older_than": older_than})

    async def queue(self, name: str, letters: int) -> dict[str, Any]:
        """Return what waits in a queue (one of `QUEUES`), and some of its dead letters, so many at most."""
        return await self._json("GET", f"/queues/{name}", {"letters": letters})

    async def redrive(self, name: str) -> dict[str, Any]:
        """Send a queue's dead letters through it again, or as many as one request does; return how many."""
        return await self._json("POST", f"/queues/{name}/redrive")

    async def keys(self, cursor: str | None = None) -> dict[str, Any]:
        """Return one page of the access keys, newest first."""
        return await self._json("GET", "/keys", {} if cursor is None else {"cursor": cursor})

    async def create_key(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Make an access key and return it: the answer alone has it whole."""
        return body_of(await self._request("POST", "/keys", json=asked))

    async def revoke_key(self, key_id: str) -> None:
        """Make an access key worthless."""
        await self._request("DELETE", f"/keys/{key_id}")

    async def costs(self, month: str | None = None) -> dict[str, Any]:
        """Return what a month's calls of Rekognition cost (as in 2026-11; the present one)."""
        return await self._json("GET", "/recognitions/costs", {"month": month} if month else None)

    async def readiness(self) -> dict[str, Any]:
        """Return what is ready and what is not; being not ready is an answer, not an error."""
        try:
            answer = await self._http.get("/readyz")
        except httpx.TransportError as error:
            raise unreachable(self._http.base_url, error) from error
        return body_of(answer)
