"""How long it takes from an upload until the mail about it is handed over, against the index that has it meanwhile.

PICTURES is how many are sent, one when the one before was told, so that none waits for others. The steps are what the
services log; all of them run on this machine, by one clock.
"""

import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from load import distinct
from onlooker.client import OnlookerClient, connect
from stack import Stack, running_stack

PICTURES = int(os.environ.get("PICTURES", "30"))
PATIENCE = 60.0
LOOK = 0.1
"""Seconds between looks into the log."""
RULE = {
    "name": "Every picture",
    "when": {"faces": {"at_least": 0}},
    "channels": [{"type": "email", "to": "owner@localhost.localdomain"}],
    "digest_interval": 0,
}
ONLY_THE_RULE = {"ONLOOKER_NOTIFIER_EMAIL_TO": ""}
"""The rule that is made from settings has no channel then, and tells of nothing."""

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What takes time, and the line of the log that ends it."""

    name: str
    ends: Callable[[Entry], bool]


@dataclass(frozen=True, slots=True)
class Told:
    """A picture that was told of: seconds of the epoch."""

    began: float
    ends: list[float]
    """Of each step."""
    beside: list[float]


def _line(event: str, queue: str | None = None) -> Callable[[Entry], bool]:
    return lambda entry: entry["event"] == event and queue in {None, entry.get("queue")}


STEPS = (
    Step("sent, stored, and taken from the queue", _line("message.received", "onlooker-recognizer-images")),
    Step("recognized, stored and announced", _line("picture.handled")),
    Step("taken from the notifier's queue", _line("message.received", "onlooker-notifier")),
    Step("rules asked, decided", _line("message.done", "onlooker-notifier")),
    Step("mail written, and taken by SES", _line("picture.told")),
)
INDEXED = Step("until it is in the index", _line("message.done", "onlooker-tagger"))
DRAWN = Step("until it is drawn, which mails wait for", _line("message.done", "onlooker-annotator"))
BESIDE = (DRAWN, INDEXED)
"""What happens meanwhile, without the notifier."""


async def main() -> None:
    """Print p50 and p95 of all and of each step, and the ratio."""
    with tempfile.TemporaryDirectory() as scratch, running_stack(Path(scratch) / "data", ONLY_THE_RULE) as stack:
        async with connect(stack.running.url, stack.key) as client:
            await client.make_rule(RULE)
            warm, *told = [await _told(stack, client, path) for path in _pictures(Path(scratch))]
    assert len(told) == PICTURES, f"besides {warm}"
    for number, step in enumerate(STEPS):
        _print(step.name, [each.ends[number] - (each.ends[number - 1] if number else each.began) for each in told])
    whole = _print("all of it", [each.ends[-1] - each.began for each in told])
    for number, step in enumerate(BESIDE):
        beside = _print(step.name, [each.beside[number] - each.began for each in told])
    print(f"told      ratio {whole / beside:.2f} at the median, mail to index")


def _pictures(folder: Path) -> Iterator[Path]:
    """Yield files: first one that has the models loaded, and is not counted."""
    for number, data in enumerate(distinct(PICTURES + 1)):
        path = folder / f"{number}.jpg"
        path.write_bytes(data)
        yield path


async def _told(stack: Stack, client: OnlookerClient, path: Path) -> Told:
    """Send a picture and wait for its mail."""
    began = time.time()
    image_id = await client.upload(path, "onlooker-images", f"bench/{path.name}")
    deadline = began + PATIENCE
    while time.time() < deadline:
        entries = list(_entries(stack, image_id))
        ends = [end for step in (*STEPS, *BESIDE) if (end := _first(entries, step)) is not None]
        if len(ends) == len(STEPS) + len(BESIDE):
            return Told(began, ends[: len(STEPS)], ends[len(STEPS) :])
        await asyncio.sleep(LOOK)
    raise TimeoutError(f"nobody was told of {path.name} within {PATIENCE:.0f} s")


def _entries(stack: Stack, image_id: str) -> Iterator[Entry]:
    for log in stack.folder.logs():
        for line in log.read_text().splitlines():
            if image_id in line and line.endswith("}"):  # not one that is just written
                yield json.loads(line)


def _first(entries: Sequence[Entry], step: Step) -> float | None:
    """Return when the step ended, in seconds of the epoch; None as long as it has not."""
    ends = (datetime.fromisoformat(entry["timestamp"]).timestamp() for entry in entries if step.ends(entry))
    return min(ends, default=None)


def _print(name: str, seconds: Sequence[float]) -> float:
    """Print a row; return the median."""
    p50 = statistics.median(seconds)
    p95 = statistics.quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else p50
    print(f"told      {name:42} p50 {1000 * p50:6.0f} ms   p95 {1000 * p95:6.0f} ms")
    return p50
