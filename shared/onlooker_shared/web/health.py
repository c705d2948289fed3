"""``/healthz`` (the process lives), ``/readyz`` (what it needs answers) and ``/metrics`` (Prometheus)."""

import asyncio
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from onlooker_shared.errors import describe
from onlooker_shared.queue.depths import Depths
from onlooker_shared.queue.operated import OperatedQueue
from onlooker_shared.service import Check

CHECK_TIMEOUT = 3.0
"""Seconds that one check of readiness may take."""


def router(checks: Mapping[str, Check], queues: Sequence[OperatedQueue] = ()) -> APIRouter:
    """Return the routes, with the named checks behind ``/readyz`` and the depths of the queues in ``/metrics``."""
    routes = APIRouter(tags=["operation"])
    depths = Depths(queues)

    @routes.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        """Answer that the process lives."""
        return "ok"

    @routes.get("/readyz")
    async def readyz() -> JSONResponse:
        """Answer 200 if everything that is needed works, 503 with what does not."""
        results = dict(zip(checks, await asyncio.gather(*(_run(check) for check in checks.values())), strict=True))
        ready = all(result == "ok" for result in results.values())
        status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": ready, "checks": results}, status_code=status)

    @routes.get("/metrics")
    async def metrics() -> Response:
        """Answer with the process's metrics."""
        await depths.refresh()
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return routes


async def _run(check: Check) -> str:
    try:
        async with asyncio.timeout(CHECK_TIMEOUT):
            await check()
    except Exception as error:  # noqa: BLE001 - a failing check is an answer
        return describe(error)
    return "ok"
