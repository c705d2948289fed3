"""Calls the other services over HTTP, with the access key of whoever is signed in."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import httpx
from pydantic_core import from_json

from onlooker_console.refusals import Fault, in_words
from onlooker_console.settings import ConsoleSettings
from onlooker_shared.errors import OnlookerError
from onlooker_shared.telemetry.tracing import TRACEPARENT, current_traceparent

T = TypeVar("T")

TIMEOUT = httpx.Timeout(20.0, connect=3.0)
"""Seconds: somebody waits for the page."""
CONNECTIONS = 128
"""Pictures that stream through and questions of pages, together."""
REKOGNITION = "rekognition"
"""The local server, which is no service of ours: it is asked without an access key."""
SERVICES = {
    "v1": "ingest",
    "keys": "ingest",
    "recognitions": "recognizer",
    "people": "recognizer",
    "annotations": "annotator",
    "tags": "tagger",
    "alerts": "notifier",
    "models": REKOGNITION,
}
"""Which service answers below which first part of a path; of `/queues/{name}` and the like it is what
the second begins with, up to a dash."""
WORDS = {
    "ingest": "The store of pictures",
    "recognizer": "Recognition",
    "annotator": "The drawing of pictures",
    "tagger": "Search",
    "notifier": "The sender of alerts",
    REKOGNITION: "The Rekognition server",
}
"""What people call the services."""
AWAY = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT})

REASON, REASON_MISSING = "Onlooker-Reason", "reason_missing"
"""Why somebody asks about people, to the recognizer; and by what it says that this is wanted."""

Parameters = Mapping[str, str | int | float | bool | list[str] | None] | list[tuple[str, str]]


class ApiError(OnlookerError):
    """A service did not do what it was asked to; the text says why, in words for the person at the page.

    Attributes:
        status: what the page is answered with if nothing catches this.
        problem_id: the id under which the service's log has it, if it gave one.
        answer: all that the service answered, if it was JSON; else None.
    """

    status = HTTPStatus.BAD_GATEWAY

    def __init__(self, detail: str, *, problem_id: str | None = None, answer: Any = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problem_id = problem_id
        self.answer = answer


class AwayError(ApiError):
    """A service does not answer, or says that what it needs does not. Trying again helps."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class FailedError(ApiError):
    """A service failed: a fault of Onlooker's own. Its log has the reason under the problem's id."""


class RefusedError(ApiError):
    """A service says that the request was wrong: 400, 403, 404, 409, 413, 422, 429, ..."""

    def __init__(self, status: int, detail: str, *, problem_id: str | None = None, answer: Any = None) -> None:
        super().__init__(detail, problem_id=problem_id, answer=answer)
        self.status = HTTPStatus(status)


class ReasonMissingError(RefusedError):
    """People are shown to nobody who does not say why."""


class KeyRejectedError(ApiError):
    """The access key is not known any more: the session is over."""

    status = HTTPStatus.UNAUTHORIZED


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """What became of a question whose failure leaves a page without one part: a value or an error."""

    value: T | None = None
    error: ApiError | None = None


async def attempt(question: Awaitable[T], *, within: float | None = None) -> Outcome[T]:
    """Return a question's answer, or the error that its part of the page shows in its place.

    Args:
        question: what is asked.
        within: seconds after which the rest of the page waits no longer; None: as long as any request may take.

    Raises:
        KeyRejectedError, ReasonMissingError: nothing of the page can be shown.
    """
    try:
        async with asyncio.timeout(within):
            return Outcome(value=await question)
    except TimeoutError:
        return Outcome(error=AwayError(f"No answer came within {within:g} seconds."))
    except (KeyRejectedError, ReasonMissingError):
        raise
    except ApiError as error:
        return Outcome(error=error)


def open_client() -> httpx.AsyncClient:
    """Return the process's client. It keeps no cookies: those that a gateway sets for one caller are not another's."""
    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
    return httpx.AsyncClient(timeout=TIMEOUT, limits=limits, cookies=no_cookies, trust_env=False)


class Apis:
    """The services, for whomever holds an access key.

    Args:
        http: the process's client, without key.
        settings: where the services answer.
    """

    def __init__(self, http: httpx.AsyncClient, settings: ConsoleSettings) -> None:
        self._http = http
        self._settings = settings

    def with_key(self, access_key: str, reason: str = "") -> "Api":
        """Return the services as the holder of a key may use them; `reason`: why they look at people."""
        return Api(self._http, self._settings, access_key, reason)


