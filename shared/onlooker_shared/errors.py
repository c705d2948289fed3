"""The errors that Onlooker expects.

    OnlookerError
    ├── ProblemError            a caller's mistake or a state they must know of: becomes an RFC 9457 problem document
    │   ├── BadRequestError         400
    │   ├── UnauthorizedError       401
    │   ├── ForbiddenError          403
    │   ├── NotFoundError           404
    │   ├── TooSlowError            408
    │   ├── ConflictError           409
    │   ├── PreconditionFailedError 412
    │   ├── TooLargeError           413
    │   ├── UnsupportedMediaError   415
    │   ├── UnprocessableError      422
    │   ├── TooManyRequestsError    429
    │   └── UnavailableError        503
    ├── RetryLater              a message's work cannot be done now: it becomes visible again after a delay
    ├── Reject                  a message's work can never be done: it goes to the dead-letter queue with the reason
    └── ConfigurationError      the process cannot start like this; the text says what to set
        └── SettingsError           a variable of the environment has no sensible value; the text names it

Anything else that is raised is a fault of Onlooker's own: logged with its stack, answered by 500, or retried with
back-off.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

RETRY_AFTER = "5"
"""Seconds: AWS's clients have tried for about as long before an outage is told."""


class OnlookerError(Exception):
    """Root of every error that Onlooker raises on purpose."""


class ProblemError(OnlookerError):
    """Something the caller can understand and mend.

    Args:
        detail: what was wrong with this very request and what to do about it, in one or two sentences.
        headers: extra response headers, such as ``Retry-After``.
        more: what programs are told besides, such as a ``reason`` (RFC 9457, section 3.2: extension members).
        logged: what the log says in place of a detail that names somebody.
    """

    status: ClassVar[HTTPStatus]

    def __init__(
        self,
        detail: str,
        *,
        headers: dict[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
        logged: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}
        self.more = more or {}
        self.logged = logged or detail


class BadRequestError(ProblemError):
    """The request is malformed."""

    status = HTTPStatus.BAD_REQUEST


class UnauthorizedError(ProblemError):
    """No access key came with the request, or one that is unknown or expired."""

    status = HTTPStatus.UNAUTHORIZED


class ForbiddenError(ProblemError):
    """The access key does not allow this, or nobody may do it."""

    status = HTTPStatus.FORBIDDEN


class NotFoundError(ProblemError):
    """What was asked for does not exist."""

    status = HTTPStatus.NOT_FOUND


class TooSlowError(ProblemError):
    """The body comes too slowly."""

    status = HTTPStatus.REQUEST_TIMEOUT


class ConflictError(ProblemError):
    """The state that the request assumed is not the state that is."""

    status = HTTPStatus.CONFLICT


class PreconditionFailedError(ProblemError):
    """A condition in the request's headers does not hold."""

    status = HTTPStatus.PRECONDITION_FAILED


class TooLargeError(ProblemError):
    """The body is larger than the limit."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaError(ProblemError):
    """The body is not of a kind that is taken."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class UnprocessableError(ProblemError):
    """The request is understood, and what it holds cannot be used; it names why."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class TooManyRequestsError(ProblemError):
    """The caller, or everybody together, asks faster than is allowed."""

    status = HTTPStatus.TOO_MANY_REQUESTS


class UnavailableError(ProblemError):
    """Something that this service needs does not answer. The caller is told when to try again."""

    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(self, detail: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail, headers={"Retry-After": RETRY_AFTER, **(headers or {})})


class RetryLater(OnlookerError):  # noqa: N818 - an instruction to the consumer, read as one where it is raised
    """A message's work cannot be done now.

    Args:
        reason: why, for the log and, at the last attempt, the dead-letter queue.
        delay: seconds until the message may be received again; None lets the back-off decide.
        pause: whether the whole consumer should stop receiving for that time, because what failed (a service
            that is down) would fail the next message just as well.
    """

    def __init__(self, reason: str, *, delay: float | None = None, pause: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.delay = delay
        self.pause = pause


class Reject(OnlookerError):  # noqa: N818 - see RetryLater
    """A message's work can never be done, however often it is tried.

    Args:
        reason: what is wrong with it, in words for the person who looks into the dead-letter queue.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ConfigurationError(OnlookerError):
    """The process cannot start with these settings or in this surrounding."""


class SettingsError(ConfigurationError):
    """A variable of the environment has no sensible value."""


def describe(error: BaseException) -> str:
    """Return an error as one line: its type and text."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
