"""Sends an object with the headers that keep it from being anything but a picture in the browser."""

import asyncio
from collections.abc import AsyncIterator, Callable
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import quote

import structlog
from starlette.responses import StreamingResponse
from starlette.types import Message, Receive, Scope, Send

from onlooker_ingest.formats import MEDIA_TYPES
from onlooker_ingest.metrics import SENT_BYTES
from onlooker_ingest.s3 import OpenObject, StoredObject

log = structlog.stdlib.get_logger(__name__)


def headers_of(stored: StoredObject) -> dict[str, str]:
    """Return the headers of an answer about an object, but for the length of its body.

    Whoever uploads past this service chooses the object's type: a type that is no picture's is not repeated, and
    what a browser is sent can neither be sniffed (`nosniff`) nor run scripts (`sandbox`).
    """
    known = stored.content_type in MEDIA_TYPES
    name = quote(stored.address.key.rstrip("/").rpartition("/")[2], safe="") or "picture"
    return {
        "Content-Type": stored.content_type if known else "application/octet-stream",
        "Content-Disposition": f"inline; filename*=UTF-8''{name}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Accept-Ranges": "bytes",
        "X-Onlooker-Image-Id": stored.image_id,
        **validators_of(stored),
    }


def validators_of(stored: StoredObject) -> dict[str, str]:
    """Return the headers by which a cache asks again: all that a 304 carries (RFC 9110, 15.4.5)."""
    return {
        "ETag": stored.etag,
        "Last-Modified": format_datetime(stored.last_modified, usegmt=True),
        "Cache-Control": "private, no-cache",
    }


class _ReaderStalled(Exception):  # noqa: N818 - not an error of ours
    """The other end took no more bytes for too long."""


class Download(StreamingResponse):
    """Streams an object, and lets go of S3 however the answer ends.

    Args:
        opened: the object; this response closes it.
        patience: seconds that the reader may stall before the connection is cut.
        done: called when all is over.
    """

    def __init__(self, opened: OpenObject, *, patience: float, done: Callable[[], None]) -> None:
        headers = {**headers_of(opened.stored), "Content-Length": str(opened.length)}
        status = HTTPStatus.OK
        if opened.content_range:
            headers["Content-Range"] = opened.content_range
            status = HTTPStatus.PARTIAL_CONTENT
        super().__init__(_counted(opened.chunks()), status_code=status, headers=headers)
        self._opened = opened
        self._patience = patience
        self._done = done

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
            log.info("download.stalled", bucket=self._opened.stored.address.bucket, key=self._opened.stored.address.key)
        finally:
            self._opened.close()
            self._done()


async def _counted(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        SENT_BYTES.inc(len(chunk))
        yield chunk
