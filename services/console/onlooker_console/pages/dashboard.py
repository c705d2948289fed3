"""What is in the pictures of a search, in figures and charts."""

import asyncio
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.apis import Api, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.counting import Counts, Timeline, count, timeline
from onlooker_console.facets import Option, facets
from onlooker_console.filters import chips
from onlooker_console.history import MOST_PEOPLE, over_time
from onlooker_console.panels import Panel, cloud, counted
from onlooker_console.periods import Interval, choices, shorter
from onlooker_console.search import Search
from onlooker_console.views import Views

PATH = "/console/dashboard"


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/dashboard")
    async def show(request: Request, caller: SignedIn, interval: Interval | None = None) -> Response:
        """Show the page."""
        given = Search.read(request.query_params.multi_items(), ignored=("interval",))
        search = Search(given.filters, given.unknown)
        found = await attempt(count(caller.api, search))
        if not found.value:
            status = found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK
            return views.page(request, "dashboard.html", status=status, search=search, trouble=found.error)
        counts, anytime = found.value
        history = await attempt(_history(caller.api, search, counts, interval))
        intervals, panels = history.value or ((), ())
        return views.page(
            request,
            "dashboard.html",
            trouble=None,
            search=search,
            counts=counts,
            chips=chips(search, PATH),
            facets=facets({**counts, "timeline": anytime}, search, PATH),
            cloud=cloud(counts, search),
            panels={panel.name: panel for panel in (*counted(counts, search), *panels)},
            history=history,
            intervals=intervals,
        )

    return router


async def _history(
    api: Api, search: Search, counts: Counts, wanted: Interval | None
) -> tuple[tuple[Option, ...], tuple[Panel, ...]]:
    """Return links to how long periods may be, and the panels of what was when, in those wanted if they may be.

    Raises:
        ApiError: the tagger does not answer.
    """
    interval, periods = await _periods(api, search, counts["timeline"])
    possible = choices(interval, periods)
    if wanted != interval and wanted in possible:
        interval, periods = wanted, await timeline(api, search, wanted)
    names = [each["name"] for each in counts["persons"][:MOST_PEOPLE]]
    theirs = await asyncio.gather(*(timeline(api, search.adding("person", name), interval) for name in names))
    links = tuple(
        Option(each.capitalize(), f"{PATH}?{urlencode([*search.given, ('interval', each)])}", on=each == interval)
        for each in possible
    )
    return links, over_time(periods, dict(zip(names, theirs, strict=True)), interval, search)


async def _periods(api: Api, search: Search, months: Timeline) -> tuple[Interval, Timeline]:
    """Return the timeline that tells most, and how long its periods are."""
    interval: Interval = "month"
    periods = months
    while following := shorter(interval, periods):
        interval, periods = following, await timeline(api, search, following)
    return interval, periods
