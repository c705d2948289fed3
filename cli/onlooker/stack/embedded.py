"""Starts the whole stack on this machine and runs it until told to stop: the composition root of `onlooker up`."""

import asyncio
import os
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from onlooker.datafolder import DataFolder, Running
from onlooker.datalock import DataFolderBusyError, DataLock
from onlooker.stack.child import STOP_TIMEOUT, Child, ChildFailedError
from onlooker.stack.environment import aws_environment, service_defaults
from onlooker.stack.signals import cancelled_by_signals
from onlooker.stack.supervisor import Supervisor
from onlooker_annotator.__main__ import compose as annotator
from onlooker_console.__main__ import compose as console
from onlooker_ingest.__main__ import compose as ingest
from onlooker_notifier.__main__ import compose as notifier
from onlooker_recognizer.__main__ import compose as recognizer
from onlooker_shared.aws import Aws
from onlooker_shared.keys import KeyStore, ensure_admin_key
from onlooker_shared.provision import provision
from onlooker_shared.run import Compose, listen, serve, sweep_all
from onlooker_shared.service import Service
from onlooker_shared.settings import CommonSettings
from onlooker_shared.telemetry import logs
from onlooker_shared.web.app import create_app
from onlooker_tagger.__main__ import compose as tagger

COMPOSITIONS: tuple[Compose, ...] = (ingest, recognizer, annotator, tagger, notifier, console)
HOST = "127.0.0.1"
EVERYTHING = timedelta(0)
"""After a start the emulator's queues are empty, so whatever is unfinished counts as stuck, however young."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the three processes listen, on 127.0.0.1; 0 is the kernel's choice."""

    http: int
    emulator: int
    rekognition: int


async def run_stack(folder: DataFolder, ports: Ports, ready: Callable[[Running], None]) -> None:
    """Run everything on one data folder until SIGTERM or SIGINT.

    Args:
        folder: where the data is.
        ports: where to listen.
        ready: called once all of it answers.

    Raises:
        DataFolderBusyError: another one runs on this folder.
        DataFolderError: the folder cannot be used.
        ConfigurationError: the port is taken, or a service cannot start like this.
        ChildFailedError: the emulator or the Rekognition server does not start, or keeps dying.
    """
    with DataLock(folder.root), cancelled_by_signals(), listen(HOST, ports.http) as listener:
        logs.keep_in(folder.log("services"))  # for `onlooker trace`
        async with AsyncExitStack() as stack:
            running = await _Stack(folder, ports, listener).open(stack)
            stack.callback(folder.withdraw)
            await running.serve(ready)


class _Stack:
    """The parts of a stack and how they hang together."""

    def __init__(self, folder: DataFolder, ports: Ports, listener: socket.socket) -> None:
        self._folder = folder
        self._ports = ports
        self._listener = listener
        self._url = f"http://{HOST}:{listener.getsockname()[1]}"
        python = [sys.executable, "-m"]
        self._emulator = Child(
            "emulator",
            [*python, "onlooker.emulator", "--exit-with-parent", "--data", str(folder.emulator)],
            folder.log("emulator"),
        )
        self._rekognition = Child(
            "Rekognition server",
            [*python, "onlooker_rekognition", "--exit-with-parent", "--data", str(folder.rekognition)],
            folder.log("rekognition"),
        )
        self._services: list[Service] = []

    async def open(self, stack: AsyncExitStack) -> "_Stack":
        """Start the children and compose the services; `stack` closes all in the reverse order."""
        await _wait_until_free(self._folder.emulator)
        await _wait_until_free(self._folder.rekognition)
        stack.push_async_callback(self._emulator.stop)
        await self._emulator.start(os.environ, self._ports.emulator)
        _enter(aws_environment(os.environ, self._emulator.url, None))
        stack.push_async_callback(self._rekognition.stop)
        self._settings = CommonSettings()
        self._aws = await stack.enter_async_context(Aws(self._settings))
        await asyncio.gather(
            self._rekognition.start(os.environ, self._ports.rekognition),
            self._provision(),
        )
        _enter(aws_environment(os.environ, self._emulator.url, self._rekognition.url))
        for name, value in service_defaults(self._folder.index, self._url, self._rekognition.url).items():
            os.environ.setdefault(name, value)
        for compose in COMPOSITIONS:
            self._services.append(await stack.enter_async_context(compose(self._aws, self._settings)))
        return self

    async def _provision(self) -> None:
        """Make what the services need in the emulator. Raises ChildFailedError with its words, of a full disk say."""
        try:
            await provision(self._aws, self._settings.topology)
        except (BotoCoreError, ClientError) as error:
            raise ChildFailedError(f"The emulator does not give what the services need. {error}") from error

    async def serve(self, ready: Callable[[Running], None]) -> None:
        """Answer and work until told to stop."""
        keys = KeyStore(await self._aws.client("dynamodb"), self._settings.topology.access_keys.name)
        await ensure_admin_key(keys, self._folder.admin_key)
        watching = Service("stack", workers=[Supervisor([self._emulator, self._rekognition], self._restart)])

        def announce() -> None:
            running = Running(
                pid=os.getpid(),
                url=self._url,
                emulator_url=self._emulator.url,
                rekognition_url=self._rekognition.url,
            )
            self._folder.announce(running)
            ready(running)

        await serve(
            create_app(self._services, keys, cors_origins=self._settings.cors_origins),
            [*self._services, watching],
            self._listener,
            self._settings,
            sweep_older_than=EVERYTHING,
            ready=announce,
        )

    async def _restart(self, child: Child) -> None:
        """Start a child again where it was; the emulator comes back without queues: they are made and filled anew.

        Raises whatever keeps it from working as before: to the supervisor that is one more death.
        """
        port = int(child.url.rpartition(":")[2])
        await child.start(os.environ, port)
        if child is self._emulator:
            await self._provision()
            await sweep_all(self._services, EVERYTHING)


def _enter(environment: Mapping[str, str]) -> None:
    """Make it this process's environment, so that nothing is left of what `environment` leaves out."""
    os.environ.clear()
    os.environ.update(environment)


async def _wait_until_free(folder: Path) -> None:
    """Wait for a child whose launcher was killed: it ends by itself, but holds its folder until then.

    Raises DataFolderBusyError if it does not.
    """
    patience = asyncio.get_running_loop().time() + STOP_TIMEOUT
    while True:
        try:
            with DataLock(folder):
                return
        except DataFolderBusyError:
            if asyncio.get_running_loop().time() > patience:
                raise
        await asyncio.sleep(0.1)
