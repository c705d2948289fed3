"""The gallery: every picture, newest first."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.apis import attempt
from onlooker_console.callers import SignedIn
from onlooker_console.views import Views

PAGE_SIZE = 60


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/pictures")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show the newest pictures."""
        found = await attempt(caller.api.get("/tags/images", {"limit": PAGE_SIZE}))
        return views.page(request, "pictures.html", found=found)

    return router
