"""Who read or changed what is known of people: of everybody in a month, or of one person."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from onlooker_console.addresses import PersonId
from onlooker_console.apis import Api, Outcome, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.views import Views

PAGE = 50
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
Month = Annotated[str | None, Query(pattern=MONTH)]
Cursor = Annotated[str | None, Query(max_length=2000)]


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix="/people")

    @router.get("/audit")
    async def show(request: Request, caller: SignedIn, month: Month = None, cursor: Cursor = None) -> Response:
        """Show who did what in a month; in this one, if none is given."""
        found = await _find(caller.api, "/people/audit", month=month, cursor=cursor)
        return _listed(request, found, month=month or "", person_id="")

    @router.get("/{person_id}/audit")
    async def show_of_person(
        request: Request, caller: SignedIn, person_id: PersonId, cursor: Cursor = None
    ) -> Response:
        """Show who did what with one person; also with one who was erased."""
        found = await _find(caller.api, f"/people/{person_id}/audit", cursor=cursor)
        return _listed(request, found, month="", person_id=person_id)

    def _listed(request: Request, found: Outcome[Any], *, month: str, person_id: str) -> Response:
        status = found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK
        return views.page(
            request,
            "people_audit.html",
            status=status,
            found=found,
            month=month,
            this_month=f"{datetime.now(UTC):%Y-%m}",
            person_id=person_id,
        )

    return router


async def _find(api: Api, path: str, **parameters: str | None) -> Outcome[Any]:
    return await attempt(api.get(path, {"limit": PAGE, **parameters}))
