"""What is in all the pictures, in figures."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.apis import attempt
from onlooker_console.callers import SignedIn
from onlooker_console.views import Views


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/dashboard")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show the page."""
        statistics = await attempt(caller.api.get("/tags/statistics"))
        return views.page(request, "dashboard.html", statistics=statistics)

    return router
