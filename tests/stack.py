"""Starts the real `onlooker up` for tests, kills parts of it, and looks at what it has stored."""

import asyncio
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from onlooker.datafolder import DataFolder, Running
from onlooker.stack.environment import aws_environment
from onlooker_shared.aws import Aws
from onlooker_shared.keys import KeyStore, Scope
from onlooker_shared.settings import CommonSettings

READY = "Onlooker is ready: "
START_SECONDS = 90
STOP_SECONDS = 40
MAIL_SECONDS = 30
EMULATOR = "onlooker.emulator"
REKOGNITION = "onlooker_rekognition"


@dataclass
class Stack:
    """A running installation in a folder of its own."""

    folder: DataFolder
    environment: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    ports: tuple[str, ...] = ()

    @property
    def running(self) -> Running:
        """Where it answers."""
        found = self.folder.running()
        assert found is not None, "the stack is not running"
        return found

    @property
    def key(self) -> str:
        """Its admin key."""
        return self.folder.admin_key.read_text().strip()

    def start(self) -> None:
        """Start it and wait until it is ready; a second start takes the same ports. Raises RuntimeError if it ends."""
        ports = self.ports or ("--port", "0", "--emulator-port", "0", "--rekognition-port", "0")
        with self._log.open("a") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "onlooker", "up", "--data", str(self.folder.root), *ports],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "ONLOOKER_NOTIFIER_DIGEST_INTERVAL": "2", **self.environment},
            )
        assert self.process.stdout is not None
        guard = threading.Timer(START_SECONDS, self.process.kill)
        guard.start()
        try:
            for line in self.process.stdout:
                if line.startswith(READY):
                    break
            else:
                raise RuntimeError(f"onlooker up ended with {self.process.wait()}: {self.log()}")
        finally:
            guard.cancel()
        self.ports = (
            *("--port", self.running.url.rpartition(":")[2]),
            *("--emulator-port", self.running.emulator_url.rpartition(":")[2]),
            *("--rekognition-port", self.running.rekognition_url.rpartition(":")[2]),
        )

    def stop(self) -> int:
        """Stop it in order; returns its exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.wait()

    def kill(self) -> None:
        """Kill the process that holds the services; the other two have to notice and end."""
        assert self.process is not None
        children = self.children()
        self.process.kill()
        self.wait()
        for pid in children.values():
            _wait_gone(pid)

    def kill_child(self, module: str) -> None:
        """Kill the emulator or the Rekognition server."""
        os.kill(self.children()[module], signal.SIGKILL)

    def children(self) -> dict[str, int]:
        """Return the process ids of the emulator and the Rekognition server, by their modules."""
        assert self.process is not None
        found: dict[str, int] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                command = stat.with_name("cmdline").read_bytes().decode().split("\0")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if parent == self.process.pid:
                found |= {module: int(stat.parent.name) for module in (EMULATOR, REKOGNITION) if module in command}
        return found

    def wait(self) -> int:
        """Wait for its end; returns its exit code."""
        assert self.process is not None
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(STOP_SECONDS)

    def log(self) -> str:
        """Return what it wrote to standard error."""
        return self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.folder.root.with_suffix(".log")


@contextmanager
def running_stack(root: Path, environment: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """A stack for the length of a `with` block; it may be stopped, killed and started in between."""
    stack = Stack(DataFolder(root), environment or {})
    stack.start()
    try:
        yield stack
    finally:
        if stack.process is not None and stack.process.poll() is None:
            stack.stop()


def onlooker(stack: Stack, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a command of the CLI against a stack, as wide as its tables want to be."""
    command = [sys.executable, "-m", "onlooker", *arguments, "--data", str(stack.folder.root)]
    environment = {**os.environ, "COLUMNS": "250"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)


@asynccontextmanager
async def clients(stack: Stack) -> AsyncIterator[tuple[Aws, CommonSettings]]:
    """Clients of a stack's emulator, as its services have them."""
    running, before = stack.running, dict(os.environ)
    os.environ.update(aws_environment({}, running.emulator_url, running.rekognition_url))
    try:
        settings = CommonSettings()
        async with Aws(settings) as aws:
            yield aws, settings
    finally:
        os.environ.clear()
        os.environ.update(before)


async def new_key(stack: Stack, *scopes: Scope, **more: Any) -> str:
    """Make an access key of a stack with these scopes; `more` goes to `KeyStore.create`."""
    async with clients(stack) as (aws, settings):
        keys = KeyStore(await aws.client("dynamodb"), settings.topology.access_keys.name)
        return await keys.create(owner="somebody", scopes=scopes, **more)


async def sent_mails(stack: Stack, at_least: int = 1) -> list[dict[str, Any]]:
    """Return the mails that the emulator keeps, once there are enough; what there is when patience ends."""
    mails: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=stack.running.emulator_url) as http:
        deadline = time.monotonic() + MAIL_SECONDS
        while len(mails) < at_least and time.monotonic() < deadline:
            kept = (await http.get("/_ministack/ses/messages")).json()["messages"]
            mails = [mail for account in kept.values() for mail in account]
            await asyncio.sleep(0.2)  # the emulator has no event to wait for
    return mails


def _wait_gone(pid: int) -> None:
    """Wait until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor) as gone:
        ready, _, _ = select.select([gone], [], [], STOP_SECONDS)
        assert ready, f"process {pid} outlived its parent by {STOP_SECONDS} s"
