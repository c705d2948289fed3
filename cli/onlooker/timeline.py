"""What happened to one picture, from the log lines of all services: found by its trace, put into the order of time.

Lines are ours if they are JSON objects with a time and an event, whatever stands before them (Docker Compose puts the
container's name there). All others are passed over: they are of emulators, databases and proxies.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from onlooker.client import SERVICES

TIMES = ("timestamp", "time")
"""Where the services write the time, and where the Rekognition server does."""
TOLD_APART = frozenset({*TIMES, "event", "level", "logger", "service", "trace_id", "image_id", "exception"})
"""Fields that have a place of their own, or say the same in each line."""
UNSAID = frozenset({"bucket", "key", "message_id", "request_id"})
"""Fields that only programs have a use for, or that tell which picture it is."""
ALL_IN_ONE = "onlooker"
"""The service that `onlooker up` is: there the logger, or the queue, says which one wrote a line."""
BAD = frozenset({"warning", "error", "critical"})

_CONTAINER = re.compile(r"(?:\x1b\[[\d;]*[A-Za-z])*([\w.-]+)\s*\|")
"""How Docker Compose begins a line, in colour or not; it erases the line before, too, whoever reads it."""
_MODULE = re.compile(r"onlooker_(?!shared\b)(\w+)")
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a log."""

    at: datetime
    service: str
    """The container, where the line names one: there may be several of a service."""
    event: str
    level: str
    fields: dict[str, Any]
    """What else it tells."""
    entry: dict[str, Any]
    """All of it, as it was written."""

    @property
    def is_bad(self) -> bool:
        """Whether it tells of something that is not as it should be."""
        return self.level in BAD

    @property
    def said(self) -> str:
        """The fields in words: ``milliseconds=12.5 faces=1``; of an exception the last line."""
        words = [f"{name}={_word(value)}" for name, value in self.fields.items() if name not in UNSAID]
        if exception := str(self.entry.get("exception") or "").strip():
            words.append(exception.splitlines()[-1])
        return " ".join(words)


def timeline(lines: Iterable[str], ids: Collection[str]) -> list[Line]:
    """Return the lines about one picture, in the order of time.

    Args:
        lines: of any logs, in any order.
        ids: the picture's own and its trace's. A line of its trace that names another picture is not about it.
    """
    found = (read(line) for line in lines if any(known in line for known in ids))
    return sorted((line for line in found if line and _is_about(line, ids)), key=lambda line: line.at)


def read(text: str) -> Line | None:
    """Return a line if it is ours."""
    start = text.find("{")
    if start < 0:
        return None
    try:
        entry, _ = _decoder.raw_decode(text, start)
        at = _time(next(entry[name] for name in TIMES if name in entry))
        event = entry["event"]
    except (ValueError, TypeError, LookupError, StopIteration, RecursionError):
        return None
    fields = {name: value for name, value in entry.items() if name not in TOLD_APART}
    return Line(at, _service(text[:start], entry), str(event), str(entry.get("level", "")), fields, entry)


def _is_about(line: Line, ids: Collection[str]) -> bool:
    named = line.entry.get("image_id")
    return named in ids if named else line.entry.get("trace_id") in ids


def _service(before: str, entry: dict[str, Any]) -> str:
    if container := _CONTAINER.match(before):
        return container[1]
    service = str(entry.get("service", ALL_IN_ONE))
    if service != ALL_IN_ONE:
        return service
    if module := _MODULE.match(str(entry.get("logger", ""))):
        return module[1]
    return next((worker for worker in SERVICES if worker in str(entry.get("queue", ""))), service)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _word(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
