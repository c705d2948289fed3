"""Sends the stored pictures themselves, for pages that are left open longer than any link works."""

import asyncio
import re
from collections.abc import Callable
from datetime import UTC
from email.utils import format_datetime
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError
from starlette.responses import Response

from onlooker_shared.annotations import ANNOTATED, CONTENT_TYPE, PREVIEWS, SCREENS, THUMBNAILS, rendition_key
from onlooker_shared.errors import TooManyRequestsError
from onlooker_shared.objects import is_missing
from onlooker_shared.web.sending import Sending

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.type_defs import GetObjectOutputTypeDef

CHUNK = 64 * 1024
"""Bytes."""
PATIENCE = 30.0
"""Seconds that a reader may stall before the connection is cut."""
QUEUED = 10.0
"""Seconds that a request waits while as many pictures are being sent as may be."""
PLAIN_KEPT = "private, max-age=3600"
"""For what nothing is drawn into: under one id it never looks different; a deleted picture is gone within the hour."""
DRAWN_KEPT = "private, no-cache"
"""For what is drawn: a picture may be recognized anew at any time. It may be kept, and asked for by its ETag."""


class Kind(StrEnum):
    """One of the pictures that are made of a picture."""

    ANNOTATED = "annotated"
    THUMBNAIL = "thumbnail"
    PREVIEW = "preview"
    SCREEN = "screen"


PREFIXES = {Kind.ANNOTATED: ANNOTATED, Kind.THUMBNAIL: THUMBNAILS, Kind.PREVIEW: PREVIEWS, Kind.SCREEN: SCREENS}
ONE_TAG = re.compile('(?:W/)?("[^"]+")')
"""Weak or not: If-None-Match compares weakly (RFC 9110, 13.1.2)."""
LARGE = frozenset({Kind.ANNOTATED, Kind.SCREEN})
DRAWN = frozenset({Kind.ANNOTATED, Kind.THUMBNAIL})


class Downloads:
    """Opens stored pictures.

    Args:
        s3: the process's client.
        bucket: of annotated pictures.
        at_once: how many small ones may be sent at a time, and how many large ones: a gallery does not wait for them.
    """

    def __init__(self, s3: "S3Client", bucket: str, at_once: int) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._small, self._large = asyncio.Semaphore(at_once), asyncio.Semaphore(at_once)

    async def open(self, kind: Kind, image_id: str, if_none_match: str | None) -> Response | None:
        """Return the answer with a picture, or that it is the one with the ETag; None if it is not stored.

        Raises:
            TooManyRequestsError: too many are being sent, and that does not change soon.
        """
        slots = self._large if kind in LARGE else self._small
        try:
            async with asyncio.timeout(QUEUED):
                await slots.acquire()
        except TimeoutError as error:
            raise TooManyRequestsError(
                "As many pictures are being sent as may be at once; try again in a moment.",
                headers={"Retry-After": "1"},
            ) from error
        sent: Response | None = None
        try:
            sent = await self._answer(kind, image_id, if_none_match, slots.release)
        finally:
            if not isinstance(sent, Sending):
                slots.release()
        return sent

    async def _answer(
        self, kind: Kind, image_id: str, if_none_match: str | None, done: Callable[[], None]
    ) -> Response | None:
        headers = {"Cache-Control": DRAWN_KEPT if kind in DRAWN else PLAIN_KEPT}
        stored = await self._get(rendition_key(PREFIXES[kind], image_id), _only_tag(if_none_match))
        if stored is None:
            return None
        if isinstance(stored, str):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers | {"ETag": stored})
        name = f"{image_id}.jpg" if kind is Kind.SCREEN else f"{image_id}-{kind}.jpg"
        return _sending(stored, headers | {"Content-Disposition": f'inline; filename="{name}"'}, done)

    async def _get(self, key: str, tag: str | None) -> "GetObjectOutputTypeDef | str | None":
        """Return S3's answer, the ETag if it is the one asked about, or None if there is no such object."""
        condition: dict[str, Any] = {} if tag is None else {"IfNoneMatch": tag}
        try:
            return await self._s3.get_object(Bucket=self._bucket, Key=key, **condition)
        except ClientError as error:
            if is_missing(error):
                return None
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == HTTPStatus.NOT_MODIFIED and tag is not None:
                return tag
            raise


def _sending(stored: "GetObjectOutputTypeDef", headers: dict[str, str], done: Callable[[], None]) -> Sending:
    """Return the answer that sends an object, and lets go of S3 and of its slot however it ends."""
    body = stored["Body"]

    def over() -> None:
        body.close()
        done()

    of_object = {
        "Content-Type": CONTENT_TYPE,
        "Content-Length": str(stored["ContentLength"]),
        "ETag": stored["ETag"],
        "Last-Modified": format_datetime(stored["LastModified"].astimezone(UTC), usegmt=True),
        "X-Content-Type-Options": "nosniff",
    }
    return Sending(body.iter_chunks(CHUNK), of_object | headers, patience=PATIENCE, over=over)


def _only_tag(if_none_match: str | None) -> str | None:
    """Return the ETag that a header names; None without one, or if it names several: then the picture is sent."""
    named = ONE_TAG.fullmatch((if_none_match or "").strip())
    return named[1] if named else None
