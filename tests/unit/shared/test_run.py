"""Running services in one process: HTTP, workers and the sweep at the start."""

import asyncio
import os
import signal
import socket
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from installation import Keys
from onlooker_shared.errors import ConfigurationError
from onlooker_shared.run import listen, serve
from onlooker_shared.service import Runs, Service, Swept
from onlooker_shared.settings import CommonSettings
from onlooker_shared.web.app import create_app


class Worker:
    """Works until it is stopped, then takes one more step to finish; or fails when told to."""

    def __init__(self) -> None:
        self.told = asyncio.Event()
        self.failing: Exception | None = None
        self.finished = False

    async def run(self) -> None:
        await self.told.wait()
        if self.failing is not None:
            raise self.failing
        await asyncio.sleep(0)
        self.finished = True

    def stop(self) -> None:
        self.told.set()

    def fail(self, error: Exception) -> None:
        self.failing = error
        self.told.set()


async def serving(
    *workers: Runs, then: Callable[[int], None], sweep: object = None, port: int = 0, **settings: bool
) -> None:
    service = Service("test", workers=workers, sweep=sweep)
    with listen("127.0.0.1", port) as listener:
        async with asyncio.timeout(10):
            await serve(
                create_app([service], Keys()),
                [service],
                listener,
                CommonSettings(shutdown_grace=5, **settings),
                sweep_older_than=timedelta(seconds=5),
                ready=lambda: then(listener.getsockname()[1]),
            )


def told_to_end(_: int) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


async def test_it_answers_on_the_announced_port_until_a_signal_ends_it() -> None:
    worker = Worker()
    asked: list[asyncio.Task[None]] = []
    statuses: list[int] = []

    async def ask(port: int) -> None:
        async with httpx.AsyncClient() as client:
            statuses.append((await client.get(f"http://127.0.0.1:{port}/healthz")).status_code)
        told_to_end(port)

    await serving(worker, then=lambda port: asked.append(asyncio.create_task(ask(port))))
    await asked[0]
    assert statuses == [200]
    assert worker.finished


async def test_a_worker_that_fails_stops_all_others_in_order_and_is_what_is_raised() -> None:
    dying, other = Worker(), Worker()
    with capture_logs() as logged, pytest.raises(OSError, match="disk"):
        await serving(other, dying, then=lambda _: dying.fail(OSError("disk full")))
    assert other.finished
    (critical,) = [line for line in logged if line["log_level"] == "critical"]
    assert critical["error"] == "OSError: disk full"


async def test_a_worker_that_ends_unasked_has_failed() -> None:
    ending = Worker()
    with pytest.raises(RuntimeError, match="ended without being told to"):
        await serving(ending, then=lambda _: ending.told.set())


async def test_a_port_in_use_is_a_matter_of_configuration() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=f"Cannot listen on 127.0.0.1 port {port}"):
            await serving(then=told_to_end, port=port)


@pytest.mark.parametrize("failure", [None, OSError("S3 is away")], ids=["works", "fails"])
async def test_what_got_stuck_is_swept_once_at_the_start(failure: Exception | None) -> None:
    swept: list[timedelta] = []
    worker = Worker()

    async def sweep(older_than: timedelta) -> Swept:
        swept.append(older_than)
        asyncio.get_running_loop().call_soon(told_to_end, 0)
        if failure is not None:
            raise failure
        return Swept(looked_at=1, sent_on=0)

    await serving(worker, then=lambda _: None, sweep=sweep)
    assert swept == [timedelta(seconds=5)]
    assert worker.finished


async def test_a_sweep_that_takes_long_holds_nothing_up() -> None:
    async def sweep(_: timedelta) -> Swept:
        await asyncio.Event().wait()
        raise AssertionError

    await serving(then=told_to_end, sweep=sweep)


async def test_nothing_is_swept_at_the_start_where_that_is_turned_off() -> None:
    async def sweep(_: timedelta) -> Swept:
        raise AssertionError

    with capture_logs() as logs:
        await serving(then=told_to_end, sweep=sweep, sweep_at_start=False)
    assert not [each for each in logs if each["event"].startswith("sweep.")]
