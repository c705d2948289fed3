"""Errors as RFC 9457 problem documents, with an id that the log has too."""

import logging
import uuid
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from onlooker_shared.errors import ProblemError, UnavailableError, describe
from onlooker_shared.outages import is_outage
from onlooker_shared.telemetry.tracing import current_trace_id

MEDIA_TYPE = "application/problem+json"
DETAILS = {
    HTTPStatus.NOT_FOUND: "Nothing is at this path.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This path does not take this method; `Allow` names those it takes.",
}
"""What Starlette's own errors say no more about than their name."""

log = structlog.stdlib.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Make an application answer every expected error with a problem document; `fault` answers the others."""
    app.add_exception_handler(ProblemError, _problem_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)
    app.add_exception_handler(ClientDisconnect, _client_left)


def problem(
    request: Request,
    status: HTTPStatus,
    detail: str,
    *,
    headers: dict[str, str] | None = None,
    error: BaseException | None = None,
    logged: str | None = None,
    **more: Any,
) -> JSONResponse:
    """Return a problem document and log it: a caller's mistake as information, a fault of ours with its stack.

    What could not be done because something else is away is neither: a warning says what did not answer.

    Args:
        request: what is answered.
        status: the HTTP status.
        detail: what was wrong and what to do.
        headers: extra response headers.
        error: the fault behind a 5xx.
        logged: what the log says in place of the detail.
        more: extension members (RFC 9457, section 3.2).
    """
    problem_id = str(uuid.uuid4())
    log.log(
        _level(status, error),
        "http.problem",
        problem_id=problem_id,
        status=int(status),
        detail=logged or detail,
        method=request.method,
        path=request.url.path,
        **_reason(error),
    )
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": detail,
        "instance": f"urn:uuid:{problem_id}",
        "trace_id": current_trace_id(),
        **more,
    }
    return JSONResponse(body, status_code=status, headers=headers, media_type=MEDIA_TYPE)


def _level(status: HTTPStatus, error: BaseException | None) -> int:
    if status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return logging.INFO
    return logging.WARNING if error is not None and is_outage(error) else logging.ERROR


def _reason(error: BaseException | None) -> dict[str, object]:
    """Return what the log says of an error: of an outage what did not answer, of a fault its stack."""
    if error is None:
        return {}
    return {"reason": describe(error.__cause__ or error)} if is_outage(error) else {"exc_info": error}


def fault(request: Request, error: Exception) -> JSONResponse:
    """Return the problem document for an unexpected error: it says no more than the id that the log has too.

    Where something outside is away, it says so: trying again helps then, and not after a fault of ours.
    """
    if is_outage(error):
        away = UnavailableError("Something that Onlooker needs does not answer just now; try again.")
        return problem(request, away.status, away.detail, headers=away.headers, error=error)
    return problem(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "Onlooker failed at this. The log has the reason under the id in `instance`.",
        error=error,
    )


async def _problem_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, ProblemError)  # noqa: S101 - Starlette's handler type is wider than its registration
    ours = error if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR else None
    return problem(
        request, error.status, error.detail, headers=error.headers, error=ours, logged=error.logged, **error.more
    )


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - see above
    faults = [
        {
            "location": ".".join(str(part) for part in fault["loc"]),
            "kind": fault["type"],
            "message": fault["msg"].removeprefix("Value error, "),  # pydantic's word for what our own checks say
        }
        for fault in error.errors()
    ]
    detail = "; ".join(f"{fault['location']}: {fault['message']}" for fault in faults)
    return problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, errors=faults)


async def _http_exception(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - see above
    status = HTTPStatus(error.status_code)
    detail = DETAILS.get(status, error.detail) if error.detail == status.phrase else error.detail
    return problem(request, status, detail, headers=dict(error.headers or {}))


async def _client_left(request: Request, _: Exception) -> Response:
    """Note that the caller went away in the middle of its request; nobody reads the answer."""
    log.info("http.client_left", method=request.method, path=request.url.path)
    return Response(status_code=HTTPStatus.BAD_REQUEST)
