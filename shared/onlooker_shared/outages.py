"""What to do while something outside does not answer: put the work back and let the whole consumer rest.

An outage is nobody's fault in the queue, so it must neither use up a message's attempts nor be hammered at.
"""

import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's own, which is no OSError
    HTTPClientError,
    IncompleteReadError,
    ResponseStreamingError,
)

from onlooker_shared.errors import RetryLater, UnavailableError, describe

SHORTEST, LONGEST = 2.0, 300.0
"""Seconds of one rest. SQS counts each receive: 50 of them last for hours at this pace."""

THROTTLED = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Codes by which AWS refuses a call for being one of too many, most of them with the status 400 (botocore,
`retries/standard.py`). It has tried again by then."""
UNREACHABLE = (ConnectionError, HTTPClientError, IncompleteReadError, ResponseStreamingError)


def is_outage(error: BaseException) -> bool:
    """Whether something failed because what it needs is away, broken or overrun, not because of what was asked."""
    if isinstance(error, ClientError):
        status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return status >= HTTPStatus.INTERNAL_SERVER_ERROR or error.response.get("Error", {}).get("Code") in THROTTLED
    return isinstance(error, (*UNREACHABLE, UnavailableError))


class Outages:
    """Says how long to rest: half as long as it has lasted already, so that it is over at most half late.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since: float | None = None

    @contextmanager
    def weathered(self) -> Generator[None, None, None]:
        """Run the block; an outage in it becomes `RetryLater` with a pause for the whole consumer.

        Raises:
            RetryLater: something does not answer.
            Exception: whatever else the block raises.
        """
        try:
            yield
        except UnavailableError as error:
            raise RetryLater(error.detail, delay=self._rest(), pause=True) from error
        except (BotoCoreError, ClientError) as error:
            if not is_outage(error):
                raise
            raise RetryLater(describe(error), delay=self._rest(), pause=True) from error
        self._since = None

    def _rest(self) -> float:
        now = self._clock()
        if self._since is None:
            self._since = now
        return min(LONGEST, max(SHORTEST, (now - self._since) / 2))
