"""Why somebody looks at people: asked for where the installation wants to know it, and changed by who wants to."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console import reasons
from onlooker_console.callers import SignedIn
from onlooker_console.people.cards import PATH
from onlooker_console.security import local_path
from onlooker_console.told import tell
from onlooker_console.views import Views

Words = Annotated[str, Form(max_length=10 * reasons.LONGEST)]


def routes(views: Views) -> APIRouter:
    """Return the routes. They come before those of one person, whose paths look like these."""
    router = APIRouter(prefix="/people/reason")

    @router.get("")
    async def show(request: Request, _: SignedIn, to: str = PATH, needed: bool = False) -> Response:
        """Ask why somebody looks at people; `needed`: they cannot go on without."""
        return views.page(request, "people_reason.html", to=local_path(to), needed=needed, longest=reasons.LONGEST)

    @router.post("")
    async def keep(
        request: Request, caller: SignedIn, reason: Words = "", to: Annotated[str, Form()] = PATH
    ) -> Response:
        """Keep what they say, and lead to where they wanted."""
        said = reasons.said(reason)
        response = RedirectResponse(local_path(to), status_code=HTTPStatus.SEE_OTHER)
        reasons.keep(response, request, caller.session, said)
        tell(response, request, "Noted with what you do from now on." if said else "No reason is noted any more.")
        return response

    return router
