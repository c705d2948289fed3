"""How requests are made: with their errors, from disk, and again where an installation is too busy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import httpx

from onlooker.client.errors import ApiError, foreign, refusal_of, unreachable

TIMEOUT = httpx.Timeout(60.0, connect=5.0)
CHUNK = 256 * 1024
"""Bytes read from disk at a time."""
ATTEMPTS = 6
"""Times that a picture is sent to an installation that asks to come back later: about half a minute without S3."""
RAW = "application/octet-stream"
"""What a picture is sent as: the services look themselves what it is."""
BAD_REQUEST = 400
"""What a body of another length than was said would be answered."""

T = TypeVar("T")


class Requests:
    """Makes requests of one installation."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def _json(self, method: str, path: str, parameters: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return body_of(await self._request(method, path, params=parameters))

    async def _send(self, path: str, picture: Path, **more: Any) -> httpx.Response:
        """Send a picture as it is, from disk as it is read."""
        size = (await asyncio.to_thread(picture.stat)).st_size
        headers = {"Content-Length": str(size), "Content-Type": RAW}
        return await self._request("POST", path, content=pieces(picture, size, lambda _: None), headers=headers, **more)

    async def _request(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **more)
        except httpx.TransportError as error:
            raise unreachable(self._http.base_url, error) from error
        if answer.is_error:
            raise refusal_of(answer)
        return answer


async def patiently(once: Callable[[], Awaitable[T]]) -> T:
    """Return what a request returns; it is made again where an installation that is too busy said when to come back.

    Raises:
        ApiError: it was refused, or so often that it is hopeless.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return await once()
        except ApiError as error:
            if error.retry_after is None:
                raise
            await asyncio.sleep(error.retry_after)
    return await once()


def segment(text: str) -> str:
    """Return text as one part of a path: not `.` or `..`, by which a client would leave out others."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of an answer; raises as `decoded`."""
    body: dict[str, Any] = decoded(answer)
    return body


def decoded(answer: httpx.Response) -> Any:
    """Return the JSON of an answer.

    Raises:
        ApiError: it is none, so somebody else answers there.
    """
    try:
        return answer.json()
    except ValueError as error:
        raise foreign(answer) from error


async def pieces(path: Path, size: int, sent: Callable[[int], None]) -> AsyncIterator[bytes]:
    """Yield a file that has so many bytes; one that has more or fewer by now is not sent to its end."""
    left = size
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, CHUNK):
            left -= len(piece)
            if left < 0:
                break
            yield piece
            sent(len(piece))
    if left != 0:
        raise ApiError(BAD_REQUEST, "The file changed while it was sent.")
