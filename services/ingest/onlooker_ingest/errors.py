"""The answers that only this service gives, beside those in `onlooker_shared.errors`."""

from http import HTTPStatus

from onlooker_shared.errors import ProblemError


class TooSlowError(ProblemError):
    """The body comes too slowly."""

    status = HTTPStatus.REQUEST_TIMEOUT


class PreconditionFailedError(ProblemError):
    """A condition in the request's headers does not hold."""

    status = HTTPStatus.PRECONDITION_FAILED


class RangeNotSatisfiableError(ProblemError):
    """The range that was asked for lies outside the object."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
