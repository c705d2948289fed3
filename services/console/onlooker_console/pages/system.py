"""What happens in the system, and what is wrong with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from onlooker_console import throughput, waiting
from onlooker_console.apis import Api, Outcome, attempt
from onlooker_console.callers import Caller, SignedIn
from onlooker_console.pages import system_queue
from onlooker_console.processes import CALLED, Process, Told, ailing, here, process
from onlooker_console.settings import ConsoleSettings
from onlooker_console.views import Views

PATIENCE = 8.0
"""Seconds for each part of the page: who looks at it wants to see what hangs."""


@dataclass(frozen=True, slots=True)
class Now:
    """How everything is.

    Attributes:
        at: when it was asked.
        processes: what runs.
        queues: what waits, by the queue's service; None for who may not know.
        statistics: of the pictures uploaded in the last hour.
    """

    at: datetime
    processes: tuple[Process, ...]
    queues: Mapping[str, Outcome[waiting.Report]] | None
    statistics: Outcome[Any]


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    router.include_router(system_queue.routes(views))

    @router.get("/system")
    async def show(request: Request, caller: SignedIn) -> Response:
        """Show the page."""
        now, failures, models = await asyncio.gather(
            _now(views.settings, caller),
            attempt(caller.api.get("/tags/statistics", {"state": "failed", "include": "failures"}), within=PATIENCE),
            attempt(_models(views.settings, caller.api), within=PATIENCE),
        )
        return views.page(request, "system.html", failures=failures, models=models, **_shown(now))

    @router.get("/system/now")
    async def show_now(request: Request, caller: SignedIn) -> Response:
        """Show the part of the page that changes."""
        return views.page(request, "system_now.html", **_shown(await _now(views.settings, caller)))

    return router


def _shown(now: Now) -> dict[str, Any]:
    """Return what the templates name."""
    asked = (now.queues or {}).items()
    dead = {name: queue.value["dead"] for name, queue in asked if queue.value and queue.value["dead"]}
    unheard = [name for name, queue in asked if queue.error]
    hour = None if now.statistics.value is None else throughput.throughput(now.statistics.value["timeline"], now.at)
    return {"now": now, "ailing": ailing(now.processes), "dead": dead, "unheard": unheard, "hour": hour}


async def _now(settings: ConsoleSettings, caller: Caller) -> Now:
    at = datetime.now(UTC)
    hour = {"from": throughput.begin(at).isoformat(), "interval": "minute", "include": "timeline"}
    processes, queues, statistics = await asyncio.gather(
        _processes(settings, caller.api, at),
        waiting.reports(caller.api) if caller.operates else _nothing(),
        attempt(caller.api.get("/tags/statistics", hour), within=PATIENCE),
    )
    return Now(at, processes, queues, statistics)


async def _nothing() -> None:
    return None


async def _processes(settings: ConsoleSettings, api: Api, now: datetime) -> tuple[Process, ...]:
    """Return what runs: whatever answers at one URL is asked once."""
    by_url: dict[str, list[str]] = {}
    for name in CALLED:
        by_url.setdefault(settings.url_of(name), []).append(name)
    told = await asyncio.gather(*(_ask(api, names) for names in by_url.values()))
    found = tuple(process(each, now) for each in told)
    if any(service.name == "console" for one in found for service in one.services):
        return found
    return (*found, here(_own_version()))


async def _ask(api: Api, names: list[str]) -> Told:
    about, ready = await asyncio.gather(
        attempt(api.get("/about", service=names[0]), within=PATIENCE),
        attempt(api.get("/readyz", service=names[0]), within=PATIENCE),
    )
    return Told(names, about, ready)


def _own_version() -> str | None:
    try:
        return version("onlooker-console")
    except PackageNotFoundError:
        return None


async def _models(settings: ConsoleSettings, api: Api) -> Any:
    """Return the local server's models; None where Amazon's are used."""
    return (await api.get("/models"))["models"] if settings.rekognition_url else None
