"""What can be done with a picture: have it recognized again, and delete it."""

import asyncio
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import ImageId
from onlooker_console.apis import Api, ApiError, RefusedError, object_path
from onlooker_console.callers import SignedIn
from onlooker_console.pages.picture import ask, came_from
from onlooker_console.picture.known import Known
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_shared.errors import NotFoundError

PATH = "/console/pictures"
LOOKS = 8
"""How often is looked whether a deleted picture is out of the search, so that the gallery does not show it any more."""
PAUSE = 0.25
"""Seconds between."""


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/pictures/{image_id}")

    @router.post("/again")
    async def again(request: Request, caller: SignedIn, image_id: ImageId) -> Response:
        """Have the picture recognized again, and lead back to it; the page waits for the new result."""
        asked = await caller.api.send("POST", f"/recognitions/{image_id}")
        query = urlencode([*came_from(request).given, ("again", asked["requested_at"])])
        return RedirectResponse(f"{PATH}/{image_id}?{query}", status_code=HTTPStatus.SEE_OTHER)

    @router.get("/delete")
    async def confirm(request: Request, caller: SignedIn, image_id: ImageId) -> Response:
        """Ask whether the picture is really to go."""
        picture = await _known(caller, image_id)
        return views.page(request, "picture_delete.html", picture=picture, search=came_from(request))

    @router.post("/delete")
    async def delete(request: Request, caller: SignedIn, image_id: ImageId) -> Response:
        """Delete the picture, and lead back to the search that somebody came from."""
        picture = await _known(caller, image_id)
        try:
            await caller.api.send("DELETE", object_path(picture.bucket, picture.key))
        except RefusedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            # it is gone already: what is known of it goes as well
        await _until_forgotten(caller.api, image_id)
        response = RedirectResponse(came_from(request).at(PATH), status_code=HTTPStatus.SEE_OTHER)
        tell(response, request, f"{picture.name} is deleted.")
        return response

    return router


async def _known(caller: SignedIn, image_id: str) -> Known:
    """Return a picture.

    Raises:
        NotFoundError: there is no such one.
        ApiError: whoever would know does not answer.
    """
    asked = await ask(caller, image_id)
    if asked.known is not None:
        return asked.known
    if asked.troubles:
        raise asked.troubles[0]
    raise NotFoundError("There is no such picture (any more).")


async def _until_forgotten(api: Api, image_id: str) -> None:
    """Wait a moment until the index has let go of a picture; it does so later, too."""
    for _ in range(LOOKS):
        try:
            await api.get(f"/tags/images/{image_id}")
        except ApiError:
            return
        await asyncio.sleep(PAUSE)
