"""What a service is to the process that runs it: routes, consumers, sweeps and checks.

Each service's ``__main__.py`` composes one; that process runs it alone, ``onlooker up`` runs all of them in one.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from fastapi import APIRouter
from starlette.types import ASGIApp

from onlooker_shared.queue.operated import OperatedQueue

Check = Callable[[], Awaitable[None]]
"""Returns if what it checks works, raises an error that says what does not."""


class Runs(Protocol):
    """Something that works until it is told to stop: a consumer, a digest timer."""

    async def run(self) -> None:
        """Work until `stop` is called, then finish what is begun and return."""

    def stop(self) -> None:
        """Ask `run` to return soon."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    looked_at: int
    sent_on: int

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(self.looked_at + other.looked_at, self.sent_on + other.sent_on)


Sweep = Callable[[timedelta], Awaitable[Swept]]
"""Sends on what got stuck; the argument is how old something must be to count as stuck."""


@dataclass(frozen=True, slots=True)
class Service:
    """One composed service."""

    name: str
    routers: Sequence[APIRouter] = ()
    mounts: Mapping[str, ASGIApp] = field(default_factory=dict)
    """Whole applications with errors and headers of their own, by the path below which they answer."""
    workers: Sequence[Runs] = ()
    checks: Mapping[str, Check] = field(default_factory=dict)
    """For readiness, by the name of what is checked (`s3`, `rekognition`, ...)."""
    sweep: Sweep | None = None
    """Made at the start and at ``POST /sweeps/{name}``."""
    queues: Mapping[str, OperatedQueue] = field(default_factory=dict)
    """Those that it works on, by the names under which they are seen and redriven at ``/queues/{name}``: the service's
    own name, and for others that name, a dash and a word, so that a gateway knows by it whom to ask."""
