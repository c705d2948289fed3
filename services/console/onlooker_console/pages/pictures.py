"""The gallery: the pictures of a search, and what it can be narrowed by."""

import asyncio
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from onlooker_console.apis import Api, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.counting import count, refuse_unknown
from onlooker_console.facets import facets, jumps
from onlooker_console.filters import chips
from onlooker_console.people.called import names
from onlooker_console.search import Search
from onlooker_console.suggestions import suggestions
from onlooker_console.tiles import Grouping, days, grouping
from onlooker_console.views import Views
from onlooker_console.zones import zone_of

PATH = "/console/pictures"
PAGE_SIZE = 60
LARGEST_PAGE = 480
"""What is fetched at once when somebody comes back to where they were."""
SUGGESTIONS = 8
LONGEST_TYPED = 100
"""Characters beyond which nothing is suggested."""
OWN = ("cursor", "count", "by")
"""Parameters that are no part of the search."""
BOXES_COOKIE = "onlooker_boxes"


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/pictures")

    @router.get("")
    async def show(request: Request, caller: SignedIn, cursor: str | None = None) -> Response:
        """Show the page."""
        search = _search(request)
        found, counts, people = await asyncio.gather(
            attempt(_find(caller.api, search, PAGE_SIZE, cursor)),
            attempt(_count(caller.api, search)),
            names(caller.api, search.all("person_id")),
        )
        images = found.value["images"] if found.value else ()
        by = grouping(images, by_time=_by_time(search))
        status = found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK
        return views.page(
            request,
            "pictures.html",
            status=status,
            search=search,
            found=found,
            days=days(images, by, zone_of(request)),
            by=by,
            counts=counts,
            chips=chips(search, PATH, people),
            facets=facets(counts.value, search, PATH) if counts.value else (),
            jumps=jumps(counts.value, search, PATH) if counts.value else (),
            boxes=with_boxes(request),
            since=datetime.now(UTC).isoformat(),
            first=cursor is None,
        )

    @router.get("/more")
    async def more(
        request: Request,
        caller: SignedIn,
        cursor: str | None = None,
        count: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE_SIZE,
        by: Grouping = "day",
    ) -> Response:
        """Return the pictures that follow, as a fragment."""
        search = _search(request)
        found = await _find(caller.api, search, count, cursor)
        return views.page(
            request,
            "pictures_more.html",
            search=search,
            days=days(found["images"], by, zone_of(request)),
            cursor=found["cursor"],
            boxes=with_boxes(request),
        )

    @router.get("/facets")
    async def narrow(request: Request, caller: SignedIn) -> Response:
        """Return what a search can be narrowed by now, as a fragment."""
        search = _search(request)
        counts = await _count(caller.api, search)
        groups = facets(counts, search, PATH) if counts else ()
        return views.page(request, "pictures_facets.html", facets=groups)

    @router.get("/suggestions")
    async def suggest(request: Request, caller: SignedIn, q: str = "") -> Response:
        """Say what may be meant by what is typed, as a fragment."""
        answer: dict[str, Any] = {"suggestions": []}
        if q.strip() and len(q) <= LONGEST_TYPED:
            answer = await caller.api.get("/tags/suggestions", {"q": q, "limit": SUGGESTIONS})
        return views.page(request, "suggestions.html", suggestions=suggestions(answer))

    return router


def with_boxes(request: Request) -> bool:
    """Whether somebody wants to see what was recognized drawn into small pictures."""
    return request.cookies.get(BOXES_COOKIE) != "off"


def _search(request: Request) -> Search:
    return Search.read(request.query_params.multi_items(), ignored=OWN)


def _by_time(search: Search) -> bool:
    comparable = search.get("q") or search.get("similar_to")
    return not comparable or search.get("sort") in {"newest", "oldest"}


async def _find(api: Api, search: Search, count: int, cursor: str | None) -> Any:
    """Return one page of pictures.

    Raises:
        RefusedError: the search has a parameter that does not exist, or that the tagger does not take.
        ApiError: the tagger does not answer.
    """
    refuse_unknown(search)
    return await api.get(
        "/tags/images", [*search.given, ("limit", str(count)), *([("cursor", cursor)] if cursor else [])]
    )


async def _count(api: Api, search: Search) -> Any:
    """Return what statistics say of a search; their timeline goes beyond its time. Raises as `_find`.

    Of pictures that are like another one there are none: statistics know of no likeness.
    """
    if search.get("similar_to"):
        return None
    counts, anytime = await count(api, search)
    return {**counts, "timeline": anytime}
