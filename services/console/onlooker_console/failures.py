"""Errors as pages: in words, with the id under which the log has them; for htmx as a small fragment."""

import uuid
from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from onlooker_console.apis import ApiError, KeyRejectedError, ReasonMissingError
from onlooker_console.callers import Gate, SignInError
from onlooker_console.cookie import Cookie
from onlooker_console.refusals import Fault, in_words
from onlooker_console.security import HOME, SAFE_METHODS, SIGN_IN, is_navigation_from_elsewhere, local_path, wanted_path
from onlooker_console.views import Views
from onlooker_shared.errors import ProblemError
from onlooker_shared.outages import is_outage
from onlooker_shared.telemetry import tracing

TITLES = {
    HTTPStatus.BAD_REQUEST: "That did not work",
    HTTPStatus.UNAUTHORIZED: "Signed out",
    HTTPStatus.FORBIDDEN: "Not allowed",
    HTTPStatus.NOT_FOUND: "Nothing is here",
    HTTPStatus.METHOD_NOT_ALLOWED: "That did not work",
    HTTPStatus.CONFLICT: "Something has changed",
    HTTPStatus.PRECONDITION_FAILED: "Something has changed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Too large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "That did not work",
    HTTPStatus.TOO_MANY_REQUESTS: "Too fast",
    HTTPStatus.SERVICE_UNAVAILABLE: "Not available just now",
}
PEOPLE = "/console/people"
REASON_PAGE = f"{PEOPLE}/reason"
FIRST_PAGES = {
    PEOPLE: "people",
    "/console/alerts/rules": "the rules",
    "/console/alerts/channels": "the channels",
    "/console/system": "the system",
}
"""Of kinds of pages, from which one goes on where one of them is not there."""
OTHERWISE = "Something went wrong"

log = structlog.stdlib.get_logger(__name__)


