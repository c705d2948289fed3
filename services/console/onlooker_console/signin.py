"""Signing in with an access key, and out."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.callers import COOKIE, Gate, SignInError
from onlooker_console.security import check_csrf, check_origin, local_path
from onlooker_console.sessions import Session, Sessions
from onlooker_console.views import Views
from onlooker_shared.errors import TooManyRequestsError, UnauthorizedError
from onlooker_shared.web.auth import Authenticator

COOKIE_PATH = "/console"
ATTEMPTS = 20
"""Wrong keys that one address may send in a `WINDOW`. A key of 256 random bits cannot be guessed;
this spares DynamoDB."""
WINDOW = 60.0
"""Seconds."""
ADDRESSES = 10_000
"""Addresses remembered at most; beyond, all are forgotten."""

log = structlog.stdlib.get_logger(__name__)


class Failures:
    """Counts wrong keys by the address that they came from."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._counts: dict[str, tuple[float, int]] = {}

    def check(self, address: str) -> None:
        """Raise TooManyRequestsError if there were too many."""
        since, count = self._counts.get(address, (0.0, 0))
        left = since + WINDOW - self._monotonic()
        if count >= ATTEMPTS and left > 0:
            raise TooManyRequestsError(
                "Too many wrong keys came from here. Wait a minute, then try again.",
                headers={"Retry-After": str(int(left) + 1)},
            )

    def note(self, address: str) -> None:
        """Count one more."""
        now = self._monotonic()
        since, count = self._counts.get(address, (now, 0))
        if len(self._counts) >= ADDRESSES:
            self._counts.clear()
        self._counts[address] = (since, count + 1) if now < since + WINDOW else (now, 1)


class SignIn:
    """Exchanges access keys for sessions.

    Args:
        views: the form.
        gate: knows who is signed in.
        sessions: where sessions begin and end.
        keys: knows whom an access key belongs to.
    """

    def __init__(self, views: Views, gate: Gate, sessions: Sessions, keys: Authenticator) -> None:
        self._views = views
        self._gate = gate
        self._sessions = sessions
        self._keys = keys
        self._failures = Failures()

    def routes(self) -> APIRouter:
        """Return the routes, which are open to everybody."""
        router = APIRouter()
        router.add_api_route("/signin", self.show, methods=["GET"])
        router.add_api_route("/signin", self.sign_in, methods=["POST"])
        router.add_api_route("/signout", self.sign_out, methods=["POST"])
        return router

    async def show(self, request: Request, to: str = "") -> Response:
        """Ask for an access key; who is signed in goes on to where they wanted."""
        try:
            caller = await self._gate.find(request)
        except SignInError as ended:
            return self._without_cookie(self._form(request, to, why=str(ended)), request)
        return self._form(request, to) if caller is None else _go(local_path(to))

    async def sign_in(
        self, request: Request, access_key: Annotated[str, Form(max_length=200)] = "", to: Annotated[str, Form()] = ""
    ) -> Response:
        """Exchange an access key for a session."""
        check_origin(request)
        address = request.client.host if request.client else ""
        self._failures.check(address)
        try:
            principal = await self._keys.authenticate(access_key.strip())
        except UnauthorizedError:
            self._failures.note(address)
            why = "This access key is not known, or has expired. Check that you copied all of it."
            return self._form(request, to, why=why, status=HTTPStatus.UNAUTHORIZED)
        session = await self._sessions.open(access_key.strip())
        log.info("console.signed_in", key_id=principal.key_id)
        return self._with_cookie(_go(local_path(to)), request, session)

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        check_origin(request)
        try:
            caller = await self._gate.find(request)
        except SignInError:
            caller = None
        if caller is not None:
            await check_csrf(request, caller.csrf_token)
            await self._sessions.close(caller.session.token)
        response = self._without_cookie(_go("/console/signin"), request)
        response.headers["Clear-Site-Data"] = '"cache"'  # the pictures that the browser keeps
        return response

    def _form(self, request: Request, to: str, *, why: str = "", status: int = HTTPStatus.OK) -> Response:
        return self._views.page(request, "signin.html", status=status, to=local_path(to), why=why)

    def _with_cookie(self, response: Response, request: Request, session: Session) -> Response:
        response.set_cookie(
            COOKIE,
            session.token,
            max_age=self._sessions.lifetime,
            path=COOKIE_PATH,
            secure=self._secure(request),
            httponly=True,
            samesite="strict",
        )
        return response

    def _without_cookie(self, response: Response, request: Request) -> Response:
        response.delete_cookie(COOKIE, path=COOKIE_PATH, secure=self._secure(request), httponly=True, samesite="strict")
        return response

    def _secure(self, request: Request) -> bool:
        wanted = self._views.settings.secure_cookies
        return request.url.scheme == "https" if wanted == "auto" else wanted == "always"


def _go(path: str) -> Response:
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
