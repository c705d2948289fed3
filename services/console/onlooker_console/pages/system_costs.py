"""What the calls of Rekognition cost, month by month."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from onlooker_console.apis import Api, RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.costs import Bill, bill
from onlooker_console.views import Views

MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"
Month = Annotated[str | None, Query(pattern=MONTH)]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()

    @router.get("/system/costs")
    async def show(request: Request, caller: SignedIn, month: Month = None) -> Response:
        """Show a month; the present one, if none is given."""
        found = await attempt(_bill(caller.api, month))
        return views.page(
            request,
            "system_costs.html",
            status=found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK,
            found=found,
            month=month,
            this_month=f"{datetime.now(UTC):%Y-%m}",
        )

    @router.get("/system/costs/now")
    async def show_now(request: Request, caller: SignedIn) -> Response:
        """Show on the page System how the present month stands."""
        return views.page(request, "system_costs_now.html", found=await attempt(_bill(caller.api, None)))

    return router


async def _bill(api: Api, month: str | None) -> Bill:
    return bill(await api.get("/recognitions/costs", {"month": month}))
