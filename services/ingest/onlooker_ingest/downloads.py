"""Sends an object with the headers that keep it from being anything but a picture in the browser."""

from collections.abc import AsyncIterator, Callable
from email.utils import format_datetime
from http import HTTPStatus
from urllib.parse import quote

from onlooker_ingest.formats import MEDIA_TYPES
from onlooker_ingest.metrics import SENT_BYTES
from onlooker_ingest.s3 import OpenObject, StoredObject
from onlooker_shared.web.sending import Sending


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


def download(opened: OpenObject, *, patience: float, done: Callable[[], None]) -> Sending:
    """Return the answer that sends an object, or a part of it, and closes it.

    Args:
        opened: the object.
        patience: seconds that the reader may stall before the connection is cut.
        done: called when all is over.
    """
    headers = {**headers_of(opened.stored), "Content-Length": str(opened.length)}
    status = HTTPStatus.OK
    if opened.content_range:
        headers["Content-Range"] = opened.content_range
        status = HTTPStatus.PARTIAL_CONTENT

    def over() -> None:
        opened.close()
        done()

    return Sending(_counted(opened.chunks()), headers, status=status, patience=patience, over=over)


async def _counted(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for chunk in chunks:
        SENT_BYTES.inc(len(chunk))
        yield chunk
