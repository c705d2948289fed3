"""Who may ask about people. They are in pictures of all buckets, so keys that are bound to one are refused."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

from botocore.exceptions import ClientError
from fastapi import Depends, Path

from onlooker_recognizer.people.records import PERSON_ID_PATTERN
from onlooker_recognizer.permissions import DENIED
from onlooker_shared.errors import ForbiddenError, RetryLater, UnavailableError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.web.auth import requires


def everywhere(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """Return a FastAPI dependency that yields the caller, if their key has a scope and is bound to nothing.

    Raises (when a request comes):
        ForbiddenError: the key lacks the scope, or is bound to a bucket or prefix.
    """

    async def principal(caller: Annotated[Principal, Depends(requires(scope))]) -> Principal:
        if caller.bound:
            raise ForbiddenError("People concern all buckets; this access key is bound to a part of them.")
        return caller

    return principal


Reader = Annotated[Principal, Depends(everywhere(Scope.PEOPLE_READ))]
Writer = Annotated[Principal, Depends(everywhere(Scope.PEOPLE_WRITE))]
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
