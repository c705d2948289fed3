"""Request bodies, read as they come and within bounds: of one, of all together, and of time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.requests import Request

from onlooker_rekognition.budget import MemoryBudget
from onlooker_rekognition.protocol.errors import RequestTooLargeError, ThrottlingError

_PATIENCE = 4  # how many times the limit is read and thrown away, so that the client comes to read our refusal


class Bodies:
    """Reads bodies of at most `max_bytes`, each within `seconds`, all together within the budget."""

    def __init__(self, budget: MemoryBudget, *, max_bytes: int, seconds: float) -> None:
        self._budget = budget
        self._max_bytes = max_bytes
        self._seconds = seconds

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """The body, which counts against the budget until the end of the block.

        Raises RequestTooLargeError, ThrottlingError when it took too long, ClientDisconnect.
        """
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(self._seconds):
                    await stack.enter_async_context(self._budget.hold(self._announced_size(request)))
                    body = await self._receive(request)
            except TimeoutError as error:
                raise ThrottlingError(
                    f"The body was not read within {self._seconds:g} s: it came too slowly, or this server is too busy."
                ) from error
            yield body

    def _announced_size(self, request: Request) -> int:
        """What the body may take: its stated length, or without one the most that is accepted."""
        stated = request.headers.get("content-length", "")
        return min(int(stated), self._max_bytes) if stated.isdecimal() else self._max_bytes

    async def _receive(self, request: Request) -> bytes:
        chunks: list[bytes] = []
        size = 0
        async for chunk in request.stream():
            size += len(chunk)
            if size <= self._max_bytes:
                chunks.append(chunk)
            elif size > _PATIENCE * self._max_bytes:
                break
        if size > self._max_bytes:
            raise RequestTooLargeError(f"The body is larger than {self._max_bytes} bytes. Put the image into S3.")
        return b"".join(chunks)
