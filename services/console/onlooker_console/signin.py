"""Signing in with an access key, and out."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console import reasons
from onlooker_console.callers import REASONS, Gate, Why
from onlooker_console.cookie import Cookie
from onlooker_console.security import SIGN_IN, check_csrf, check_origin, local_path
from onlooker_console.sessions import Sessions
from onlooker_console.views import Views
from onlooker_shared.errors import TooManyRequestsError, UnauthorizedError
from onlooker_shared.web.auth import Authenticator

WRONG = "This access key is not known, or has expired. Check that you copied all of it."
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
        cookie: what a session is known by.
        sessions: where sessions begin.
        keys: knows whom an access key belongs to.
    """

    def __init__(self, views: Views, gate: Gate, cookie: Cookie, sessions: Sessions, keys: Authenticator) -> None:
        self._views = views
        self._gate = gate
        self._cookie = cookie
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

    async def show(self, request: Request, to: str = "", why: Why = "") -> Response:
        """Ask for an access key; who is signed in goes on to where they wanted."""
        if not why and await self._gate.find(request) is not None:
            return _go(local_path(to))
        return self._form(request, to, REASONS[why])

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
            return self._form(request, to, WRONG, HTTPStatus.UNAUTHORIZED)
        await self._gate.end(request)  # whose cookie is replaced now, so that nobody else could end it
        session = await self._sessions.open(access_key.strip())
        log.info("console.signed_in", key_id=principal.key_id)
        response = _go(local_path(to))
        self._cookie.set(response, request, session.token)
        return response

    async def sign_out(self, request: Request) -> Response:
        """End the session, and have the browser forget the pictures that it keeps."""
        check_origin(request)
        caller = await self._gate.find(request)
        if caller is not None:
            await check_csrf(request, caller.csrf_token)
            await self._gate.end(request)
        response = _go(SIGN_IN)
        response.headers["Clear-Site-Data"] = '"cache"'
        self._cookie.clear(response, request)
        reasons.forget(response)
        return response

    def _form(self, request: Request, to: str, why: str, status: int = HTTPStatus.OK) -> Response:
        return self._views.page(request, "signin.html", status=status, to=local_path(to), why=why)


def _go(path: str) -> Response:
    return RedirectResponse(path, status_code=HTTPStatus.SEE_OTHER)
