"""One picture and what is known of it."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response

from onlooker_console.callers import SignedIn
from onlooker_console.views import Views
from onlooker_shared.images import IMAGE_ID_PATTERN


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/pictures/{image_id}")
    async def show(
        request: Request, caller: SignedIn, image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)]
    ) -> Response:
        """Show a picture."""
        picture = await caller.api.get(f"/tags/images/{image_id}")
        return views.page(request, "picture.html", picture=picture)

    return router
