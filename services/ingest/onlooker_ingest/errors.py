"""The answer that only this service gives, beside those in `onlooker_shared.errors`."""

from http import HTTPStatus

from onlooker_shared.errors import ProblemError


class RangeNotSatisfiableError(ProblemError):
    """The range that was asked for lies outside the object."""

    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
