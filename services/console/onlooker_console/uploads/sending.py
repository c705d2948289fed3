"""Passes pictures on to ingest as they come: no more of one is in memory than what is on its way."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus

from fastapi import Request

from onlooker_console.apis import Api, object_path
from onlooker_shared.errors import ProblemError

PATIENCE = 60.0
"""Seconds for the next piece: ingest itself is less patient, so this only ends what would wait for ever."""


class StalledError(ProblemError):
    """A browser stopped in the middle of a picture."""

    status = HTTPStatus.REQUEST_TIMEOUT


async def pieces(request: Request, patience: float = PATIENCE) -> AsyncIterator[bytes]:
    """Yield a request's body as it comes.

    Raises:
        StalledError: no more came for too long.
        ClientDisconnect: the browser has left.
    """
    stream = aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(patience):
                piece = await anext(stream, b"")
        except TimeoutError as error:
            raise StalledError("The picture stopped coming, so nothing was stored. Try again.") from error
        if not piece:
            return
        yield piece


async def send(
    api: Api, bucket: str, key: str, content: AsyncIterator[bytes], *, size: int | None, replace: bool
) -> str:
    """Store a picture and return its id.

    Args:
        api: ingest, with the caller's access key.
        bucket: where to.
        key: under which name.
        content: its bytes.
        size: how many, if that is known: what is too large is refused before it is sent.
        replace: whether it may take the place of what is there under that name.

    Raises:
        RefusedError: ingest does not take it (412: the name is taken), in its words.
        ApiError: it was not stored for another reason.
    """
    headers = {} if replace else {"If-None-Match": "*"}
    if size is not None:
        headers["Content-Length"] = str(size)
    async with api.stream("PUT", object_path(bucket, key), headers=headers, content=content) as answer:
        return str(answer.headers["X-Onlooker-Image-Id"])
