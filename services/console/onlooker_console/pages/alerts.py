"""What is told to whom, and what was."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.apis import attempt
from onlooker_console.callers import SignedIn
from onlooker_console.views import Views


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/alerts")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show the page."""
        rules, deliveries = await asyncio.gather(
            attempt(caller.api.get("/alerts/rules")), attempt(caller.api.get("/alerts/deliveries", {"limit": 50}))
        )
        return views.page(request, "alerts.html", rules=rules, deliveries=deliveries)

    return router
