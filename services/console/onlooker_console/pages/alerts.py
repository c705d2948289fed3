"""What is told to whom, and what was."""

import asyncio
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from onlooker_console.addresses import ImageId
from onlooker_console.alerts.channels import listed as named_channels
from onlooker_console.alerts.channels import way
from onlooker_console.alerts.pictures import Told, told
from onlooker_console.alerts.rules import rules
from onlooker_console.alerts.sent import latency
from onlooker_console.apis import Api, Outcome, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.views import Views

PAGE = 20
"""Deliveries at a time."""
PICTURED = 12
"""Pictures of a delivery that are shown, at most."""

Cursor = Annotated[str | None, Query(max_length=1000)]
ImageIds = Annotated[list[ImageId], Query(max_length=PICTURED)]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/alerts")
    async def show(request: Request, caller: SignedIn, cursor: Cursor = None) -> Response:
        """Show the page, with the deliveries after a cursor."""
        listed, channels, deliveries = await asyncio.gather(
            attempt(caller.api.get("/alerts/rules")),
            attempt(caller.api.get("/alerts/channels")),
            attempt(_deliveries(caller.api, cursor)),
        )
        ways = named_channels(channels.value["channels"]) if channels.value else ()
        found = None if listed.value is None else rules(listed.value, ways)
        return _page(request, "alerts.html", deliveries, rules=found, rules_error=listed.error, cursor=cursor)

    @router.get("/alerts/more")
    async def show_more(request: Request, caller: SignedIn, cursor: Cursor = None) -> Response:
        """Show more deliveries below those that are there."""
        return _page(request, "alerts_more.html", Outcome(value=await _deliveries(caller.api, cursor)))

    @router.get("/alerts/pictures")
    async def show_pictures(request: Request, caller: SignedIn, image_id: ImageIds, pictures: int = 0) -> Response:
        """Show the first pictures that a delivery told of."""
        shown = await asyncio.gather(*(_picture(caller.api, each) for each in image_id))
        return views.page(request, "alerts_pictures.html", shown=shown, more=max(0, pictures - len(shown)))

    def _page(request: Request, template: str, deliveries: Outcome[Any], **context: Any) -> Response:
        return views.page(
            request, template, deliveries=deliveries, way=way, latency=latency, pictured=PICTURED, **context
        )

    return router


async def _deliveries(api: Api, cursor: str | None) -> Any:
    return await api.get("/alerts/deliveries", {"limit": PAGE, "cursor": cursor})


async def _picture(api: Api, image_id: str) -> Told:
    """Return a picture; one of which nothing can be learned now is linked nevertheless."""
    found = await attempt(api.get(f"/tags/images/{image_id}"))
    if found.error is None or found.error.status == HTTPStatus.NOT_FOUND:
        return told(image_id, found.value)
    return Told(image_id)
