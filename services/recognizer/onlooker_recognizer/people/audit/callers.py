"""Who may ask about people, and why they do.

People are in pictures of all buckets, so keys that are bound to one are refused.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from botocore.exceptions import ClientError
from fastapi import Depends, Header, Path

from onlooker_recognizer.people.audit.log import Actor
from onlooker_recognizer.people.registry.records import PERSON_ID_PATTERN
from onlooker_recognizer.permissions import DENIED
from onlooker_shared.errors import BadRequestError, ForbiddenError, RetryLater, UnavailableError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires

LONGEST_REASON = 500
"""Characters."""
Reason = Annotated[
    str | None,
    Header(
        alias="Onlooker-Reason", max_length=4 * LONGEST_REASON, description="Why; kept in the audit log. Name nobody."
    ),
]


def everywhere(scope: Scope) -> Callable[..., Awaitable[Actor]]:
    """Return a FastAPI dependency that yields the caller, if their key has a scope and is bound to nothing.

    Raises (when a request comes):
        ForbiddenError: the key lacks the scope, or is bound to a bucket or prefix.
        BadRequestError: the reason is too long.
    """

    async def actor(caller: Annotated[Principal, Depends(requires(scope))], reason: Reason = None) -> Actor:
        if caller.bound:
            raise ForbiddenError("People concern all buckets; this access key is bound to a part of them.")
        return Actor(caller.owner, caller.key_id, _readable(reason))

    return actor


Reader = Annotated[Actor, Depends(everywhere(Scope.PEOPLE_READ))]
Writer = Annotated[Actor, Depends(everywhere(Scope.PEOPLE_WRITE))]
Auditor = Annotated[Actor, Depends(everywhere(Scope.PEOPLE_AUDIT))]
Door = Annotated[Actor, Depends(everywhere(Scope.ATTENDANCE_WRITE))]
PersonInPath = Annotated[str, Path(pattern=PERSON_ID_PATTERN)]
FaceInPath = Annotated[str, Path(max_length=100)]


@contextmanager
def asking_rekognition() -> Iterator[None]:
    """Tell callers that Rekognition is too busy, or does not let us, in the words of HTTP.

    Raises:
        UnavailableError: it is.
    """
    try:
        yield
    except RetryLater as busy:
        raise UnavailableError("Rekognition has too much to do just now; try again.") from busy
    except ClientError as error:
        if error.response["Error"]["Code"] not in DENIED:
            raise
        raise UnavailableError(
            f"Rekognition's {error.operation_name} is not allowed, or not offered, to this installation."
        ) from error


def _readable(reason: str | None) -> str | None:
    """Return a header's text, which HTTP takes for Latin-1 and most callers write in UTF-8; None if it says nothing."""
    if reason is None:
        return None
    with contextlib.suppress(UnicodeError):
        reason = reason.encode("latin-1").decode()
    text = " ".join("".join(each if each.isprintable() else " " for each in reason).split())
    if len(text) > LONGEST_REASON:
        raise BadRequestError(f"The header Onlooker-Reason has at most {LONGEST_REASON} characters.")
    return text or None
