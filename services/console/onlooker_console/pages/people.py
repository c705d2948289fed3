"""Everybody who is known, and strangers who are remembered."""

from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from onlooker_console.addresses import MAX_NAME
from onlooker_console.apis import Api, Outcome, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.people import asking
from onlooker_console.people.cards import card
from onlooker_console.views import Views

PAGE = 60
Show = Literal["everybody", "named", "unknown", "hidden"]
STATES: dict[Show, list[str]] = {
    "everybody": ["known", "unknown"],
    "named": ["known"],
    "unknown": ["unknown"],
    "hidden": ["ignored"],
}
"""What each view shows: states in the recognizer's words."""
Order = Literal["sightings", "last_seen", "name"]
Words = Annotated[str, Query(max_length=MAX_NAME)]
Cursor = Annotated[str | None, Query(max_length=2000)]


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix="/people")

    @router.get("")
    async def show(
        request: Request,
        caller: SignedIn,
        show: Show = "everybody",
        q: Words = "",
        sort: Order = "sightings",
        cursor: Cursor = None,
    ) -> Response:
        """Show the page."""
        found = await attempt(_find(caller.api, show, q, sort, cursor))
        status = found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK
        return _listed(request, "people.html", found, show, q, sort, status=status, first=cursor is None)

    @router.get("/more")
    async def show_more(
        request: Request,
        caller: SignedIn,
        show: Show = "everybody",
        q: Words = "",
        sort: Order = "sightings",
        cursor: Cursor = None,
    ) -> Response:
        """Return those who follow, as a fragment."""
        found = await _find(caller.api, show, q, sort, cursor)
        return _listed(request, "people_more.html", Outcome(value=found), show, q, sort)

    @router.get("/names")
    async def names(request: Request, caller: SignedIn) -> Response:
        """Return the names that a field completes, as a fragment."""
        listed = await caller.api.get("/people", {"state": "known", "sort": "sightings", "limit": asking.SUGGESTED})
        return views.page(request, "people_names.html", names=[each["name"] for each in listed["people"]])

    def _listed(
        request: Request,
        template: str,
        found: Outcome[Any],
        show: Show,
        q: str,
        sort: Order,
        *,
        status: int = HTTPStatus.OK,
        **context: Any,
    ) -> Response:
        def at(**other: str) -> str:
            given = {"show": show, "q": q, "sort": sort, **other}
            kept = {name: value for name, value in given.items() if value and (name, value) not in DEFAULTS}
            return f"?{urlencode(kept)}" if kept else ""

        return views.page(
            request,
            template,
            status=status,
            found=found,
            people=[card(each) for each in found.value["people"]] if found.value else [],
            cursor=found.value["cursor"] if found.value else None,
            show=show,
            q=q,
            sort=sort,
            at=at,
            **context,
        )

    return router


DEFAULTS = frozenset({("show", "everybody"), ("sort", "sightings")})


async def _find(api: Api, show: Show, q: str, sort: Order, cursor: str | None) -> Any:
    """Return one page of people. Raises ApiError."""
    parameters = {"state": STATES[show], "q": q.strip() or None, "sort": sort, "limit": PAGE, "cursor": cursor}
    return await api.get("/people", parameters)
