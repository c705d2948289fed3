"""What is told to whom, and what was."""

import asyncio
import uuid
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import ImageId
from onlooker_console.alerts.channels import listed as named_channels
from onlooker_console.alerts.channels import way
from onlooker_console.alerts.pictures import Told, told
from onlooker_console.alerts.rules import rules
from onlooker_console.alerts.sent import latency, standing
from onlooker_console.apis import Api, Outcome, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.told import tell
from onlooker_console.views import Views

PAGE = 20
"""Deliveries at a time."""
PICTURED = 12
"""Pictures of a delivery that are shown, at most."""

SENDING = 50.0
"""Seconds: the notifier waits up to 40 for the other side."""

DeliveryId = Annotated[str, Path(pattern="^[0-9]{13}-[0-9a-z-]{1,64}$")]
RequestId = Annotated[str, Form(pattern="^[0-9a-f]{32}$")]
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

    @router.post("/alerts/deliveries/{delivery_id}/again")
    async def send_again(
        request: Request, caller: SignedIn, delivery_id: DeliveryId, request_id: RequestId
    ) -> Response:
        """Send a message again, and say what became of it; a form that is sent twice sends it once."""
        path = f"/alerts/deliveries/{delivery_id}/again"
        again = await caller.api.send("POST", path, json={"request_id": request_id}, patience=SENDING)
        if "HX-Request" in request.headers:
            return views.page(
                request, "alerts_again.html", again=again, delivery_id=delivery_id, request_id=_request_id()
            )
        response = RedirectResponse("/console/alerts#sent", status_code=HTTPStatus.SEE_OTHER)
        sent = again["outcome"]["status"] == "sent"
        tell(response, request, "It was sent again." if sent else f"It was not taken: {again['outcome']['reason']}")
        return response

    @router.post("/alerts/deliveries/{delivery_id}/acknowledge")
    async def acknowledge(request: Request, caller: SignedIn, delivery_id: DeliveryId) -> Response:
        """Say that whoever is signed in sees to it, so that it is not told once more."""
        done = await caller.api.send("POST", f"/alerts/deliveries/{delivery_id}/acknowledge")
        response = RedirectResponse("/console/alerts#sent", status_code=HTTPStatus.SEE_OTHER)
        tell(response, request, f"Acknowledged by {done['by']}." if done["by"] else "It was acknowledged already.")
        return response

    def _page(request: Request, template: str, deliveries: Outcome[Any], **context: Any) -> Response:
        return views.page(
            request,
            template,
            deliveries=deliveries,
            way=way,
            latency=latency,
            standing=standing,
            pictured=PICTURED,
            request_id=_request_id,
            **context,
        )

    return router


def _request_id() -> str:
    """Return what tells one click of a button from another."""
    return uuid.uuid4().hex


async def _deliveries(api: Api, cursor: str | None) -> Any:
    return await api.get("/alerts/deliveries", {"limit": PAGE, "cursor": cursor})


async def _picture(api: Api, image_id: str) -> Told:
    """Return a picture; one of which nothing can be learned now is linked nevertheless."""
    found = await attempt(api.get(f"/tags/images/{image_id}"))
    if found.error is None or found.error.status == HTTPStatus.NOT_FOUND:
        return told(image_id, found.value)
    return Told(image_id)
