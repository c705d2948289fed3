"""What is wrong with an installation, on this machine or elsewhere, and how to mend it."""

import os
import shutil
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from onlooker.client import FORBIDDEN, QUEUES, UNAUTHORIZED, ApiError
from onlooker.installed import can_run_here
from onlooker.target import Target
from onlooker.words import size
from onlooker_shared.errors import OnlookerError

LOW_DISK = 2**30
"""Bytes of free disk below which the data folder is about to fill up."""
REFUSED = frozenset({UNAUTHORIZED, FORBIDDEN})
"""Statuses that are the access key's fault."""
PORTS = (8080, 4566, 4567)
"""Those that `onlooker up` takes unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    check: str
    well: bool
    found: str
    remedy: str = ""


Check = Callable[[Target], Awaitable[Finding]]


async def diagnose(target: Target) -> list[Finding]:
    """Run every check; one that itself fails is a finding."""
    here = can_run_here() and not target.is_named
    checks: dict[str, Check] = {"models": _models, "data folder": _data_folder} if here else {}
    if here and not target.runs_here:
        checks["ports"] = _ports
    else:
        checks |= {"services": _services, "access key": _access_key, "dead letters": _dead_letters}
    return [await _run(name, check, target) for name, check in checks.items()]


async def _run(name: str, check: Check, target: Target) -> Finding:
    try:
        return await check(target)
    except (OnlookerError, OSError) as error:
        return Finding(name, well=False, found=str(error))


async def _models(_: Target) -> Finding:
    from onlooker_rekognition.weights.lock import default_cache, read_lock  # noqa: PLC0415 - the client has none

    cache = default_cache()
    if not read_lock().is_complete(cache):
        remedy = "python -m onlooker_rekognition.weights"
        return Finding("models", well=False, found=f"not complete in {cache}", remedy=remedy)
    return Finding("models", well=True, found=f"complete in {cache}")


async def _data_folder(target: Target) -> Finding:
    root = target.folder.root
    there = next(path for path in (root, *root.parents) if path.exists())
    if not os.access(there, os.W_OK):
        return Finding(
            "data folder", well=False, found=f"{there} cannot be written", remedy="--data FOLDER of your own"
        )
    free = shutil.disk_usage(there).free
    if free < LOW_DISK:
        return Finding(
            "data folder", well=False, found=f"{size(free)} free under {root}", remedy="make room, or --data"
        )
    return Finding("data folder", well=True, found=f"{root}, {size(free)} free")


async def _ports(_: Target) -> Finding:
    taken = [str(port) for port in PORTS if _answers(port)]
    if taken:
        remedy = "onlooker up --port, --emulator-port, --rekognition-port"
        return Finding("ports", well=False, found=f"taken by something else: {', '.join(taken)}", remedy=remedy)
    return Finding("ports", well=True, found="free; Onlooker is not running here")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _services(target: Target) -> Finding:
    async with target.client() as client:
        state = await client.readiness()
    faults = [f"{name}: {result}" for name, result in state["checks"].items() if result != "ok"]
    if faults:
        remedy = f"see the logs in {target.folder.root}" if target.runs_here else "see the services' logs there"
        return Finding("services", well=False, found="; ".join(faults), remedy=remedy)
    return Finding("services", well=True, found=f"{target.url}: all ready")


async def _access_key(target: Target) -> Finding:
    async with target.client() as client:
        try:
            await client.statistics()
        except ApiError as error:
            remedy = "set ONLOOKER_KEY, or remove admin.key and restart" if error.status in REFUSED else ""
            return Finding("access key", well=False, found=str(error), remedy=remedy)
    return Finding("access key", well=True, found="accepted")


async def _dead_letters(target: Target) -> Finding:
    async with target.client() as client:
        try:
            queues = [await client.queue(name, 0) for name in QUEUES]
        except ApiError as error:
            if error.status != FORBIDDEN:
                raise
            return Finding("dead letters", well=True, found="not looked for: the access key has not the scope admin")
    dead = ", ".join(f"{queue['dead']} of {queue['name']}" for queue in queues if queue["dead"])
    if dead:
        return Finding("dead letters", well=False, found=dead, remedy="onlooker queues; then onlooker redrive QUEUE")
    return Finding("dead letters", well=True, found="none")
