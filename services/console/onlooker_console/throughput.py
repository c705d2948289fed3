"""Pictures per minute in the last hour, as bars. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MINUTES = 60
HEIGHT = 100
STEP = 10
"""Of the drawing's own units: how high all bars are at most, and how wide one is with the gap after it."""
LEAST = 2.0
"""How high a bar is at least, so that one picture among thousands is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute.

    Attributes:
        start: when it began, UTC.
        count: pictures, the failed ones among them.
        failed: those.
        x: where it stands.
        height: of all of it; `failed_height` of the part for failed ones, at its foot.
    """

    start: str
    count: int
    failed: int
    x: int
    height: float
    failed_height: float


@dataclass(frozen=True, slots=True)
class Throughput:
    """The last hour, the oldest minute first. `peak`: of its busiest minute."""

    bars: tuple[Bar, ...]
    total: int
    failed: int
    peak: int


def begin(now: datetime) -> datetime:
    """Return when the hour begins that ends with the minute it is."""
    return now.astimezone(UTC).replace(second=0, microsecond=0) - timedelta(minutes=MINUTES - 1)


def throughput(timeline: Iterable[Mapping[str, Any]], now: datetime) -> Throughput:
    """Return the bars of a timeline by minutes, which leaves out those without pictures."""
    found = {datetime.fromisoformat(each["start"]): each for each in timeline}
    minutes = [begin(now) + timedelta(minutes=n) for n in range(MINUTES)]
    counted = [(minute, found.get(minute, {"count": 0, "failed": 0})) for minute in minutes]
    peak = max(each["count"] for _, each in counted)
    bars = tuple(
        Bar(
            minute.isoformat().replace("+00:00", "Z"),
            each["count"],
            each["failed"],
            n * STEP,
            _height(each["count"], peak),
            _height(each["failed"], peak),
        )
        for n, (minute, each) in enumerate(counted)
    )
    return Throughput(bars, sum(bar.count for bar in bars), sum(bar.failed for bar in bars), peak)


def _height(count: int, peak: int) -> float:
    return round(max(LEAST, count / peak * HEIGHT), 2) if count else 0.0
