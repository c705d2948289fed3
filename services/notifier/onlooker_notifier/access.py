"""Who may see and change what alerts tell."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends

from onlooker_shared.errors import ForbiddenError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires


def unbound(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """Return a dependency that refuses keys without a scope, and those that are bound to a bucket or prefix.

    One message tells of pictures from everywhere.
    """

    async def check(caller: Annotated[Principal, Depends(requires(scope))]) -> Principal:
        if caller.bound:
            raise ForbiddenError("Alerts tell of all buckets; this key is bound to one.")
        return caller

    return check
