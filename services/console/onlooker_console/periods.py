"""Periods of a timeline, in UTC: how long they ought to be, what they are called, what was in one of them. Pure."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from onlooker_console.counting import Timeline
from onlooker_console.filters import month_after
from onlooker_console.search import Search

Interval = Literal["month", "day", "hour", "minute"]
INTERVALS: tuple[Interval, ...] = ("month", "day", "hour", "minute")
"""The longest first."""
FEWEST: dict[Interval, int] = {"month": 7, "day": 4, "hour": 3}
"""From the first to the last: timelines of fewer periods tell more in shorter ones."""
FEW = 2
MOST = 366
"""As many as the tagger counts at most."""
MONTH = timedelta(days=30)
LENGTHS: dict[Interval, timedelta] = {
    "day": timedelta(days=1),
    "hour": timedelta(hours=1),
    "minute": timedelta(minutes=1),
}


def shorter(interval: Interval, periods: Timeline) -> Interval | None:
    """Return in which shorter periods a timeline tells more; None if it is well as it is."""
    if not periods or _span(interval, periods) >= FEWEST.get(interval, 0):
        return None
    return dict(pairwise(INTERVALS)).get(interval)


def choices(interval: Interval, periods: Timeline) -> tuple[Interval, ...]:
    """Return in which periods a timeline can be told, the longest first: at least two of them, at most `MOST`.

    Args:
        interval: of the periods there are, which is one of the choices.
        periods: the timeline, oldest first.
    """
    if not periods:
        return ()
    first, last = _begin(periods[0]["start"]), _end(periods[-1]["start"], interval)
    return tuple(
        each for each in INTERVALS if each == interval or FEW <= (last - first) / LENGTHS.get(each, MONTH) <= MOST
    )


def called(start: str, interval: Interval) -> str:
    """Return what people call a period: `November 2026`, `21 Nov 2026`, `21 Nov 2026, 14:00`."""
    first = _begin(start)
    if interval == "month":
        return f"{first:%B %Y}"
    day = f"{first.day} {first:%b %Y}"
    return day if interval == "day" else f"{day}, {first:%H:%M}"


def during(search: Search, start: str, interval: Interval) -> Search:
    """Return the search for those of its pictures that are of a period."""
    first = _begin(start)
    end = _end(start, interval)
    since, until = _moment(search.get("from")), _moment(search.get("to"))
    return search.setting(
        since=_written(max(first, since) if since else first), until=_written(min(end, until) if until else end)
    )


def _span(interval: Interval, periods: Timeline) -> int:
    first, last = (_begin(str(periods[n]["start"])) for n in (0, -1))
    if interval == "month":
        return (last.year - first.year) * 12 + last.month - first.month + 1
    return (last - first) // LENGTHS[interval] + 1


def _begin(start: str) -> datetime:
    """Return when a period begins, as the tagger writes it: 2026-11, 2026-11-21 or 2026-11-21T14:00:00Z."""
    found = datetime.fromisoformat(f"{start}-01" if len(start) == len("2026-11") else start)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _end(start: str, interval: Interval) -> datetime:
    first = _begin(start)
    return _midnight(month_after(first.date())) if interval == "month" else first + LENGTHS[interval]


def _moment(given: str) -> datetime | None:
    """Return the time that a search names; None if it names none."""
    try:
        found = datetime.fromisoformat(given)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _written(moment: datetime) -> str:
    """Write a time as searches have it: only the date where it is midnight."""
    whole = moment == _midnight(moment.date())
    return moment.date().isoformat() if whole else moment.isoformat().replace("+00:00", "Z")
