"""Runs composed services in this process: HTTP and consumers together, until SIGTERM or SIGINT."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import structlog
import uvicorn
from fastapi import FastAPI

from onlooker_shared.aws import Aws
from onlooker_shared.keys import KeyStore
from onlooker_shared.queue.policy import describe
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings, ServerSettings
from onlooker_shared.telemetry import logs
from onlooker_shared.web.app import STUCK_AFTER, create_app

KEEP_ALIVE = 75
"""Seconds an idle connection stays open: longer than a load balancer's 60, so that it is the one to close."""

Compose = Callable[[Aws, CommonSettings], AbstractAsyncContextManager[Service]]
"""A service's composition: opens what it needs, yields it, closes it."""

log = structlog.stdlib.get_logger(__name__)


def run_service(name: str, compose: Compose, server: ServerSettings) -> None:
    """Run one service until it is told to stop: the body of every service's ``__main__``."""
    settings = CommonSettings()
    logs.configure(settings, name)
    asyncio.run(_run_alone(compose, settings, server))


async def _run_alone(compose: Compose, settings: CommonSettings, server: ServerSettings) -> None:
    async with Aws(settings) as aws, compose(aws, settings) as service:
        keys = KeyStore(await aws.client("dynamodb"), settings.topology.access_keys.name)
        app = create_app([service], keys, cors_origins=settings.cors_origins)
        await serve(app, [service], server, settings, sweep_older_than=timedelta(seconds=STUCK_AFTER))


async def serve(
    app: FastAPI,
    services: Sequence[Service],
    server: ServerSettings,
    settings: CommonSettings,
    *,
    sweep_older_than: timedelta,
    ready: Callable[[int], None] | None = None,
) -> None:
    """Answer HTTP and work on queues until SIGTERM or SIGINT; then drain.

    A worker that ends by an error ends everything with that error: the supervisor (Docker, ECS, the launcher) starts
    it again, which is better than half a service that looks alive.

    Args:
        app: the application of the services.
        services: whose workers run and whose sweeps are made once at the start.
        server: where to listen.
        settings: the grace for shutting down.
        sweep_older_than: what counts as stuck for the sweeps at the start.
        ready: called with the port once requests are answered.
    """
    config = uvicorn.Config(
        app,
        host=server.host,
        port=server.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=int(settings.shutdown_grace),
    )
    http = _Server(config)
    workers = [worker for service in services for worker in service.workers]
    async with asyncio.TaskGroup() as group:
        answering = group.create_task(http.serve())
        working = [group.create_task(worker.run()) for worker in workers]
        await http.wait_started(answering)
        if ready is not None:
            ready(http.port)
        sweeping = group.create_task(_sweep(services, sweep_older_than))
        await asyncio.wait([answering, *working], return_when=asyncio.FIRST_COMPLETED)
        sweeping.cancel()
        http.should_exit = True
        for worker in workers:
            worker.stop()


async def _sweep(services: Sequence[Service], older_than: timedelta) -> None:
    for service in services:
        if service.sweep is None:
            continue
        try:
            swept = await service.sweep(older_than)
        except Exception as error:  # noqa: BLE001 - a sweep that fails is made again at the next start or on demand
            log.warning("sweep.failed", swept_service=service.name, error=describe(error))
        else:
            log.info("sweep.done", swept_service=service.name, looked_at=swept.looked_at, sent_on=swept.sent_on)


class _Server(uvicorn.Server):
    """uvicorn's server, without its habit of raising the signal again once it is done."""

    port = 0

    @contextlib.contextmanager
    def capture_signals(self) -> AsyncIterator[None]:  # type: ignore[override]
        """Stop in order at SIGTERM and SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[object] | None = None) -> None:
        """Start, and note the port (it is the kernel's choice where 0 was asked for)."""
        await super().startup(sockets)  # type: ignore[arg-type]
        if self.started:
            self.port = self.servers[0].sockets[0].getsockname()[1]
            self._up.set()

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._up = asyncio.Event()

    async def wait_started(self, answering: "asyncio.Task[None]") -> None:
        """Wait until requests are answered, or the server gave up."""
        up = asyncio.ensure_future(self._up.wait())
        await asyncio.wait((up, answering), return_when=asyncio.FIRST_COMPLETED)
        up.cancel()
