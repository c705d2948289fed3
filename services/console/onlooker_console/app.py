"""Puts the console together: an application of its own below ``/console``, with its own errors and headers."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from onlooker_console.callers import Gate
from onlooker_console.failures import ErrorPages, Faults, Oversized
from onlooker_console.live import Live
from onlooker_console.pages import (
    alerts,
    alerts_channels,
    alerts_decisions,
    alerts_rulebook,
    alerts_rules,
    dashboard,
    images,
    people,
    people_attendance,
    people_audit,
    people_enrol,
    people_merge,
    people_reason,
    people_suggestions,
    person,
    person_actions,
    person_consents,
    person_erase,
    person_faces,
    picture,
    picture_actions,
    picture_drawing,
    picture_people,
    pictures,
    pictures_live,
    system,
    system_costs,
    system_keys,
    upload,
)
from onlooker_console.security import HOME, SecurityHeaders
from onlooker_console.signin import SignIn
from onlooker_console.statics import Assets
from onlooker_console.views import Views

MAX_FORM_BYTES = 64 * 1024
"""Of a request's body, unless its route says otherwise."""


def entrance() -> APIRouter:
    """Return the routes above the console, which lead to it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    @routes.get("/console")
    @routes.get("/console/")
    async def enter() -> Response:
        """Lead to the first page."""
        return RedirectResponse(HOME, status_code=HTTPStatus.SEE_OTHER)

    return routes


def create_console(
    views: Views, assets: Assets, gate: Gate, sign_in: SignIn, errors: ErrorPages, live: Live, pictures_bucket: str
) -> ASGIApp:
    """Return the application that is mounted at ``/console``: all of its pages stand behind the gate."""
    app = FastAPI(title="Onlooker console", openapi_url=None, redirect_slashes=False, max_body_size=MAX_FORM_BYTES)
    errors.install(app)
    app.include_router(sign_in.routes())
    for page in _pages(views, live, pictures_bucket):
        app.include_router(page, dependencies=[Depends(gate.admit)])
    app.mount("/static", assets)
    app.include_router(_nowhere(), dependencies=[Depends(gate.admit)])
    app.add_middleware(Faults, answer=errors.fault)
    return SecurityHeaders(Oversized(app, errors.too_large))


def _nowhere() -> APIRouter:
    """Return the route of every other path: whoever got lost still has the navigation."""
    routes = APIRouter()

    @routes.get("/{path:path}")
    async def lost() -> Response:
        """Answer that nothing is here."""
        raise HTTPException(HTTPStatus.NOT_FOUND)

    return routes


def _pages(views: Views, live: Live, pictures_bucket: str) -> list[APIRouter]:
    """Return every page's routes."""
    return [
        pictures.routes(views),
        pictures_live.routes(views, live),
        picture.routes(views),
        picture_actions.routes(views),
        picture_drawing.routes(),
        picture_people.routes(),
        images.routes(),
        people.routes(views),
        people_merge.routes(views),
        people_suggestions.routes(views),
        people_enrol.routes(views),
        people_attendance.routes(views),
        people_audit.routes(views),
        people_reason.routes(views),
        person_erase.routes(views),
        person_consents.routes(views),
        person.routes(views),
        person_actions.routes(views),
        person_faces.routes(views),
        upload.routes(views, pictures_bucket),
        dashboard.routes(views),
        alerts.routes(views),
        alerts_channels.routes(views),
        alerts_decisions.routes(views),
        alerts_rulebook.routes(views),
        alerts_rules.routes(views),
        system.routes(views),
        system_costs.routes(views),
        system_keys.routes(views, pictures_bucket),
    ]
