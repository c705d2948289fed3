"""A process that the stack needs: started, waited for until it is ready, watched, stopped.

Its standard input is a pipe that this process holds: when this process is gone, however it ended, the child sees the
end of it and stops by itself, so nothing is left behind.
"""

import asyncio
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import structlog

from onlooker_shared.errors import OnlookerError

READY = re.compile(r"ready\b.*?(http://127\.0\.0\.1:(\d+))", re.IGNORECASE)
START_TIMEOUT = 60.0
"""Seconds; a cold start on a slow disk loads all models within a few."""
STOP_TIMEOUT = 15.0
LAST_LINES = 5
LAST_BYTES = 2**16
"""Of a log, in which the last lines are looked for."""
LOG_LIMIT = 10 * 2**20
"""Bytes of a log beyond which the next start begins a new one."""

log = structlog.stdlib.get_logger(__name__)


class ChildFailedError(OnlookerError):
    """A process of the stack did not start, or keeps ending."""


class Child:
    """One process.

    Args:
        name: for messages.
        command: its arguments, the port's option left out.
        log_path: the file that its errors go to.
    """

    def __init__(self, name: str, command: Sequence[str], log_path: Path) -> None:
        self.name = name
        self.url = ""
        self._command = command
        self._log_path = log_path
        self._log_start = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._running.pid

    async def start(self, environment: Mapping[str, str], port: int) -> None:
        """Start the process and wait until it says that it is ready; `url` is set then.

        Args:
            environment: of the process.
            port: to listen on; 0 for any.

        Raises:
            ChildFailedError: it ended, or was not ready in time.
        """
        self._log_path.parent.mkdir(parents=True, exist_ok=True)
        written = self._log_path.stat().st_size if self._log_path.exists() else 0
        self._log_start = 0 if written > LOG_LIMIT else written
        with self._log_path.open("ab" if self._log_start else "wb") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                "--port",
                str(port),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=output,
                env=dict(environment),
                start_new_session=True,  # Ctrl-C in the terminal is for this process, which stops the others in order
            )
        try:
            async with asyncio.timeout(START_TIMEOUT):
                self.url = await self._wait_ready(self._process)
        except TimeoutError:
            await self.stop()
            raise ChildFailedError(self._failure(f"was not ready within {START_TIMEOUT:.0f} s")) from None

    async def ended(self) -> str:
        """Wait for the process's end and return what it said last."""
        code = await self._running.wait()
        return self._failure(f"ended with code {code}")

    async def stop(self) -> None:
        """Ask the process to stop, and make it if it does not."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_TIMEOUT)
        except TimeoutError:
            log.warning("child.killed", child=self.name, after_seconds=STOP_TIMEOUT)
            process.kill()
            await process.wait()

    @property
    def _running(self) -> asyncio.subprocess.Process:
        if self._process is None:
            raise ChildFailedError(f"The {self.name} was never started.")
        return self._process

    async def _wait_ready(self, process: asyncio.subprocess.Process) -> str:
        assert process.stdout is not None  # noqa: S101 - a pipe was asked for
        async for line in process.stdout:
            if found := READY.search(line.decode(errors="replace")):
                return found[1]
        raise ChildFailedError(self._failure(f"ended with code {await process.wait()} before it was ready"))

    def _failure(self, what: str) -> str:
        with self._log_path.open("rb") as written:
            end = written.seek(0, os.SEEK_END)
            written.seek(max(self._log_start, end - LAST_BYTES))
            lines = written.read().decode(errors="replace").splitlines()
        said = "\n".join(f"  {line}" for line in lines[-LAST_LINES:])
        return f"The {self.name} {what}. The end of {self._log_path}:\n{said}"
