"""What happens in the system, and what is wrong with it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.views import Views


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/system")
    async def show(request: Request) -> Response:
        """Show the page."""
        return views.page(request, "system.html")

    return router
