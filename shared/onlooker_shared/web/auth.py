"""Asks every API call for an access key with the right scope."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from onlooker_shared.errors import ForbiddenError, UnauthorizedError
from onlooker_shared.keys import Principal, Scope

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="onlooker"'}

_bearer = HTTPBearer(auto_error=False, description="An Onlooker access key.")


class Authenticator(Protocol):
    """Knows whom an access key belongs to."""

    async def authenticate(self, key: str) -> Principal:
        """Return whom a key belongs to, or raise UnauthorizedError."""


def requires(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """Return a FastAPI dependency that yields the caller, if their key has a scope.

    The application's `state.authenticator` looks the key up.

    Raises (when a request comes):
        UnauthorizedError: no key, or one that is unknown or expired.
        ForbiddenError: the key lacks the scope.
    """

    async def principal(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
    ) -> Principal:
        if credentials is None:
            raise UnauthorizedError("Send an access key as 'Authorization: Bearer olk_...'.", headers=CHALLENGE)
        authenticator: Authenticator = request.app.state.authenticator
        found = await authenticator.authenticate(credentials.credentials)
        if not found.may(scope):
            raise ForbiddenError(f"This access key lacks the scope '{scope}'.")
        return found

    return principal
