"""How figures and times are written on pages; Jinja filters."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

STEP = 1024
TENTH_BELOW = 1.95
MINUTE, HOUR, DAY = 60, 3600, 86400
UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


def number(value: float) -> str:
    """Write a count with thin spaces between thousands: 12 345."""
    return f"{value:,}".replace(",", "\u202f")


def size(value: float) -> str:
    """Write a number of bytes: 3.2 MiB."""
    unit = 0
    while value >= STEP and unit < len(UNITS) - 1:
        value, unit = value / STEP, unit + 1
    return f"{value:.0f} {UNITS[unit]}" if unit == 0 else f"{value:.1f} {UNITS[unit]}"


def moment(value: str | datetime) -> str:
    """Write a time as `2026-11-21 14:05 UTC`; a page's script rewrites it for the reader's own time zone."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{found.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def day(value: str) -> str:
    """Write a date as `Saturday, 21 November 2026`, a month (2026-11) as `November 2026`."""
    if len(value) == len("2026-11"):
        return f"{date.fromisoformat(f'{value}-01'):%B %Y}"
    found = date.fromisoformat(value)
    return f"{found:%A}, {found.day} {found:%B %Y}"


def percent(value: float) -> str:
    """Write a share of a hundred: whole, but for small ones that would be 0 or 1."""
    return f"{value:.0f} %" if value >= TENTH_BELOW or value == 0 else f"{value:.1f} %"


def money(value: float, currency: str = "") -> str:
    """Write an amount: 12.40 USD; of less than one, tenths of a cent count, too: 0.0120 USD."""
    text = f"{value:,.4f}" if 0 < value < 1 else f"{value:,.2f}"
    return f"{text}\u00a0{currency}".strip().replace(",", "\u202f")


def span(seconds: float) -> str:
    """Write a length of time, as coarsely as one would say it: 40 ms, 1.2 s, 5 min, 3 h, 12 days."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:.0f} h" if seconds < 2 * DAY else f"{seconds / DAY:.0f} days"


FILTERS: dict[str, Callable[..., Any]] = {
    "number": number,
    "size": size,
    "moment": moment,
    "day": day,
    "percent": percent,
    "span": span,
    "money": money,
}
