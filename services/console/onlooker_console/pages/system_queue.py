"""One queue: what waits in it, what could not be worked on and why, and trying that again."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console import waiting
from onlooker_console.apis import owner
from onlooker_console.callers import SignedIn
from onlooker_console.processes import TITLES
from onlooker_console.views import Views

Count = Annotated[int | None, Query(ge=0)]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/system/queues")

    @router.get("/{name}")
    async def show(
        request: Request, caller: SignedIn, name: waiting.QueueName, sent: Count = None, left: Count = None
    ) -> Response:
        """Show the page; `sent` and `left` say what became of dead letters just now."""
        queue = await waiting.report(caller.api, name)
        return views.page(
            request,
            "system_queue.html",
            queue=queue,
            name=name,
            title=TITLES[owner(f"/queues/{name}")],
            sent=sent,
            left=left,
        )

    @router.post("/{name}/redrive")
    async def redrive(
        caller: SignedIn, name: waiting.QueueName, message_id: Annotated[str | None, Form(max_length=200)] = None
    ) -> Response:
        """Send dead letters through the queue again, and show the queue."""
        done = await waiting.send_again(caller.api, name, message_id)
        query = urlencode({"sent": done.count, "left": done.left})
        return RedirectResponse(f"/console/system/queues/{name}?{query}", status_code=HTTPStatus.SEE_OTHER)

    return router
