"""Sends what comes from elsewhere, piece by piece, to readers who may stall or go."""

import asyncio
from collections.abc import AsyncIterable, Callable, Mapping
from http import HTTPStatus

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

log = structlog.stdlib.get_logger(__name__)


class _ReaderStalled(Exception):  # noqa: N818 - not an error of ours
    """The other end took no more bytes for too long."""


class Sending(StreamingResponse):
    """An answer that lets go of what it sends however it ends.

    Args:
        chunks: what is sent.
        headers: with `Content-Type` and `Content-Length`.
        status: of the answer.
        patience: seconds that the reader may stall before the connection is cut.
        over: called when all is over.
    """

    def __init__(
        self,
        chunks: AsyncIterable[bytes],
        headers: Mapping[str, str],
        *,
        status: HTTPStatus = HTTPStatus.OK,
        patience: float,
        over: Callable[[], None],
    ) -> None:
        super().__init__(chunks, status_code=status, headers=headers)
        self._patience = patience
        self._over = over

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""

        async def impatient(message: Message) -> None:
            try:
                async with asyncio.timeout(self._patience):
                    await send(message)
            except TimeoutError as error:
                raise _ReaderStalled from error

        try:
            await super().__call__(scope, receive, impatient)
        except _ReaderStalled:  # the server cuts the connection of an answer that was not completed
            log.info("download.stalled", path=scope["path"])
        finally:
            self._over()
