"""Puts pictures in from the browser."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.views import Views


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/upload")
    async def show(request: Request) -> Response:
        """Show the page."""
        return views.page(request, "upload.html")

    return router
