"""When hours of the day begin and end, as moments: over midnight, and where clocks are put forward or back. Pure.

Hours that touch (Monday's and Tuesday's, where both are whole days) are one stretch. The minute that clocks leave out
in spring is the moment at which they do; of a minute that comes twice in autumn hours begin with the first and end with
the second.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from onlooker_notifier.conditions.values import DAYS, Window

AROUND = 9
"""Days that are looked at before and after one: hours come again within a week."""
SUMMER = date(2026, 7, 15)
"""A day without changes of the clocks around it."""


class Stretch(NamedTuple):
    """From a moment until before another one, in epoch seconds."""

    start: float
    end: float


ALWAYS = Stretch(float("-inf"), float("inf"))


def stretch_at(window: Window | None, moment: float) -> Stretch | None:
    """Return the stretch of hours that a moment (epoch seconds) is in, None if it is in none; no window is always."""
    if window is None:
        return ALWAYS
    day = datetime.fromtimestamp(moment, ZoneInfo(window.zone)).date()
    found = next((each for each in stretches(window, day, day) if each.start <= moment < each.end), None)
    return ALWAYS if found is not None and moment - found.start > (AROUND - 1) * 86_400 else found


def longest(window: Window) -> float:
    """Return the seconds of the longest stretch; infinite if it never ends."""
    found = max(each.end - each.start for each in stretches(window, SUMMER, SUMMER))
    return float("inf") if found > 8 * 86_400 else found


@lru_cache(maxsize=256)
def stretches(window: Window, first: date, last: date) -> Sequence[Stretch]:
    """Return the stretches from some days before the first day until some days after the last one, in order."""
    zone = ZoneInfo(window.zone)
    opens, closes = window.minutes
    over_midnight = closes <= opens
    found: list[Stretch] = []
    for number in range(-AROUND, (last - first).days + AROUND + 1):
        day = first + timedelta(days=number)
        if DAYS[day.weekday()] not in (window.days or DAYS):
            continue
        start = _moment(day, opens, zone, fold=0)
        end = _moment(day + timedelta(days=over_midnight), closes, zone, fold=1)
        if found and start <= found[-1].end:
            found[-1] = Stretch(found[-1].start, max(end, found[-1].end))
        elif start < end:
            found.append(Stretch(start, end))
    return tuple(found)


def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> float:
    """Return when clocks show a minute of a day; if they never do, when they leave it out."""
    shown = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    moment = shown.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == shown:
        return moment.timestamp()
    before = shown.replace(tzinfo=zone, fold=1).astimezone(UTC)  # of what is left out, fold 1 is the earlier one
    offset = before.astimezone(zone).utcoffset()
    while before.astimezone(zone).utcoffset() == offset:
        before += timedelta(minutes=1)
    return before.timestamp()
