"""All that is known of somebody: given out, or erased, which is asked first and leads to a receipt."""

from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import PersonId
from onlooker_console.callers import SignedIn
from onlooker_console.pages.images import PassedThrough
from onlooker_console.people import asking
from onlooker_console.people.cards import PATH, card
from onlooker_console.people.erased import receipt
from onlooker_console.views import Views
from onlooker_shared.errors import BadRequestError

NOT_KEPT = "private, no-store"


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix="/people")

    @router.get("/{person_id}/export")
    async def export(caller: SignedIn, person_id: PersonId) -> Response:
        """Pass everything that is stored of somebody through, as a zip."""
        async with AsyncExitStack() as stack:
            answer = await stack.enter_async_context(caller.api.stream("GET", f"/people/{person_id}/export"))
            return PassedThrough(answer, stack.pop_all(), NOT_KEPT)

    @router.get("/{person_id}/erase")
    async def confirm(request: Request, caller: SignedIn, person_id: PersonId) -> Response:
        """Ask whether somebody is to be erased."""
        person = await asking.get(caller.api, person_id)
        return views.page(request, "person_erase.html", person=card(person))

    @router.post("/{person_id}/erase")
    async def erase(caller: SignedIn, person_id: PersonId, sure: Annotated[bool, Form()] = False) -> Response:
        """Erase somebody, and lead to the receipt."""
        if not sure:
            raise BadRequestError("Nothing was done: tick that you are sure, as it cannot be undone.")
        told = await caller.api.send("DELETE", f"/people/{person_id}")
        return RedirectResponse(f"{PATH}/erasures/{told['erasure_id']}", status_code=HTTPStatus.SEE_OTHER)

    @router.get("/erasures/{person_id}")
    async def show(request: Request, caller: SignedIn, person_id: PersonId) -> Response:
        """Show what became of it; as a fragment, to a page that waits for the end."""
        told = receipt(await caller.api.get(f"/people/erasures/{person_id}"))
        template = "people_erasure_now.html" if "HX-Request" in request.headers else "people_erasure.html"
        return views.page(request, template, receipt=told)

    return router
