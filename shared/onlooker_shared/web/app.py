"""Makes one HTTP application of one service or several."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPMethod
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi_offline import FastAPIOffline
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onlooker_shared.keys import Principal
from onlooker_shared.keys import Scope as KeyScope
from onlooker_shared.service import Check, Service, Sweep, Swept
from onlooker_shared.telemetry import tracing
from onlooker_shared.telemetry.metrics import REQUESTS
from onlooker_shared.web import about, health, problems, queues
from onlooker_shared.web.auth import Authenticator, requires

STUCK_AFTER = 15 * 60
"""Seconds after which something unfinished counts as stuck, unless a sweep is asked for with another age."""
LONGEST_AGO = 10**9
"""Seconds, before all that is stored; what goes on without end is no time."""
METHODS = frozenset(HTTPMethod)
"""What is counted by its name: a caller may send any word as a method, and each would be kept for good."""

log = structlog.stdlib.get_logger(__name__)


def create_app(
    services: Sequence[Service], authenticator: Authenticator, *, cors_origins: Sequence[str] = ()
) -> FastAPI:
    """Return the application of one service, or of several behind one port.

    Args:
        services: whose routes, checks and sweeps it has.
        authenticator: knows whom an access key belongs to.
        cors_origins: origins whose pages may call it.
    """
    name = services[0].name if len(services) == 1 else "onlooker"
    title = "Onlooker" if name == "onlooker" else f"Onlooker {name}"
    app = FastAPIOffline(title=title, docs_url="/docs", redoc_url=None, static_url="/docs/static")
    app.state.authenticator = authenticator
    problems.install(app)
    for service in services:
        for routes in service.routers:
            _add(app, routes)
        for path, application in service.mounts.items():
            app.mount(path, application)
        if service.sweep is not None:
            _add(app, _sweep_route(service.name, service.sweep))
        for queue_name, queue in service.queues.items():
            _add(app, queues.router(queue_name, queue))
    _add(app, about.router(services, name, datetime.now(UTC)))
    operated = [queue for service in services for queue in service.queues.values()]
    _add(app, health.router(_checks(services), operated))
    app.add_middleware(Telemetry, service=name)
    if cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["*"],
            allow_headers=["*"],
            expose_headers=["Accept-Ranges", "Content-Range", "ETag", "X-Onlooker-Image-Id"],
        )
    return app


def _add(app: FastAPI, routes: APIRouter) -> None:
    """Add routes as they are: `include_router` has the first request wait until each is worked out once more.

    What a router says of its own routes (prefix, tags, dependencies) they have already. Its lifespan is left out: what
    services begin and end, `compose` does.
    """
    app.router.routes.extend(routes.routes)


def _checks(services: Sequence[Service]) -> dict[str, Check]:
    """Return every service's checks, with its name before them where there are several services."""
    return {
        name if len(services) == 1 else f"{service.name}.{name}": check
        for service in services
        for name, check in service.checks.items()
    }


def _sweep_route(name: str, sweep: Sweep) -> APIRouter:
    routes = APIRouter(tags=["operation"])

    @routes.post(f"/sweeps/{name}")
    async def run_sweep(
        _: Annotated[Principal, Depends(requires(KeyScope.ADMIN))],
        older_than: Annotated[
            float, Query(ge=0, le=LONGEST_AGO, allow_inf_nan=False, description="Seconds.")
        ] = STUCK_AFTER,
    ) -> Swept:
        """Send on what got stuck longer ago than this."""
        return await sweep(timedelta(seconds=older_than))

    return routes


class Telemetry:
    """ASGI middleware: a span for each request, continued from the caller's ``traceparent``, its time, its faults.

    Plain ASGI, so that bodies stream through it untouched. Faults are answered here and not further out, where the
    trace has ended already.
    """

    def __init__(self, app: ASGIApp, service: str) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status: int | None = None

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        started = time.perf_counter()
        with tracing.span(scope["method"], tracing.from_headers(Headers(scope=scope))):
            try:
                await self._app(scope, receive, watch)
            except Exception as error:
                tracing.note_failure(error)
                if status is not None:
                    log.exception("http.broken_off", path=scope["path"])
                    raise  # the answer has begun: the server closes the connection, so that nobody takes it for whole
                await problems.fault(Request(scope), error)(scope, receive, watch)
            finally:
                route = _route(scope)
                tracing.rename(f"{scope['method']} {route}")
                method = scope["method"] if scope["method"] in METHODS else "other"
                REQUESTS.labels(self._service, method, route, status or 0).observe(time.perf_counter() - started)


def _route(scope: Scope) -> str:
    """Return the path of the route that answered, with its placeholders; `root_path` is where it is mounted."""
    path = getattr(scope.get("route"), "path", None)
    return "unmatched" if path is None else f"{scope.get('root_path', '')}{path}"
