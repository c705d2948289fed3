"""``python -m onlooker_shared.provision``: beside an emulator that still starts, with the first access key."""

import asyncio
import json
import os
import socket
import stat
import sys
import uuid
from asyncio.subprocess import Process
from pathlib import Path
from typing import Any

import pytest

from emulator import CREDENTIALS, Emulator, running_emulator
from onlooker_shared.aws import Aws
from onlooker_shared.keys import KeyStore, Scope
from onlooker_shared.topology import topology


async def started(environment: dict[str, str], *options: str) -> Process:
    command = [sys.executable, "-m", "onlooker_shared.provision", *options]
    return await asyncio.create_subprocess_exec(*command, env=environment, stderr=asyncio.subprocess.PIPE)


async def said(process: Process, event: str) -> dict[str, Any]:
    """Return the first line of the log that tells of an event."""
    assert process.stderr is not None
    async for line in process.stderr:
        entry: dict[str, Any] = json.loads(line)
        if entry["event"] == event:
            return entry
    raise AssertionError(f"it ended with {await process.wait()} and without {event}")


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


async def test_it_provisions_and_ends(emulator: Emulator) -> None:
    prefix = f"p{uuid.uuid4().hex[:12]}-"
    process = await started({**emulator.environment, "ONLOOKER_PREFIX": prefix})
    done = await said(process, "provision.done")
    assert await process.wait() == 0
    assert f"queue {prefix}tagger" in done["created"]


async def test_it_waits_for_an_emulator_that_starts_later(tmp_path: Path, free_port: int) -> None:
    environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{free_port}"}
    process = await started(environment)
    assert "EndpointConnectionError" in (await said(process, "aws.waited_for"))["reason"]
    with running_emulator(tmp_path / "emulator", port=free_port):
        assert await process.wait() == 0


async def test_the_admin_key_is_in_the_file_and_stays_while_it_is_valid(
    emulator: Emulator, aws: Aws, tmp_path: Path
) -> None:
    path = tmp_path / "secrets" / "admin.key"
    prefix = f"p{uuid.uuid4().hex[:12]}-"
    first = await started({**emulator.environment, "ONLOOKER_PREFIX": prefix}, "--admin-key", str(path))
    assert await first.wait() == 0
    key = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keys = KeyStore(await aws.client("dynamodb"), topology(prefix).access_keys.name)
    assert (await keys.authenticate(key.strip())).may(Scope.ADMIN)

    again = await started({**emulator.environment, "ONLOOKER_PREFIX": prefix}, "--admin-key", str(path))
    assert await again.wait() == 0
    assert path.read_text() == key


async def test_a_key_that_cannot_be_kept_ends_it_with_73_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    process = await started({**os.environ, **CREDENTIALS}, "--admin-key", str(tmp_path / "file" / "admin.key"))
    assert str(tmp_path / "file" / "admin.key") in (await said(process, "provision.failed"))["reason"]
    assert await process.wait() == 73
