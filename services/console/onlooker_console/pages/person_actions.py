"""What can be done with somebody: name them, and have them be shown or not."""

from http import HTTPStatus
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import Name, PersonId
from onlooker_console.apis import RefusedError
from onlooker_console.callers import SignedIn
from onlooker_console.people import asking
from onlooker_console.people.cards import PATH, card
from onlooker_console.told import tell
from onlooker_console.views import Views


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/people/{person_id}")

    @router.post("/name")
    async def name(
        request: Request,
        caller: SignedIn,
        person_id: PersonId,
        name: Annotated[Name, Form()],
        version: Annotated[int | None, Form()] = None,
        another: Annotated[bool, Form()] = False,
    ) -> Response:
        """Give somebody a name, and answer with their card; without script, lead to their page.

        If somebody is called so already, it is asked first whether they are one.
        """
        try:
            person = await asking.change(caller.api, person_id, {"name": name}, version=version, another=another)
        except RefusedError as refusal:
            if not (others := asking.namesakes(refusal)):
                raise
            return leads(request, asking_whether_one(person_id, others))
        if "HX-Request" in request.headers:
            return views.page(request, "people_card.html", each=card(person), just_named=True)
        response = leads(request, f"{PATH}/{person_id}")
        tell(response, request, f"{person['name']} is named. Older pictures follow within a moment.")
        return response

    @router.post("/state")
    async def state(
        request: Request,
        caller: SignedIn,
        person_id: PersonId,
        state: Annotated[Literal["known", "ignored"], Form()],
    ) -> Response:
        """Have somebody be shown in pictures, or no more."""
        person = await asking.change(caller.api, person_id, {"state": state})
        response = leads(request, f"{PATH}/{person_id}")
        words = "is not shown in pictures any more" if state == "ignored" else "is shown in pictures again"
        tell(response, request, f"{person['name']} {words}.")
        return response

    return router


def asking_whether_one(person_id: str, others: list[str]) -> str:
    """Return the page that asks whether somebody who is to get a name is whoever has it already."""
    return f"{PATH}/merge?{urlencode([('person', each) for each in (person_id, *others)] + [('called', person_id)])}"


def leads(request: Request, path: str) -> Response:
    """Lead to a page, however it was asked for."""
    if "HX-Request" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": path})
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
