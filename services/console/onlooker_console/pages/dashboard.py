"""What is in the pictures of a search, in figures and charts."""

import asyncio
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console.apis import Api, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.counting import PATH as STATISTICS
from onlooker_console.counting import Timeline, count, refuse_unknown, timeline
from onlooker_console.facets import Option, facets
from onlooker_console.filters import chips
from onlooker_console.history import MOST_PEOPLE, over_time, visits
from onlooker_console.panels import Panel, cloud, counted
from onlooker_console.people.called import names
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
        search = _search(request)
        found = await attempt(count(caller.api, search))
        if not found.value:
            status = found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK
            return views.page(request, "dashboard.html", status=status, search=search, trouble=found.error)
        counts, anytime = found.value
        history, people = await asyncio.gather(
            attempt(_history(caller.api, search, counts["timeline"], interval)),
            names(caller.api, search.all("person_id")),
        )
        chosen, possible, periods = history.value or ("month", (), [])
        return views.page(
            request,
            "dashboard.html",
            trouble=None,
            search=search,
            counts=counts,
            chips=chips(search, PATH, people),
            facets=facets({**counts, "timeline": anytime}, search, PATH),
            cloud=cloud(counts, search),
            panels={panel.name: panel for panel in (*counted(counts, search), *over_time(periods, chosen, search))},
            history=history,
            intervals=_links(search, possible, chosen),
            people=f"{PATH}/people?{_with(search, chosen)}",
        )

    @router.get("/dashboard/people")
    async def show_people(request: Request, caller: SignedIn, interval: Interval = "month") -> Response:
        """Show who was seen when: a part of the page that comes after the rest, as it takes many questions."""
        search = _search(request)
        panel = await _visits(caller.api, search, interval)
        return views.page(request, "dashboard_people.html", panel=panel, back=search.at(PATH))

    return router


def _search(request: Request) -> Search:
    given = Search.read(request.query_params.multi_items(), ignored=("interval",))
    return Search(given.filters, given.unknown)


async def _history(
    api: Api, search: Search, months: Timeline, wanted: Interval | None
) -> tuple[Interval, tuple[Interval, ...], Timeline]:
    """Return how long periods are, as wanted or as they tell most, how long they may be, and the periods.

    Raises:
        ApiError: the tagger does not answer.
    """
    interval, periods = await _periods(api, search, months)
    possible = choices(interval, periods)
    if wanted != interval and wanted in possible:
        interval, periods = wanted, await timeline(api, search, wanted)
    return interval, possible, periods


async def _visits(api: Api, search: Search, interval: Interval) -> Panel | None:
    """Return the panel of who was seen when; None if there is nobody. Raises as `_history`."""
    refuse_unknown(search)
    wanted = [("interval", interval), ("include", "persons"), ("include", "timeline")]
    counts = await api.get(STATISTICS, [*search.filters, *wanted])
    names = [each["name"] for each in counts["persons"][:MOST_PEOPLE]]
    theirs = await asyncio.gather(*(timeline(api, search.adding("person", name), interval) for name in names))
    return visits(counts["timeline"], dict(zip(names, theirs, strict=True)), interval, search) if names else None


def _links(search: Search, possible: tuple[Interval, ...], chosen: Interval) -> tuple[Option, ...]:
    return tuple(Option(each.capitalize(), f"{PATH}?{_with(search, each)}", on=each == chosen) for each in possible)


def _with(search: Search, interval: Interval) -> str:
    return urlencode([*search.given, ("interval", interval)])


async def _periods(api: Api, search: Search, months: Timeline) -> tuple[Interval, Timeline]:
    """Return the timeline that tells most, and how long its periods are."""
    interval: Interval = "month"
    periods = months
    while following := shorter(interval, periods):
        interval, periods = following, await timeline(api, search, following)
    return interval, periods
