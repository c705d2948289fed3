"""Who was there on a day: when they came, when they left; as a page, and as a table for other programs.

And the page of a device at the door, before whose camera people sign in and out.
"""

from contextlib import AsyncExitStack
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic_core import from_json

from onlooker_console.apis import RefusedError, attempt
from onlooker_console.callers import SignedIn
from onlooker_console.pages.images import PassedThrough
from onlooker_console.security import WITH_CAMERA
from onlooker_console.uploads.sending import pieces
from onlooker_console.views import Views
from onlooker_console.zones import zone_of

ATTENDANCE = "/people/attendance"
NOT_KEPT = "private, no-store"
ONE_DAY = timedelta(days=1)
MAX_PICTURE_BYTES = 4 * 1024 * 1024
"""Of a picture by which somebody signs in or out: the page at the door sends smaller ones."""


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix=ATTENDANCE)

    @router.get("")
    async def show(request: Request, caller: SignedIn, day: date | None = None) -> Response:
        """Show who was there on a day of the reader's time zone; today, if none is given."""
        zone = zone_of(request)
        today = datetime.now(UTC).astimezone(zone).date()
        wanted = day or today
        found = await attempt(caller.api.get(ATTENDANCE, _asked(request, wanted)))
        status = found.error.status if isinstance(found.error, RefusedError) else HTTPStatus.OK
        return views.page(
            request,
            "people_attendance.html",
            status=status,
            found=found,
            day=wanted.isoformat(),
            today=wanted == today,
            before=(wanted - ONE_DAY).isoformat() if wanted > date.min else "",
            after=(wanted + ONE_DAY).isoformat() if wanted < today else "",
        )

    @router.get("/door")
    async def door(request: Request, _: SignedIn) -> Response:
        """Show the page of a device at the door."""
        return views.page(request, "people_attendance_door.html", headers=WITH_CAMERA)

    @router.post("", max_body_size=MAX_PICTURE_BYTES)
    async def sign(
        request: Request, caller: SignedIn, content_type: Annotated[str, Header()] = "image/jpeg"
    ) -> Response:
        """Sign in or out whoever is known in a picture, and say who that was."""
        headers = {"Content-Type": content_type}
        async with caller.api.stream("POST", ATTENDANCE, headers=headers, content=pieces(request)) as answer:
            return JSONResponse(from_json(await answer.aread()))

    @router.get(".csv")
    async def download(request: Request, caller: SignedIn, day: date) -> Response:
        """Pass the table of a day through."""
        async with AsyncExitStack() as stack:
            asked = {**_asked(request, day), "format": "csv"}
            answer = await stack.enter_async_context(caller.api.stream("GET", ATTENDANCE, parameters=asked))
            return PassedThrough(answer, stack.pop_all(), NOT_KEPT)

    return router


def _asked(request: Request, day: date) -> dict[str, str]:
    """Return which day is meant, and where."""
    zone = zone_of(request)
    return {"day": day.isoformat(), "time_zone": zone.key if isinstance(zone, ZoneInfo) else "UTC"}
