"""Puts the console together: an application of its own below ``/console``, with its own errors and headers."""

from http import HTTPStatus

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import RedirectResponse, Response

from onlooker_console.callers import Gate
from onlooker_console.failures import ErrorPages, Faults
from onlooker_console.pages import alerts, dashboard, images, picture, pictures, system, upload
from onlooker_console.security import HOME, SecurityHeaders
from onlooker_console.sessions import Sessions
from onlooker_console.signin import SignIn
from onlooker_console.statics import Assets
from onlooker_console.views import Views
from onlooker_shared.web.auth import Authenticator

PAGES = (pictures, images, picture, upload, dashboard, alerts, system)
"""Every page's module: all of them stand behind the gate."""


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


def create_console(views: Views, assets: Assets, gate: Gate, sessions: Sessions, keys: Authenticator) -> FastAPI:
    """Return the application that is mounted at ``/console``."""
    app = FastAPI(title="Onlooker console", openapi_url=None)
    errors = ErrorPages(views)
    errors.install(app)
    app.include_router(SignIn(views, gate, sessions, keys).routes())
    for page in PAGES:
        app.include_router(page.routes(views), dependencies=[Depends(gate.admit)])
    app.mount("/static", assets)
    app.add_middleware(Faults, answer=errors.fault)
    app.add_middleware(SecurityHeaders)
    return app
