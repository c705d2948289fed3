"""Those who may be one, pair after pair: the same, or not."""

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.apis import RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.people.suggested import pair
from onlooker_console.told import tell
from onlooker_console.views import Views

PATH = "/console/people/suggestions"
MAX_CURSOR = 2000
Cursor = Annotated[str | None, Query(max_length=MAX_CURSOR)]
SuggestionId = Annotated[str, Path(max_length=200)]
Answer = Literal["same", "other"]


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix="/people/suggestions")

    @router.get("")
    async def show(request: Request, caller: SignedIn, cursor: Cursor = None) -> Response:
        """Show two who may be one: those who are most alike, or those who follow the ones that were put off."""
        found = await attempt(caller.api.get("/people/suggestions", {"limit": 1, "cursor": cursor}))
        listed = found.value["suggestions"] if found.value else ()
        return views.page(
            request,
            "people_suggestions.html",
            status=found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK,
            found=found,
            pair=pair(listed[0]) if listed else None,
            here=_at(cursor),
            cursor=cursor,
            later=_at(found.value["cursor"]) if found.value and found.value["cursor"] else "",
        )

    @router.get("/count")
    async def count(request: Request, caller: SignedIn) -> Response:
        """Say how many pairs there are, as a fragment; nothing where that cannot be had."""
        found = await attempt(caller.api.get("/people/suggestions/count"))
        return views.page(request, "people_suggestions_count.html", count=found.value["count"] if found.value else 0)

    @router.post("/{suggestion_id}")
    async def decide(
        request: Request,
        caller: SignedIn,
        suggestion_id: SuggestionId,
        answer: Annotated[Answer, Form()],
        cursor: Annotated[str | None, Form(max_length=MAX_CURSOR)] = None,
    ) -> Response:
        """Say whether two are one, and lead to the next two."""
        path = f"/people/suggestions/{quote(suggestion_id, safe='')}"
        words = "They are one person now. Older pictures follow within a moment."
        if answer == "other":
            words = "They are told apart, and not suggested again."
        try:
            await caller.api.send("POST", path, json={"same": answer == "same"})
        except RefusedError as refusal:
            if refusal.status != HTTPStatus.NOT_FOUND:
                raise
            words = refusal.detail  # somebody else decided, or one of them is gone
        response = RedirectResponse(_at(cursor), status_code=HTTPStatus.SEE_OTHER)
        tell(response, request, words)
        return response

    return router


def _at(cursor: str | None) -> str:
    """Return the page's address behind those that were put off."""
    return f"{PATH}?{urlencode({'cursor': cursor})}" if cursor else PATH
