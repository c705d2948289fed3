"""Which services run, in which version, and what is wrong with them: from what processes say of themselves. Pure.

Each service is a process of its own, or several are one behind one URL: then it tells of all of them at once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from onlooker_console.apis import ApiError, AwayError, Outcome

TITLES = {
    "ingest": "Store of pictures",
    "recognizer": "Recognition",
    "annotator": "Drawing of boxes",
    "tagger": "Search",
    "notifier": "Alerts",
    "console": "These pages",
}
CALLED = ("ingest", "recognizer", "annotator", "tagger", "notifier")
"""The services that the console calls."""
OK = "ok"

State = Literal["up", "troubled", "away", "untold"]
"""Troubled: it answers, but something that it needs does not. Untold: who answers at its URL does not tell of it."""


@dataclass(frozen=True, slots=True)
class RunningService:
    """One service.

    Attributes:
        name: as it is called in commands and addresses.
        title: as people call it.
        state: how it is.
        troubles: what is wrong with it, in words; nothing if it does not answer at all.
        version: of its package; None if it does not say.
        messages: what it did with those of its queue since its start; None if it has no queue or does not say.
    """

    name: str
    title: str
    state: State
    troubles: tuple[str, ...] = ()
    version: str | None = None
    messages: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One or more services that started together.

    Attributes:
        services: at least one.
        started_at: UTC; None if it does not say.
        running_seconds: likewise.
        answered: requests, since its start.
        faults: those of them that failed by its own fault.
    """

    services: tuple[RunningService, ...]
    started_at: str | None = None
    running_seconds: float | None = None
    answered: int = 0
    faults: int = 0

    @property
    def told(self) -> int:
        """How many services are surely in it."""
        return sum(each.state != "untold" for each in self.services)


@dataclass(frozen=True, slots=True)
class Told:
    """What a URL answered.

    Attributes:
        names: the services that should be there.
        about: of ``GET /about``.
        ready: of ``GET /readyz``: an error, too, says what is wrong.
    """

    names: Sequence[str]
    about: Outcome[Any] = field(default_factory=Outcome)
    ready: Outcome[Any] = field(default_factory=Outcome)


def process(told: Told, now: datetime) -> Process:
    """Return the process at a URL, with those services, too, that should be there and are not told of."""
    about: Mapping[str, Any] = told.about.value or {}
    listed: Mapping[str, Mapping[str, Any]] = {each["name"]: each for each in about.get("services", ())}
    names = [*listed, *(name for name in told.names if name not in listed)]
    troubles = _troubles(told.ready)
    services = tuple(
        _service(name, listed.get(name), told, _own(troubles, name, alone=len(listed or told.names) == 1))
        for name in names
    )
    if not about:
        return Process(services)
    running = (now - datetime.fromisoformat(about["started_at"])).total_seconds()
    requests = about["requests"]
    return Process(services, about["started_at"], max(0.0, running), requests["answered"], requests["faults"])


def here(version: str | None) -> Process:
    """Return the console itself, where it is a process of its own: whoever reads this sees that it runs."""
    return Process((RunningService("console", TITLES["console"], "up", version=version),))


def ailing(processes: Iterable[Process]) -> tuple[RunningService, ...]:
    """Return the services with which something is wrong."""
    return tuple(each for one in processes for each in one.services if each.state in {"troubled", "away"})


def _service(name: str, said: Mapping[str, Any] | None, told: Told, troubles: tuple[str, ...]) -> RunningService:
    title = TITLES.get(name, name)
    if said is not None:
        state: State = "troubled" if troubles else "up"
        return RunningService(name, title, state, troubles, said["version"], said["messages"])
    if isinstance(told.about.error, AwayError):
        return RunningService(name, title, "away")
    if told.about.error is not None:
        return RunningService(name, title, "troubled", (told.about.error.detail,))
    return RunningService(name, title, "untold")


def _troubles(ready: Outcome[Any]) -> Mapping[str, str]:
    """Return what does not work, by the checks' names."""
    answer = ready.value if ready.error is None else ready.error.answer
    match answer:
        case {"checks": Mapping() as checks}:
            return {str(name): str(result) for name, result in checks.items() if result != OK}
    return {"": ready.error.detail} if isinstance(ready.error, ApiError) else {}


def _own(troubles: Mapping[str, str], name: str, *, alone: bool) -> tuple[str, ...]:
    """Return a service's troubles in words; where there are several services, their checks begin with their names."""
    found = []
    for check, result in troubles.items():
        service, dot, what = check.partition(".")
        if not check:
            found.append(result)
        elif alone or (dot and service == name):
            found.append(f"{what if dot and service == name else check}: {result}")
    return tuple(found)
