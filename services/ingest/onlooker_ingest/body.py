"""Reads a request's body under limits of size and time, in pieces whose size does not depend on the network."""

import asyncio
import hashlib
import io
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.requests import ClientDisconnect

from onlooker_ingest.metrics import RECEIVED_BYTES
from onlooker_shared.errors import BadRequestError, TooLargeError, TooSlowError

CLOSE = {"Connection": "close"}
"""For a caller that sends too slowly. Others keep their connection, and what is left of a refused body is thrown away
as it comes: to close it on somebody who still sends would make most clients lose the answer (RFC 9112, 9.6).
"""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """What a body may be."""

    size: int
    """Bytes."""
    idle: float
    """Seconds to wait for the next byte."""
    total: float
    """Seconds for all of it."""

    def check_declared(self, length: int | None) -> None:
        """Return if a body of this declared length may come (None: not declared).

        Raises:
            TooLargeError: it may not.
        """
        if length is not None and length > self.size:
            raise self.too_large(f"{length} bytes")

    def too_large(self, size: str) -> TooLargeError:
        """Return the error for a body of this size."""
        return TooLargeError(f"The body has {size}; {self.size} bytes are taken at most.")


class Body:
    """One request's body, read once.

    Its methods raise:
    TooLargeError: it is larger than the limit.
    TooSlowError: the next byte, or the end, did not come in time.
    BadRequestError: the connection was closed before the end, or the bytes are not those that `md5` announced.

    Args:
        chunks: the body as it arrives.
        limits: its limits.
        declared: bytes that the caller announced, if they did: no more memory is taken for a part than these need.
        md5: the digest that the body must have, if the caller sent one.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        limits: BodyLimits,
        *,
        declared: int | None = None,
        md5: bytes | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._chunks = chunks
        self._limits = limits
        self._clock = clock
        self._deadline = clock() + limits.total
        self._pending = b""
        self._received = 0
        self._declared = limits.size if declared is None else declared
        self._announced_md5 = md5
        self._md5 = hashlib.md5(usedforsecurity=False)
        self.ended = False
        """Whether everything was received (and, but for what `peek` returned, handed out)."""

    async def peek(self, count: int) -> bytes:
        """Return the first `count` bytes, fewer if the body is shorter, and leave them in place."""
        while len(self._pending) < count and not self.ended:
            self._pending += await self._receive()
        return self._pending[:count]

    async def whole(self) -> bytes:
        """Return all of it; for bodies whose limit is small."""
        return b"".join([part.read() async for part in self.parts(self._limits.size)])

    async def parts(self, size: int) -> AsyncIterator[io.BytesIO]:
        """Yield the body in parts of `size` bytes, the last one shorter; none of an empty body.

        A part is yielded once it is known whether another one follows: `ended` tells.
        """
        left = self._declared
        while await self.peek(1):
            part = _allocated(min(size, max(left, 1)))
            left -= size
            while room := size - part.tell():
                part.write(self._pending[:room])
                self._pending = self._pending[room:]
                if not await self.peek(1):
                    break
            part.truncate()
            part.seek(0)
            yield part

    async def _receive(self) -> bytes:
        patience = min(self._limits.idle, max(self._deadline - self._clock(), 0))
        try:
            async with asyncio.timeout(patience):
                chunk = await anext(self._chunks, b"")
        except TimeoutError as error:
            raise TooSlowError(
                f"The body stalled or took too long: {self._received} bytes had come. Nothing was stored.",
                headers=CLOSE,
            ) from error
        except ClientDisconnect as error:
            raise BadRequestError(
                f"The connection was closed after {self._received} bytes of the body. Nothing was stored."
            ) from error
        self.ended = not chunk
        self._received += len(chunk)
        if self._received > self._limits.size:
            raise self._limits.too_large(f"more than {self._limits.size} bytes")
        RECEIVED_BYTES.inc(len(chunk))
        self._check_md5(chunk)
        return chunk

    def _check_md5(self, chunk: bytes) -> None:
        if self._announced_md5 is None:
            return
        self._md5.update(chunk)
        if self.ended and self._md5.digest() != self._announced_md5:
            raise BadRequestError("The body does not have the digest that Content-MD5 announced. Nothing was stored.")


def _allocated(size: int) -> io.BytesIO:
    """Return a buffer that has its memory: one that grows is copied now and then, and is there twice meanwhile."""
    buffer = io.BytesIO()
    buffer.seek(size - 1)
    buffer.write(b"\0")
    buffer.seek(0)
    return buffer
