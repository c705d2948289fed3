"""What a client is told when it is refused, or when nothing answers."""

from collections.abc import Mapping
from typing import Any

import httpx

from onlooker_shared.errors import OnlookerError

UNAUTHORIZED = 401
FORBIDDEN = 403
NOT_FOUND = 404
"""Statuses that some commands have a better answer to than to end."""


class ApiError(OnlookerError):
    """The API refused; the text says why.

    Attributes:
        status: the HTTP status; 0 if nothing answered.
        problem_id: the id under which the service's log has it, if it gave one.
        retry_after: seconds after which the same request may well succeed, if the service said so.
        problem: all of the problem document, with what it says for programs; empty if there was none.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        problem_id: str | None = None,
        retry_after: float | None = None,
        problem: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.problem_id = problem_id
        self.retry_after = retry_after
        self.problem = problem or {}

    @property
    def reason(self) -> str | None:
        """Why it refused, in a word for programs, if it gave one."""
        reason = self.problem.get("reason")
        return None if reason is None else str(reason)


def unreachable(url: httpx.URL, error: httpx.TransportError) -> ApiError:
    """Return the error for an installation that does not answer."""
    return ApiError(0, f"Nothing answers at {url} ({type(error).__name__}). Is `onlooker up` running?")


def refusal_of(answer: httpx.Response) -> ApiError:
    """Return the error for an answer that is none."""
    seconds = answer.headers.get("Retry-After", "")
    retry_after = float(seconds) if seconds.isdecimal() else None
    try:
        problem = answer.json()
        return ApiError(answer.status_code, problem["detail"], problem.get("instance"), retry_after, problem)
    except (ValueError, KeyError, TypeError):
        return foreign(answer, retry_after)


def foreign(answer: httpx.Response, retry_after: float | None = None) -> ApiError:
    """Return the error for an answer that no service of Onlooker gives: of a proxy before it, or of somebody else."""
    status = f"{answer.status_code} {answer.reason_phrase}"
    words = f"{answer.url.copy_with(query=None)} answers {status}, which is no answer of Onlooker."
    return ApiError(answer.status_code, f"{words} Is ONLOOKER_URL right, and Onlooker up?", retry_after=retry_after)