class ErrorPages:
    """Answers errors with pages.

    Args:
        views: the pages.
        gate: ends sessions whose access key does not work any more.
        cookie: what a session is known by.
    """

    def __init__(self, views: Views, gate: Gate, cookie: Cookie) -> None:
        self._views = views
        self._gate = gate
        self._cookie = cookie

    def install(self, app: FastAPI) -> None:
        """Make an application answer every expected error with a page; `Faults` answers the others."""
        app.add_exception_handler(SignInError, self._sign_in)
        app.add_exception_handler(KeyRejectedError, self._key_rejected)
        app.add_exception_handler(ReasonMissingError, self._reason_missing)
        app.add_exception_handler(ApiError, self._api_error)
        app.add_exception_handler(ProblemError, self._problem)
        app.add_exception_handler(RequestValidationError, self._invalid)
        app.add_exception_handler(HTTPException, self._http)
        app.add_exception_handler(ClientDisconnect, self._left)

    def fault(self, request: Request, error: Exception) -> Response:
        """Return the page for an error that nobody expected, and log it."""
        problem_id = f"urn:uuid:{uuid.uuid4()}"
        log.error("console.fault", problem_id=problem_id, path=request.url.path, exc_info=error)
        if is_outage(error):
            detail = "Something that Onlooker needs does not answer just now. Try again in a moment."
            return self._page(request, HTTPStatus.SERVICE_UNAVAILABLE, detail, problem_id)
        detail = "The console failed at this. Its log has the reason under the id below."
        return self._page(request, HTTPStatus.INTERNAL_SERVER_ERROR, detail, problem_id)

    def too_large(self, request: Request) -> Response:
        """Return the page for a body that was not read, being larger than its place takes."""
        detail = "What was sent is larger than this takes. Send less at once."
        return self._page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)

    async def _sign_in(self, request: Request, error: Exception) -> Response:
        """Lead to the sign-in page; a link on another site first leads to a page of ours, which gets the cookie."""
        assert isinstance(error, SignInError)  # noqa: S101 - Starlette's handler type is wider than its registration
        target = f"{SIGN_IN}?{urlencode({'to': wanted_path(request), 'why': error.why})}"
        if is_navigation_from_elsewhere(request):
            return self._views.page(request, "arrive.html", target=target)
        response: Response = RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)
        if _by_script(request):
            headers = {"HX-Redirect": target}
            response = self._page(request, HTTPStatus.UNAUTHORIZED, str(error), headers=headers)
        if error.why:
            await self._gate.end(request)
            self._cookie.clear(response, request)
        return response

    async def _key_rejected(self, request: Request, _: Exception) -> Response:
        return await self._sign_in(request, SignInError("revoked"))

    async def _reason_missing(self, request: Request, error: Exception) -> Response:
        """Lead to the page that asks why somebody looks at people, and from there to where they wanted."""
        assert isinstance(error, ReasonMissingError)  # noqa: S101 - see above
        target = f"{REASON_PAGE}?{urlencode({'to': wanted_path(request), 'needed': 'true'})}"
        if _by_script(request):
            return self._page(request, error.status, error.detail, headers={"HX-Redirect": target})
        return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)

    async def _api_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, ApiError)  # noqa: S101 - see above
        return self._page(request, error.status, error.detail, error.problem_id)

    async def _problem(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, ProblemError)  # noqa: S101 - see above
        return self._page(request, error.status, error.detail, headers=error.headers)

    async def _invalid(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - see above
        faults = (Fault(".".join(map(str, each["loc"])), each["type"], each["msg"]) for each in error.errors())
        return self._page(request, HTTPStatus.UNPROCESSABLE_ENTITY, in_words(faults))

    async def _http(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - see above
        status = HTTPStatus(error.status_code)
        detail = "There is no such page." if status == HTTPStatus.NOT_FOUND else f"{error.detail}."
        return self._page(request, status, detail, headers=dict(error.headers or {}))

    async def _left(self, _: Request, __: Exception) -> Response:
        return Response(status_code=HTTPStatus.BAD_REQUEST)  # nobody reads it

    def _page(
        self,
        request: Request,
        status: HTTPStatus,
        detail: str,
        problem_id: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response:
        title = TITLES.get(status, OTHERWISE)
        template = "error_fragment.html" if _by_script(request) else "error.html"
        back, words = _back(request)
        return self._views.page(
            request,
            template,
            status=status,
            headers=headers,
            title=title,
            detail=detail,
            problem_id=problem_id,
            back=back,
            back_words=words,
        )


class Faults:
    """ASGI middleware that answers what nobody expected with a page. What was sent already is broken off."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            tracing.note_failure(error)
            await self._answer(Request(scope), error)(scope, receive, watch)


class Oversized:
    """ASGI middleware around an application with limits of bodies: a page in place of FastAPI's bare words.

    They are answered outside of the application's own middleware and handlers of errors, so only from around all.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[Request], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        refused = False

        async def watch(message: Message) -> None:
            nonlocal refused
            refused = refused or _is_bare_refusal(message)
            if not refused:
                await send(message)

        await self._app(scope, receive, watch)
        if refused:
            await self._answer(Request(scope))(scope, receive, send)


def _is_bare_refusal(message: Message) -> bool:
    return (
        message["type"] == "http.response.start"
        and message["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        and not Headers(raw=message["headers"]).get("Content-Type", "").startswith("text/html")
    )


def _back(request: Request) -> tuple[str, str]:
    """Return the page to go on from, and what to call it: where a form was sent from, else the first of its kind."""
    if request.method not in SAFE_METHODS and "Referer" in request.headers:
        return local_path(wanted_path(request)), "Back"
    first = (each for each in FIRST_PAGES if request.url.path.startswith(f"{each}/"))
    return next(((path, f"Back to {FIRST_PAGES[path]}") for path in first), (HOME, "Back to the pictures"))


def _by_script(request: Request) -> bool:
    """Whether htmx, a script or a picture's place asked, which have no use for a whole page."""
    destination = request.headers.get("Sec-Fetch-Dest", "document")
    return "HX-Request" in request.headers or destination != "document"
