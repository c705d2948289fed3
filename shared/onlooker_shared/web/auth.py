"""Asks every API call for an access key with the right scope."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from onlooker_shared.errors import ForbiddenError, UnauthorizedError
from onlooker_shared.keys import Principal, Scope

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="onlooker"'}

_bearer = HTTPBearer(auto_error=False, description="An Onlooker access key.")


class Authenticator(Protocol):
    """Knows whom an access key belongs to."""

    async def authenticate(self, key: str) -> Principal:
        """Return whom a key belongs to, or raise UnauthorizedError."""


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Principal:
    """Return the caller, whatever their key allows; a FastAPI dependency.

    The application's `state.authenticator` looks the key up.

    Raises:
        UnauthorizedError: no key, or one that is unknown or expired.
    """
    if credentials is None:
        raise UnauthorizedError("Send an access key as 'Authorization: Bearer olk_...'.", headers=CHALLENGE)
    authenticator: Authenticator = request.app.state.authenticator
    return await authenticator.authenticate(credentials.credentials)


def requires(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """Return a FastAPI dependency that yields the caller, if their key has a scope.

    Raises (when a request comes):
        UnauthorizedError: no key, or one that is unknown or expired.
        ForbiddenError: the key lacks the scope.
    """

    async def principal(caller: Annotated[Principal, Depends(authenticated)]) -> Principal:
        if not caller.may(scope):
            raise ForbiddenError(f"This access key lacks the scope '{scope}'.")
        return caller

    return principal


async def operator(caller: Annotated[Principal, Depends(requires(Scope.ADMIN))]) -> Principal:
    """Return the caller, if their key has the scope ``admin`` and is bound to nothing; a FastAPI dependency.

    Raises:
        ForbiddenError: the key is bound to a bucket or prefix, and what is asked for concerns all of them.
    """
    if caller.bound:
        raise ForbiddenError("This concerns all buckets; this access key is bound to a part of them.")
    return caller
