"""Who is signed in: every page's routes stand behind `Gate.admit`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from onlooker_console.apis import Api, Apis
from onlooker_console.security import SAFE_METHODS, check_csrf, check_origin
from onlooker_console.sessions import Session, Sessions
from onlooker_shared.errors import OnlookerError, UnauthorizedError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import Authenticator

COOKIE = "onlooker_session"
ENDED = "Your session has ended. Sign in again."
REVOKED = "Your access key does not work any more: it was revoked or has expired."


class SignInError(OnlookerError):
    """Somebody has to sign in first; the text says why, and is empty for those who were not signed in before."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who is signed in."""

    session: Session
    principal: Principal
    api: Api
    """The other services, with this caller's access key."""

    @property
    def csrf_token(self) -> str:
        """What every form and script of the page sends along."""
        return self.session.csrf_token

    def may(self, scope: str) -> bool:
        """Whether the access key has a scope: what it has not is not offered."""
        return self.principal.may(Scope(scope))


class Gate:
    """Lets those in who are signed in."""

    def __init__(self, sessions: Sessions, keys: Authenticator, apis: Apis) -> None:
        self._sessions = sessions
        self._keys = keys
        self._apis = apis

    async def find(self, request: Request) -> Caller | None:
        """Return who is signed in; None if nobody is.

        Raises:
            SignInError: the session is over, or its access key does not work any more.
            UnavailableError: DynamoDB does not answer.
        """
        token = request.cookies.get(COOKIE)
        if token is None:
            return None
        session = await self._sessions.find(token)
        if session is None:
            raise SignInError(ENDED)
        try:
            principal = await self._keys.authenticate(session.access_key)
        except UnauthorizedError as error:
            raise SignInError(REVOKED) from error  # the session stays, so that the sign-in page can say this too
        return Caller(session, principal, self._apis.with_key(session.access_key))

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
