"""Says who somebody is by pictures of their face: taken with the camera of whoever is at the page, or from files."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Request
from fastapi.responses import JSONResponse, Response
from pydantic_core import from_json

from onlooker_console import reasons
from onlooker_console.addresses import PersonId
from onlooker_console.apis import RefusedError
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.pages.person_actions import leads
from onlooker_console.people import asking
from onlooker_console.people.cards import PATH, Card, card
from onlooker_console.people.enrolling import MOST, Refused, Wish, enrol, refused
from onlooker_console.security import WITH_CAMERA
from onlooker_console.told import tell
from onlooker_console.uploads.sending import pieces
from onlooker_console.views import Views
from onlooker_shared.errors import BadRequestError

ROOM = 64 * 1024
"""Bytes of a form beside its pictures."""
MAX_LOOK_BYTES = 1024 * 1024
"""Of a picture that is looked at before one is taken: the page sends small ones."""


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix="/people")
    limit = views.settings.max_upload_bytes + ROOM

    @router.get("/new")
    async def show(request: Request, _: SignedIn, name: str = "") -> Response:
        """Show the page on which somebody new is enrolled."""
        return _form(views, request, None, Wish(name=name))

    @router.post("/new", max_body_size=limit)
    async def receive(request: Request, caller: SignedIn) -> Response:
        """Enrol somebody new."""
        return await _receive(views, request, caller, None)

    @router.get("/{person_id}/add")
    async def show_more(request: Request, caller: SignedIn, person_id: PersonId) -> Response:
        """Show the page on which somebody who is known gets more faces."""
        return _form(views, request, card(await asking.get(caller.api, person_id)), Wish())

    @router.post("/{person_id}/add", max_body_size=limit)
    async def receive_more(request: Request, caller: SignedIn, person_id: PersonId) -> Response:
        """Add faces to somebody who is known."""
        return await _receive(views, request, caller, card(await asking.get(caller.api, person_id)))

    @router.post("/look", max_body_size=MAX_LOOK_BYTES)
    async def look(
        request: Request, caller: SignedIn, content_type: Annotated[str, Header()] = "image/jpeg"
    ) -> Response:
        """Say whether the picture that the camera has just now would do, and where the face is."""
        headers = {"Content-Type": content_type}
        async with caller.api.stream("POST", "/people/look", headers=headers, content=pieces(request)) as answer:
            return JSONResponse(from_json(await answer.aread()))

    return router


async def _receive(views: Views, request: Request, caller: Caller, person: Card | None) -> Response:
    """Enrol by what was sent: somebody new, or more faces of a person. Raises ApiError."""
    async with request.form() as form:
        wish = Wish.read(form)
        api = caller.api.because(wish.why) if wish.why else caller.api
        try:
            enrolled = await enrol(api, wish, person.person_id if person else None)
        except BadRequestError as error:
            return _refused(views, request, person, wish, Refused(error.detail))
        except RefusedError as refusal:
            return _refused(views, request, person, wish, refused(refusal))
    who = enrolled["person"]
    response = leads(request, f"{PATH}/{who['person_id']}")
    if wish.why:
        reasons.keep(response, request, caller.session, wish.why)
    tell(response, request, _words(who["name"], enrolled["added"], new=person is None))
    return response


def _refused(views: Views, request: Request, person: Card | None, wish: Wish, refused: Refused) -> Response:
    """Say why nobody was enrolled: beside the pictures, or, without script, on the page anew."""
    if "HX-Request" in request.headers:  # which leaves the page as it is where the status tells of a failure
        return views.page(request, "people_enrol_refused.html", refused=refused)
    return _form(views, request, person, wish, refused)


def _form(views: Views, request: Request, person: Card | None, wish: Wish, refused: Refused | None = None) -> Response:
    """Return the page, filled with what was sent but for the pictures, which have to be chosen anew."""
    return views.page(
        request,
        "people_enrol.html",
        status=refused.status if refused else HTTPStatus.OK,
        headers=WITH_CAMERA,
        person=person,
        wish=wish,
        most=MOST,
        limit=views.settings.max_upload_bytes,
        refused=refused,
    )


def _words(name: str, added: int, *, new: bool) -> str:
    """Return what to say of somebody who was enrolled."""
    if new:
        return f"{name} is known from now on."
    if not added:
        return f"{name} was known by this already."
    return f"{name} is told by {'one face' if added == 1 else f'{added} faces'} more from now on."
