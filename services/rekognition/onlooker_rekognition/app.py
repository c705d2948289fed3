"""The web application: one endpoint for all operations, beside those that watch the server."""

from __future__ import annotations

import asyncio
import dataclasses
import ipaddress
import logging
import re
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from onlooker_rekognition.bodies import Bodies
from onlooker_rekognition.dispatch import Answer, Dispatcher, refusal
from onlooker_rekognition.metrics import Metrics
from onlooker_rekognition.protocol.errors import ServiceError, UnknownOperationError
from onlooker_rekognition.signatures import Signatures
from onlooker_rekognition.weights.manifest import DescribedModel, ManifestError

_CLIENT_GONE = 499
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_GREETING = """\
This is onlooker-rekognition, a local server for clients of Amazon Rekognition. Point one here:

    export AWS_ENDPOINT_URL_REKOGNITION={url}
    aws rekognition list-collections

Clients want a region and credentials; any will do, unless this server was started with --credentials.
/healthz, /readyz and /metrics tell how it is, /models which models it runs.
"""

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-")
"""W3C Trace Context, "traceparent header": version, id of the trace."""

_log = logging.getLogger(__name__)


class Endpoint:
    """The endpoint of all operations. Without `signatures`, those of requests are neither needed nor looked at."""

    def __init__(
        self, dispatcher: Dispatcher, metrics: Metrics, bodies: Bodies, signatures: Signatures | None = None
    ) -> None:
        self._dispatcher = dispatcher
        self._metrics = metrics
        self._bodies = bodies
        self._signatures = signatures

    async def serve(self, request: Request) -> Response:
        """Answer a request, or stop working for it when its client has gone."""
        began = time.perf_counter()
        operation = "unknown"
        try:
            self._check_content_type(request)
            operation = self._dispatcher.operation_name(request.headers.get("x-amz-target", ""))
            claim = self._signatures.claim(request) if self._signatures else None
            async with self._bodies.read(request) as body:
                if claim:
                    await asyncio.to_thread(claim.verify, body)
                answer = await _unless_gone(request, self._dispatcher.answer(operation, body))
        except ServiceError as error:
            answer = refusal(error, str(uuid.uuid4()))
        except ClientDisconnect:
            self._record(request, operation, "ClientDisconnect", began)
            return Response(status_code=_CLIENT_GONE)
        self._record(request, operation, answer.code, began, answer.request_id)
        return Response(answer.body, answer.status, headers=answer.headers, media_type=self._dispatcher.content_type)

    def _check_content_type(self, request: Request) -> None:
        wanted = self._dispatcher.content_type
        given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if given != wanted:
            raise UnknownOperationError(f"Content-Type must be {wanted}, it is '{given}'.")

    def _record(self, request: Request, operation: str, code: str, began: float, request_id: str = "") -> None:
        traced = _TRACEPARENT.match(request.headers.get("traceparent", ""))
        seconds = time.perf_counter() - began
        self._metrics.answered(operation, code, seconds)
        _log.info(
            "answered",
            extra={
                "operation": operation,
                "code": code,
                "milliseconds": round(1000 * seconds, 1),
                "request_id": request_id,
                **({"trace_id": traced[1]} if traced else {}),
            },
        )


Check = Callable[[], Awaitable[None]]
"""Raises ServiceError while the server can not do its work."""


Models = Callable[[], Sequence[DescribedModel]]
"""Reads what the models are. Raises ManifestError."""


def create_app(endpoint: Endpoint, metrics: Metrics, *, host: str, ready: Check, models: Models = tuple) -> Starlette:
    """The application: what it needs is given to it, and opened and closed elsewhere.

    `host` is where it listens. On the loopback interface it answers to the machine's own names only: a web page whose
    host name resolves to 127.0.0.1 would otherwise pass for ours, and no signature is verified.
    """

    async def greeting(request: Request) -> Response:
        url = f"{request.scope['scheme']}://{request.headers.get('host', 'localhost')}"
        return PlainTextResponse(_GREETING.format(url=url))

    async def health(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readiness(_request: Request) -> Response:
        try:
            await ready()
        except ServiceError as error:
            return PlainTextResponse(f"{error.message}\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return PlainTextResponse("ok\n")

    async def exposition(_request: Request) -> Response:
        return Response(metrics.exposition(), media_type="text/plain; version=0.0.4")

    async def manifest(_request: Request) -> Response:
        try:
            described = await asyncio.to_thread(models)
        except ManifestError as error:
            return PlainTextResponse(f"{error}\n", status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"models": [dataclasses.asdict(model) for model in described]})

    return Starlette(
        routes=[
            Route("/", endpoint.serve, methods=["POST"]),
            Route("/", greeting),
            Route("/healthz", health),
            Route("/readyz", readiness),
            Route("/metrics", exposition),
            Route("/models", manifest),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=_names(host), www_redirect=False)],
    )


def _names(host: str) -> tuple[str, ...]:
    """The names that it answers to when it listens on `host`."""
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:  # another name
        loopback = False
    return (host, *_LOOPBACK) if loopback else ("*",)


async def _unless_gone(request: Request, work: Coroutine[None, None, Answer]) -> Answer:
    """What `work` answers. Cancels it and raises ClientDisconnect when the client hangs up before."""
    working = asyncio.ensure_future(work)
    watching = asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait((working, watching), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        watching.cancel()
        working.cancel()  # of no effect once it is done


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
