"""The pictures' bytes, passed through from the services: a page left open overnight holds no link that expires."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Annotated, Literal

import httpx
from fastapi import APIRouter, Path, Request
from fastapi.responses import Response, StreamingResponse

from onlooker_console.apis import RefusedError, object_path
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.views import Views
from onlooker_shared.images import IMAGE_ID_PATTERN

Kind = Literal["thumbnail", "preview", "annotated", "original"]

ASKED = ("If-None-Match", "If-Modified-Since", "Range", "If-Range")
ANSWERED = ("Content-Type", "Content-Length", "Content-Range", "Accept-Ranges", "ETag", "Last-Modified")
CACHE_CONTROL = "private, max-age=3600"
"""Of renditions: an hour without asking, then the ETag tells whether one was drawn anew."""
RASTER = (
    "image/jpeg",
    "image/png",
    "image/webp",
    "image/gif",
    "image/avif",
    "image/heic",
    "image/heif",
    "image/bmp",
    "image/tiff",
)
"""Types of originals that are shown; whatever else somebody put into the bucket is downloaded, and never run."""
EXTRA = {"Content-Disposition": "attachment", "Content-Security-Policy": "sandbox"}
NOT_MODIFIED = 304
NOT_FOUND = 404


def routes(views: Views) -> APIRouter:  # noqa: ARG001 - every page's module is called alike
    """Return the routes."""
    router = APIRouter()

    @router.get("/pictures/{image_id}/{kind}")
    async def image(
        request: Request, caller: SignedIn, image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)], kind: Kind
    ) -> Response:
        """Pass a picture's bytes through."""
        path = await _path(caller, image_id, kind)
        try:
            return await _passed_through(request, caller, path)
        except RefusedError as error:
            if kind != "preview" or error.status != NOT_FOUND:
                raise
        return await _passed_through(request, caller, await _path(caller, image_id, "original"))

    return router


async def _path(caller: Caller, image_id: str, kind: Kind) -> str:
    """Return where a picture's bytes are among the services."""
    if kind == "original":
        document = await caller.api.get(f"/tags/images/{image_id}")
        return object_path(document["bucket"], document["key"])
    rendition = "annotated" if kind == "preview" else kind
    return f"/annotations/{image_id}/{rendition}"


async def _passed_through(request: Request, caller: Caller, path: str) -> Response:
    asked = {name: request.headers[name] for name in ASKED if name in request.headers}
    async with AsyncExitStack() as stack:
        answer = await stack.enter_async_context(caller.api.stream("GET", path, headers=asked))
        headers = {name: answer.headers[name] for name in ANSWERED if name in answer.headers}
        if not headers.get("Content-Type", "").startswith(RASTER):
            headers |= EXTRA
        headers["Cache-Control"] = CACHE_CONTROL
        body = _body(answer, stack.pop_all())
        return StreamingResponse(body, status_code=answer.status_code, headers=headers)


async def _body(answer: httpx.Response, open_until_sent: AsyncExitStack) -> AsyncIterator[bytes]:
    async with open_until_sent:
        async for piece in answer.aiter_raw():
            yield piece
