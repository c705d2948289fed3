"""Puts pictures in from the browser: each streams through to ingest, and is followed until it is recognized."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, Response

from onlooker_console.addresses import ImageId
from onlooker_console.apis import Api, ApiError, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.security import WITH_CAMERA
from onlooker_console.uploads.destinations import destinations
from onlooker_console.uploads.form import Form
from onlooker_console.uploads.outcomes import progress, sent
from onlooker_console.uploads.sending import pieces, send
from onlooker_console.views import Views

FOLLOWED = 24
"""Pictures that are asked for at once: as many questions to the index, so a page with more asks for them in turn."""
ROOM = 64 * 1024
"""Bytes of a form beside its files."""


def routes(views: Views, pictures_bucket: str) -> APIRouter:
    """Return the routes.

    Args:
        views: the pages.
        pictures_bucket: what is uploaded there is recognized.
    """
    router = APIRouter(prefix="/upload")
    limit = views.settings.max_upload_bytes

    @router.get("")
    async def show(request: Request, caller: SignedIn, folder: str = "") -> Response:
        """Show the page."""
        buckets, folders = await asyncio.gather(attempt(caller.api.get("/v1/")), attempt(_folders(caller.api)))
        refused = isinstance(buckets.error, RefusedError)  # who may only write has no list of them, but can upload
        return views.page(
            request,
            "upload.html",
            headers=WITH_CAMERA,
            destinations=destinations(buckets.value, caller.principal, pictures_bucket),
            trouble=None if refused else buckets.error,
            folders=folders.value or (),
            folder=folder or caller.principal.prefix,
            limit=limit,
            followed=FOLLOWED,
        )

    @router.put("/{bucket}/{key:path}", max_body_size=limit)
    async def receive(
        request: Request,
        caller: SignedIn,
        bucket: str,
        key: str,
        content_length: Annotated[int | None, Header()] = None,
        if_none_match: Annotated[str | None, Header()] = None,
    ) -> Response:
        """Store the body as a picture; with ``If-None-Match: *`` only if there is none of that name (412)."""
        replace = if_none_match is None
        image_id = await send(caller.api, bucket, key, pieces(request), size=content_length, replace=replace)
        return JSONResponse({"image_id": image_id})

    @router.get("/progress")
    async def follow(
        caller: SignedIn, image_id: Annotated[list[ImageId], Query(alias="id", max_length=FOLLOWED)]
    ) -> Response:
        """Say of some pictures what was found in them; nothing of those that are not recognized yet."""
        found = await asyncio.gather(*(_find(caller.api, each) for each in image_id))
        return JSONResponse({"pictures": [progress(each) for each in found if each is not None]})

    @router.post("", max_body_size=limit + ROOM)
    async def receive_form(request: Request, caller: SignedIn) -> Response:
        """Store what a browser without scripts sends, all files in one body, and show what became of each."""
        async with request.form() as fields:
            form = Form.read(fields)
            outcomes = [(file, await attempt(form.store(caller.api, file))) for file in form.files]
        results = [sent(form.key(file), outcome) for file, outcome in outcomes]
        return views.page(request, "upload_sent.html", results=results, folder=form.folder)

    return router


async def _folders(api: Api) -> list[str]:
    """Return folders that have pictures already, those with most first."""
    counts = await api.get("/tags/statistics", {"include": ["folders"]})
    return [folder["name"] for folder in counts["folders"] if folder["name"]]


async def _find(api: Api, image_id: str) -> Any:
    """Return a picture's document, None if there is none yet. Raises ApiError if search does not answer."""
    try:
        return await api.get(f"/tags/images/{image_id}")
    except ApiError as error:
        if error.status == HTTPStatus.NOT_FOUND:
            return None
        raise
