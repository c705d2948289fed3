"""Tells the gallery of new pictures while somebody looks at it."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import Response

from onlooker_console.callers import SignedIn
from onlooker_console.live import Event, Live
from onlooker_console.lookouts import Change, Lookouts
from onlooker_console.pages.pictures import with_boxes
from onlooker_console.search import Search
from onlooker_console.tiles import tile
from onlooker_console.views import Views
from onlooker_console.zones import zone_of
from onlooker_shared.errors import BadRequestError

MARGIN = timedelta(minutes=1)
"""By which two machines' clocks may differ, and by which what a page shows may be older than the page."""


def routes(views: Views, live: Live) -> APIRouter:
    """Return the routes."""
    router, lookouts = APIRouter(), Lookouts()

    @router.get("/pictures/live")
    async def follow(
        request: Request, caller: SignedIn, since: datetime, last_event_id: Annotated[datetime | None, Header()] = None
    ) -> Response:
        """Tell of new pictures of a search, and of those that are gone, from a time on."""
        search = Search.read(request.query_params.multi_items(), ignored=("since",))
        try:
            known = ((last_event_id or since).astimezone(UTC) - MARGIN).isoformat()
        except OverflowError as error:
            raise BadRequestError("Nothing can be known since the beginning of all years.") from error
        boxes, zone = with_boxes(request), zone_of(request)

        def told(change: Change) -> Event:
            tiles = [tile(each, zone) for each in change.found]
            fragment = views.fragment("pictures_new.html", found=tiles, search=search, boxes=boxes) if tiles else ""
            data = {"tiles": fragment, "gone": change.gone, "trouble": change.trouble}
            return Event("change", data, datetime.now(UTC).isoformat())

        async def events() -> AsyncGenerator[Event, None]:
            changes = lookouts.follow(caller.api, caller.principal.key_id, search, known)
            try:
                async for change in changes:
                    yield told(change)
            finally:
                await changes.aclose()

        return live.answer(events())

    return router