class Api:
    """The services with one access key. A path names its service by its first part (see `SERVICES`)."""

    def __init__(self, http: httpx.AsyncClient, settings: ConsoleSettings, access_key: str, reason: str = "") -> None:
        self._http = http
        self._settings = settings
        self._access_key = access_key
        self._headers = {"Authorization": f"Bearer {access_key}"}
        self._why = {REASON: reason} if reason else {}

    def because(self, reason: str) -> "Api":
        """Return the same for who says why they look at people."""
        return Api(self._http, self._settings, self._access_key, reason)

    async def get(self, path: str, parameters: Parameters | None = None, *, service: str | None = None) -> Any:
        """Return the JSON at a path.

        Args:
            path: at the service.
            parameters: of the query; those that are None are left out, lists repeat their name.
            service: whom to ask what every service answers (`/about`); else the path names it.

        Raises:
            AwayError: the service does not answer.
            RefusedError: it says no; ReasonMissingError, if only because nobody said why.
            FailedError: it failed.
            KeyRejectedError: it does not know the access key.
        """
        return await self.send("GET", path, parameters, service=service)

    async def send(
        self,
        method: str,
        path: str,
        parameters: Parameters | None = None,
        json: Any = None,
        *,
        service: str | None = None,
        patience: float | None = None,
    ) -> Any:
        """Make a request and return the JSON of its answer, None if it has none. Raises like `get`.

        `patience`: seconds that the answer may take, where that is longer than `TIMEOUT`.
        """
        service = service or owner(path)
        asked = self.stream(method, path, parameters=parameters, json=json, service=service, patience=patience)
        async with asked as answer:
            body = await answer.aread()
        try:
            return from_json(body) if body else None
        except ValueError as error:  # somebody else answers at its URL
            raise FailedError(f"{WORDS[service]} answered what is no JSON. Look at its URL in the settings.") from error

    @asynccontextmanager
    async def stream(
        self,
        method: str,
        path: str,
        *,
        parameters: Parameters | None = None,
        headers: Mapping[str, str] | None = None,
        content: AsyncIterator[bytes] | None = None,
        json: Any = None,
        service: str | None = None,
        patience: float | None = None,
    ) -> AsyncIterator[httpx.Response]:
        """Make a request whose bodies pass through as they come, and yield its answer. Raises like `get`."""
        service = service or owner(path)
        request = self._http.build_request(
            method,
            f"{self._settings.url_of(service)}{path}",
            params=_given(parameters),
            headers=httpx.Headers({**self._told(service), **_traced(), **(headers or {})}, encoding="utf-8"),
            content=content,
            json=json,
            timeout=TIMEOUT if patience is None else httpx.Timeout(patience, connect=TIMEOUT.connect),
        )
        try:
            answer = await self._http.send(request, stream=True)
        except httpx.TransportError as error:
            raise _away(service) from error
        try:
            if answer.is_error:
                raise await _refusal(service, answer)
            yield answer
        except httpx.TransportError as error:
            raise _away(service) from error
        finally:
            await answer.aclose()

    def _told(self, service: str) -> dict[str, str]:
        """Return who asks, and, who is asked about people, why."""
        if service == REKOGNITION:
            return {}
        return self._headers | (self._why if service == SERVICES["people"] else {})


def owner(path: str) -> str:
    """Return which service answers at a path: ``/tags/images`` is the tagger's, ``/queues/annotator`` the annotator's.

    Raises:
        ValueError: none does.
    """
    first, _, rest = path.lstrip("/").partition("/")
    service = SERVICES.get(first, rest.partition("/")[0].partition("-")[0])
    if service not in WORDS:
        raise ValueError(f"no service answers at {path}")
    return service


def object_path(bucket: str, key: str) -> str:
    """Return a picture's path at ingest; all is percent-encoded, slashes too, so that nothing tidies ``..`` up."""
    return f"/v1/{_segment(bucket)}/{_segment(key)}"


def _segment(text: str) -> str:
    """Return text as one part of a path: not `.` or `..`, by which a client would leave out others."""
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def _given(parameters: Parameters | None) -> Any:
    """Return parameters without those that are None."""
    if isinstance(parameters, Mapping):
        return {name: value for name, value in parameters.items() if value is not None}
    return parameters


def _traced() -> dict[str, str]:
    traceparent = current_traceparent()
    return {} if traceparent is None else {TRACEPARENT: traceparent}


async def _refusal(service: str, answer: httpx.Response) -> ApiError:
    await answer.aread()
    detail, problem_id = f"{WORDS[service]} answered {answer.status_code} {answer.reason_phrase}.", None
    problem = None
    try:
        problem = answer.json()
        detail, problem_id = str(problem["detail"]), problem.get("instance")
        if faults := problem.get("errors"):
            detail = in_words(Fault(**fault) for fault in faults)
    except (ValueError, KeyError, TypeError, AttributeError):
        pass  # a gateway's own page: its status says enough
    if answer.status_code == HTTPStatus.UNAUTHORIZED:
        return KeyRejectedError("Your access key does not work any more.", problem_id=problem_id)
    if answer.status_code in AWAY:
        words = f"{WORDS[service]} does not answer just now. {detail}"
        return AwayError(words, problem_id=problem_id, answer=problem)
    if answer.is_server_error:
        return FailedError(f"{WORDS[service]} failed at this. {detail}", problem_id=problem_id, answer=problem)
    kind = ReasonMissingError if _reason(problem) == REASON_MISSING else RefusedError
    return kind(answer.status_code, detail, problem_id=problem_id, answer=problem)


def _reason(problem: Any) -> Any:
    """Return by what programs are told why they are refused."""
    return problem.get("reason") if isinstance(problem, dict) else None


def _away(service: str) -> AwayError:
    return AwayError(f"{WORDS[service]} does not answer just now. Try again in a moment.")
