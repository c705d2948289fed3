"""``/alerts/links/{token}``: what the links in mails lead to. No access key is asked for: who has a link may do it.

Mail programs and scanners open links before anybody reads the mail: to open one changes nothing, only its button does.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from onlooker_notifier.following.desk import Desk
from onlooker_notifier.following.pages import page
from onlooker_notifier.links.linking import ACKNOWLEDGE, MUTES, PATH

ANY = "/{token:path}"
"""Also what has more behind it: what no route takes is written into the log, link and all."""

Do = Annotated[str | None, Query(description=f"`{ACKNOWLEDGE}`, or one of {', '.join(f'`{each}`' for each in MUTES)}.")]


def router(desk: Desk) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix=PATH, tags=["alerts"], default_response_class=HTMLResponse)

    @routes.get(ANY)
    async def show_link(token: str, do: Do = None) -> HTMLResponse:
        """Show what a link does, with a button that does it. The page changes nothing by itself."""
        return await desk.show(token, do)

    @routes.head(ANY, include_in_schema=False)
    async def look_at_link(token: str, do: Do = None) -> HTMLResponse:
        """Answer as if it was shown."""
        return await desk.show(token, do)

    @routes.post(ANY)
    async def follow_link(token: str, do: Do = None) -> HTMLResponse:
        """Do what a link says: mute a rule, or acknowledge a message."""
        return await desk.do(token, do)

    @routes.api_route(ANY, methods=["PUT", "PATCH", "DELETE", "OPTIONS"], include_in_schema=False)
    async def refuse(token: str) -> HTMLResponse:  # noqa: ARG001 - an error would write it into the log
        """Answer that a link is not to be called like that."""
        words = "A link is opened, and its button pressed."
        headers = {"Allow": "GET, HEAD, POST"}
        return page("Not like this", words, status=HTTPStatus.METHOD_NOT_ALLOWED, headers=headers)

    return routes
