"""The pictures' bytes, passed through from the services: a page left open overnight holds no link that expires."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Literal

import httpx
from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from onlooker_console.addresses import ImageId
from onlooker_console.apis import object_path
from onlooker_console.callers import Caller, SignedIn

Kind = Literal["thumbnail", "preview", "screen", "annotated", "original"]
"""Drawn into: `annotated` and, small, `thumbnail`. Not: `screen` and, small, `preview`. As it came: `original`."""

ASKED = ("If-None-Match", "If-Modified-Since", "Range", "If-Range")
ANSWERED = (
    "Accept-Ranges",
    "Content-Disposition",
    "Content-Length",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Last-Modified",
)
UNCHANGING = "private, max-age=604800, immutable"
"""Where a page names a version (``?v=``, by convention `settled`): a picture drawn anew has another one."""
CHECKED = "private, no-cache"
"""Else: asked for each time, and mostly answered by 304."""
NEVER_RUN = "default-src 'none'; sandbox"
"""Content security policy of whatever somebody put into the bucket."""


def routes() -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/pictures/{image_id}/{kind}")
    async def image(
        request: Request,
        caller: SignedIn,
        image_id: ImageId,
        kind: Kind,
        v: str = "",
    ) -> Response:
        """Pass a picture's bytes through."""
        path = await _path(caller, image_id, kind)
        asked = {name: request.headers[name] for name in ASKED if name in request.headers}
        async with AsyncExitStack() as stack:
            answer = await stack.enter_async_context(caller.api.stream("GET", path, headers=asked))
            kept = UNCHANGING if v and not (kind != "original" and drawn_before(v, answer.headers)) else CHECKED
            return PassedThrough(answer, stack.pop_all(), kept)

    return router


async def _path(caller: Caller, image_id: str, kind: Kind) -> str:
    """Return where a picture's bytes are among the services."""
    if kind != "original":
        return f"/annotations/{image_id}/{kind}"
    document = await caller.api.get(f"/tags/images/{image_id}")
    return object_path(document["bucket"], document["key"])


def drawn_before(as_of: str, headers: Mapping[str, str]) -> bool:
    """Whether a picture was drawn before what a page shows was settled: until it is drawn anew, it is asked for.

    Args:
        as_of: when what the page shows was settled, ISO 8601; of anything else nothing is known.
        headers: of the answer; its `Last-Modified` is when it was drawn, to the second.
    """
    try:
        wanted = datetime.fromisoformat(as_of).astimezone(UTC).replace(microsecond=0)
        return parsedate_to_datetime(headers["Last-Modified"]) < wanted
    except (KeyError, ValueError):
        return False


class PassedThrough(StreamingResponse):
    """Sends on what a service answers, as it comes, and lets go of it however that ends."""

    def __init__(self, answer: httpx.Response, opened: AsyncExitStack, cache_control: str) -> None:
        headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
        unchanged = answer.status_code == HTTPStatus.NOT_MODIFIED  # has no type; what it has, the kept picture takes on
        if not unchanged and not headers.get("Content-Type", "").startswith("image/"):
            headers["Content-Disposition"] = "attachment"
        headers |= {"Cache-Control": cache_control, "Content-Security-Policy": NEVER_RUN}
        super().__init__(answer.aiter_raw(), status_code=answer.status_code, headers=headers)
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        async with self._opened:
            await super().__call__(scope, receive, send)
