"""What somebody agreed to: recorded, shown, and withdrawn."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import PersonId
from onlooker_console.apis import Api, RefusedError
from onlooker_console.callers import SignedIn
from onlooker_console.people import asking
from onlooker_console.people.cards import PATH, card
from onlooker_console.people.enrolling import Wish, consent, last_day
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_shared.errors import BadRequestError

ConsentId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, Form(max_length=1000)]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/people/{person_id}/consents")

    @router.get("")
    async def show(request: Request, caller: SignedIn, person_id: PersonId) -> Response:
        """Show what somebody agreed to, and the form to record more."""
        return await _page(views, request, caller.api, person_id)

    @router.post("")
    async def record(
        request: Request,
        caller: SignedIn,
        person_id: PersonId,
        given_by: Words = "",
        purpose: Words = "",
        until: Words = "",
    ) -> Response:
        """Record that somebody agreed."""
        wish = Wish(given_by=given_by, purpose=purpose, until=until)
        try:
            await caller.api.send("POST", f"/people/{person_id}/consents", json=consent(given_by, purpose, until))
        except BadRequestError as error:
            return await _page(views, request, caller.api, person_id, wish, error.detail, error.status)
        except RefusedError as refusal:
            return await _page(views, request, caller.api, person_id, wish, refusal.detail, refusal.status)
        return _leads(request, person_id, "The consent is recorded.")

    @router.post("/{consent_id}/withdraw")
    async def withdraw(
        request: Request,
        caller: SignedIn,
        person_id: PersonId,
        consent_id: ConsentId,
        sure: Annotated[bool, Form()] = False,
    ) -> Response:
        """End a consent."""
        if not sure:
            raise BadRequestError("Nothing was done: tick that you are sure, as it cannot be undone.")
        await caller.api.send("DELETE", f"/people/{person_id}/consents/{consent_id}")
        return _leads(request, person_id, "The consent is withdrawn.")

    return router


async def _page(
    views: Views,
    request: Request,
    api: Api,
    person_id: str,
    wish: Wish | None = None,
    trouble: str = "",
    status: int = HTTPStatus.OK,
) -> Response:
    """Return the page, with what was sent if it was refused. Raises ApiError."""
    person = await asking.get(api, person_id)
    found = await api.get(f"/people/{person_id}/consents")
    return views.page(
        request,
        "person_consents.html",
        status=status,
        person=card(person),
        consents=found["consents"][::-1],
        open=found["open"],
        last_day=last_day,
        wish=wish or Wish(),
        trouble=trouble,
    )


def _leads(request: Request, person_id: str, words: str) -> Response:
    response = RedirectResponse(f"{PATH}/{person_id}/consents", status_code=HTTPStatus.SEE_OTHER)
    tell(response, request, words)
    return response
