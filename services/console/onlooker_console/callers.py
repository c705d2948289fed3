"""Who is signed in: every page's routes stand behind `Gate.admit`."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Request

from onlooker_console.apis import Api, Apis
from onlooker_console.cookie import Cookie
from onlooker_console.reasons import reason_of
from onlooker_console.security import SAFE_METHODS, check_csrf, check_origin
from onlooker_console.sessions import Session, Sessions
from onlooker_shared.errors import OnlookerError, UnauthorizedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import Authenticator

Why = Literal["", "ended", "revoked"]
REASONS: dict[Why, str] = {
    "": "",
    "ended": "Your session has ended. Sign in again.",
    "revoked": "Your access key does not work any more: it was revoked, or has expired.",
}
"""Why somebody has to sign in; nothing for those who were not signed in before."""


class SignInError(OnlookerError):
    """Somebody has to sign in first."""

    def __init__(self, why: Why = "") -> None:
        super().__init__(REASONS[why] or "Sign in first.")
        self.why = why


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in."""

    session: Session
    principal: Principal
    api: Api
    """The other services, with this caller's access key."""
    reason: str = ""
    """Why they look at people, if they said so."""

    @property
    def csrf_token(self) -> str:
        """What every form and script of the page sends along."""
        return self.session.csrf_token

    def may(self, scope: str) -> bool:
        """Whether the access key has a scope: what it has not is not offered."""
        return self.principal.may(Scope(scope))

    @property
    def operates(self) -> bool:
        """Whether the services would tell of queues and access keys, which concern all buckets."""
        return self.may(Scope.ADMIN) and not self.principal.bound


class Gate:
    """Lets those in who are signed in."""

    def __init__(self, cookie: Cookie, sessions: Sessions, keys: Authenticator, apis: Apis) -> None:
        self._cookie = cookie
        self._sessions = sessions
        self._keys = keys
        self._apis = apis

    async def find(self, request: Request) -> Caller | None:
        """Return who is signed in; None if nobody is.

        Raises:
            SignInError: the session is over, or its access key does not work any more.
            UnavailableError: DynamoDB does not answer.
        """
        token = self._cookie.read(request)
        if token is None:
            return None
        session = await self._sessions.find(token)
        if session is None:
            raise SignInError("ended")
        try:
            principal = await self._keys.authenticate(session.access_key)
        except UnauthorizedError as error:
            raise SignInError("revoked") from error
        reason = reason_of(request, session)
        return Caller(session, principal, self._apis.with_key(session.access_key, reason), reason)

    async def end(self, request: Request) -> None:
        """End the session that a request belongs to, if any. Raises UnavailableError if DynamoDB does not answer."""
        token = self._cookie.read(request)
        if token is not None:
            await self._sessions.close(token)

    async def admit(self, request: Request) -> None:
        """Put who is signed in on the request, and refuse what their own pages did not send.

        Raises:
            SignInError: nobody is signed in.
            ForbiddenError: another site's page sent it, or one of another session.
            UnavailableError: DynamoDB does not answer.
        """
        caller = await self.find(request)
        if caller is None:
            raise SignInError
        request.state.caller = caller
        if request.method not in SAFE_METHODS:
            check_origin(request)
            await check_csrf(request, caller.csrf_token)


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


SignedIn = Annotated[Caller, Depends(_caller)]
"""A page's parameter: who is signed in."""
