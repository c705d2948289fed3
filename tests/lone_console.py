"""The console as a process of its own, whose lines to the other services a test can cut."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from onlooker.stack.environment import aws_environment
from stack import Stack

LISTENING = "http.listening"
STARTED_WITHIN = 60
"""Seconds."""


@asynccontextmanager
async def lone_console(stack: Stack, lines: Mapping[str, str]) -> AsyncIterator[str]:
    """Run a console for a stack that runs; yields its URL. Whoever is signed in to the stack's own is to this one too.

    Args:
        stack: whose services it calls.
        lines: URLs for services that it is to reach elsewhere, by their names.
    """
    own = {
        "ONLOOKER_CONSOLE_PORT": "0",
        "ONLOOKER_CONSOLE_API_URL": stack.running.url,
        **{f"ONLOOKER_CONSOLE_{service.upper()}_URL": url for service, url in lines.items()},
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "onlooker_console"),
        env={**aws_environment(os.environ, stack.running.emulator_url, None), **own},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(STARTED_WITHIN):
            port = await _port(process.stderr)
        reading = asyncio.create_task(process.stderr.read())  # a full pipe would stop it
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()
    await reading


async def _port(log: asyncio.StreamReader) -> int:
    """Return the port of the line that tells it. Raises RuntimeError if the log ends before."""
    said = []
    async for line in log:
        said.append(line.decode())
        if LISTENING in said[-1]:
            return int(json.loads(said[-1])["port"])
    raise RuntimeError(f"the console did not start: {''.join(said)}")
