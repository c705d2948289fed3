"""Runs composed services in this process: HTTP and consumers together, until SIGTERM or SIGINT."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from datetime import timedelta
from typing import Any

import structlog
import uvicorn
import uvloop
from fastapi import FastAPI

from onlooker_shared.aws import Aws
from onlooker_shared.errors import ConfigurationError, describe
from onlooker_shared.keys import KeyStore
from onlooker_shared.outages import is_outage
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings, ServerSettings
from onlooker_shared.telemetry import export, logs
from onlooker_shared.telemetry.lag import LoopLag
from onlooker_shared.web.app import STUCK_AFTER, create_app

KEEP_ALIVE = 75
"""Seconds an idle connection stays open: longer than a load balancer's 60, so that it is the one to close."""
BACKLOG = 2048
"""Connections that the kernel holds while none is accepted; uvicorn's own default."""
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

Compose = Callable[[Aws, CommonSettings], AbstractAsyncContextManager[Service]]
"""A service's composition: opens what it needs, yields it, closes it."""

log = structlog.stdlib.get_logger(__name__)


def run_service(name: str, compose: Compose, server: type[ServerSettings]) -> None:
    """Run one service until it is told to stop: the body of every service's ``__main__``.

    Args:
        name: of the service.
        compose: makes it.
        server: its settings, which are read from the environment here.

    Ends the process with 0 when it was told to stop, with 78 (``EX_CONFIG``) when it cannot start like this, with 1
    when it failed; the log has the reason.
    """
    logs.configure(CommonSettings.model_construct(), name)  # wrong settings, too, are told in the log
    try:
        settings = CommonSettings()
        logs.configure(settings, name)
        export.configure(name)
        uvloop.run(_run_alone(compose, settings, server()))
    except ConfigurationError as error:
        log.critical("process.not_started", reason=str(error))
        sys.exit(os.EX_CONFIG)
    except Exception as error:
        log.critical("process.failed", exc_info=error)
        sys.exit(1)


async def _run_alone(compose: Compose, settings: CommonSettings, server: ServerSettings) -> None:
    with listen(server.host, server.port) as listener:
        async with Aws(settings) as aws, compose(aws, settings) as service:
            keys = KeyStore(await aws.client("dynamodb"), settings.topology.access_keys.name)
            app = create_app([service], keys, cors_origins=settings.cors_origins)
            await serve(app, [service], listener, settings, sweep_older_than=timedelta(seconds=STUCK_AFTER))


async def serve(
    app: FastAPI,
    services: Sequence[Service],
    listener: socket.socket,
    settings: CommonSettings,
    *,
    sweep_older_than: timedelta,
    ready: Callable[[], None] | None = None,
) -> None:
    """Answer HTTP and work on queues until SIGTERM or SIGINT; then drain.

    A worker that ends by an error ends everything with that error: the supervisor (Docker, ECS, the launcher) starts
    it again, which is better than half a service that looks alive. What is in hand is finished first.

    Args:
        app: the application of the services.
        services: whose workers run and whose sweeps are made once at the start, in the background.
        listener: where HTTP comes in, see `listen`; the caller closes it.
        settings: the grace for shutting down, and whether there are sweeps.
        sweep_older_than: what counts as stuck for the sweeps at the start.
        ready: called once requests are answered.

    Raises:
        Exception: what the first part that failed raised.
    """
    host, port = listener.getsockname()[:2]

    def announce() -> None:
        log.info("http.listening", host=host, port=port)
        if ready is not None:
            ready()

    http = _Http(_uvicorn_config(app, settings), announce)
    workers = [LoopLag(), *(worker for service in services for worker in service.workers)]
    stopping = asyncio.Event()
    with _stopped_by_signals(stopping):
        async with asyncio.TaskGroup() as group:
            parts = [
                group.create_task(_part("http", http.serve(sockets=[listener]), stopping)),
                *(group.create_task(_part(repr(worker), worker.run(), stopping)) for worker in workers),
            ]
            sweeping = group.create_task(sweep_all(services if settings.sweep_at_start else (), sweep_older_than))
            await stopping.wait()
            log.info("process.stopping")
            sweeping.cancel()
            http.should_exit = True
            for worker in workers:
                worker.stop()
            failures = [failure for failure in await asyncio.gather(*parts) if failure is not None]
    if failures:
        raise failures[0]


async def _part(name: str, work: Coroutine[Any, Any, None], stopping: asyncio.Event) -> Exception | None:
    """Run one part of the process and return what it failed by; the first part that ends has all others stopped."""
    failure: Exception | None = None
    try:
        await work
        if not stopping.is_set():
            failure = RuntimeError(f"{name} ended without being told to")
    except Exception as error:  # noqa: BLE001 - raised by `serve` once the other parts have stopped in order
        failure = error
    finally:
        stopping.set()
    if failure is not None:
        log.critical("process.part_failed", part=name, error=describe(failure))
    return failure


async def sweep_all(services: Sequence[Service], older_than: timedelta) -> None:
    """Make the sweep of every service that has one, one after the other; a failure is logged, and stops no other."""
    for service in services:
        if service.sweep is None:
            continue
        try:
            swept = await service.sweep(older_than)
        except Exception as error:  # it is made again at the next start or on demand
            unexpected = None if is_outage(error) else error
            log.warning("sweep.failed", swept_service=service.name, error=describe(error), exc_info=unexpected)
        else:
            log.info("sweep.done", swept_service=service.name, looked_at=swept.looked_at, sent_on=swept.sent_on)


@contextmanager
def _stopped_by_signals(stopping: asyncio.Event) -> Generator[None, None, None]:
    loop = asyncio.get_running_loop()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stopping.set)
    try:
        yield
    finally:
        for number in STOP_SIGNALS:
            loop.remove_signal_handler(number)


def listen(host: str, port: int) -> socket.socket:
    """Open the socket that HTTP comes in by, so that its port is known, or known to be taken, before anything starts.

    Args:
        host: the address.
        port: the port; 0 lets the kernel choose.

    Raises:
        ConfigurationError: nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise ConfigurationError(f"Cannot listen on {host} port {port}: {error}. Set another host or port.") from error


def _uvicorn_config(app: FastAPI, settings: CommonSettings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=max(1, int(settings.shutdown_grace)),
    )


class _Http(uvicorn.Server):
    """uvicorn's server that says when it answers, and leaves the signals to `serve`.

    Its own handlers end the process by the same signal as soon as HTTP is done, when consumers may still drain.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to answer, and say so."""
        await super().startup(sockets)
        if self.started:
            self._announce()
