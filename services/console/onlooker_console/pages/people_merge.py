"""Two who are one: asked first, side by side, then merged."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import MAX_NAME, PersonId
from onlooker_console.callers import SignedIn
from onlooker_console.people import asking
from onlooker_console.people.cards import PATH, who_stays
from onlooker_console.told import tell
from onlooker_console.views import Views

MOST_AT_ONCE = 20
"""People who are merged by one form."""
Chosen = Annotated[list[PersonId], Query(max_length=MOST_AT_ONCE)]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/people/merge")

    @router.get("")
    async def confirm(
        request: Request,
        caller: SignedIn,
        person: Annotated[Chosen | None, Query()] = None,
        name: Annotated[str, Query(max_length=MAX_NAME)] = "",
        called: PersonId | None = None,
    ) -> Response:
        """Ask whether people are one: those with these ids, and those of a name.

        One who is only about to get the name of the others is `called` so otherwise, if it is somebody else.
        """
        namesakes = await asking.called(caller.api, name.strip()) if name.strip() else ()
        people = await asking.cards(caller.api, [*(person or ()), *(each.person_id for each in namesakes)])
        newcomer = next((each for each in people if each.person_id == called), None)
        others = [each for each in people if each.person_id != called]
        return views.page(
            request,
            "people_merge.html",
            people=people,
            stays=who_stays(others or people),
            name=name.strip(),
            newcomer=newcomer,
            taken=others[0].name if newcomer and others else "",
        )

    @router.post("")
    async def merge(
        request: Request,
        caller: SignedIn,
        person: Annotated[list[PersonId], Form(max_length=MOST_AT_ONCE)],
        into: Annotated[PersonId, Form()],
    ) -> Response:
        """Make people one, and lead to them."""
        await asking.merge(caller.api, person, into)
        response = RedirectResponse(f"{PATH}/{into}", status_code=HTTPStatus.SEE_OTHER)
        tell(response, request, "They are one person now. Older pictures follow within a moment.")
        return response

    return router
