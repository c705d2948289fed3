"""Since when no picture came that is as a rule wants it, and whether that is told: pure.

An absence is known by when it began: with the last such picture, or with the hours in which is looked if these began
later. Of each one is told once. What was told stays so until such a picture comes, or the next hours begin.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.conditions.hours import ALWAYS, Stretch, stretch_at, stretches
from onlooker_notifier.conditions.values import SECONDS, Window

SETTLING = 10.0
"""Seconds that are waited besides: pictures are told of some seconds after they were uploaded, and of those that come
thick and fast not each is noted."""
MOST_ABSENCES = 100
"""That a trial tells of."""
NAMES = {"s": "second", "m": "minute", "h": "hour", "d": "day"}


@dataclass(frozen=True, slots=True)
class Mark:
    """What is known of one rule; times are epoch seconds."""

    seen_at: float
    """When the last such picture was uploaded, or since when is counted."""
    told_of: float = float("-inf")
    """When the absence began that was told last."""


class Absence(NamedTuple):
    """No such picture came for as long as it takes."""

    since: float
    told_at: float
    """When that is told at the earliest."""


def absence_at(mark: Mark, hours: Window | None, lasting: float, now: float) -> Absence | None:
    """Return the absence that goes on, be it over long enough or not; None if none does, or it was told.

    Args:
        mark: what is known.
        hours: in which is looked; None: always.
        lasting: seconds for which no such picture may come.
        now: epoch seconds.
    """
    stretch = stretch_at(hours, now)
    if stretch is None:
        return None
    since = max(mark.seen_at, stretch.start)
    return None if mark.told_of >= since else Absence(since, since + lasting + SETTLING)


def set_back(mark: Mark, now: float) -> Mark | None:
    """Return what is known after a clock jumped back; None if none did.

    What was to come in an hour that never came again counts from now, and what was told stays told.
    """
    if max(mark.seen_at, mark.told_of) <= now + CLOCKS_DIFFER:
        return None
    return replace(mark, seen_at=min(mark.seen_at, now), told_of=min(mark.told_of, now))


def absences_among(seen: Iterable[float], hours: Window | None, lasting: float, now: float) -> list[Absence]:
    """Return the absences that would have been told, oldest first.

    Args:
        seen: when such pictures were uploaded, in epoch seconds, and since when is counted.
        hours: in which is looked; None: always.
        lasting: seconds for which no such picture may come.
        now: until when is counted.
    """
    moments = sorted(seen)
    found = []
    for since, until in zip(moments, [*moments[1:], now], strict=True):
        for stretch in _stretches(hours, since, until):
            began = max(since, stretch.start)
            told_at = began + lasting + SETTLING
            if told_at < min(until, stretch.end):
                found.append(Absence(began, told_at))
    return found[-MOST_ABSENCES:]


def words(lasting: str, title: str | None) -> str:
    """Return what is told, in words.

    Args:
        lasting: as in `30m`.
        title: what such a picture is like; None: like anything.
    """
    return f"No picture for {in_words(lasting)}" + (f" with {title}" if title else "")


def in_words(lasting: str) -> str:
    """Return what `30m` means."""
    number, unit = int(lasting[:-1]), lasting[-1]
    while (larger := _larger(unit)) and number and number * SECONDS[unit] % SECONDS[larger] == 0:
        number, unit = number * SECONDS[unit] // SECONDS[larger], larger
    return f"{number} {NAMES[unit]}" + ("" if number == 1 else "s")


def _larger(unit: str) -> str | None:
    units = list(SECONDS)
    place = units.index(unit) + 1
    return units[place] if place < len(units) else None


def _stretches(hours: Window | None, since: float, until: float) -> Sequence[Stretch]:
    if hours is None:
        return (ALWAYS,)
    days = (datetime.fromtimestamp(moment, UTC).date() for moment in (since, max(since, until)))
    return [each for each in stretches(hours, *days) if each.end > since and each.start < until]
