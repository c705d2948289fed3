"""How figures and times are written on pages; Jinja filters."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

STEP = 1024
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
    """Write a date as `Saturday, 21 November 2026`."""
    found = date.fromisoformat(value)
    return f"{found:%A}, {found.day} {found:%B %Y}"


FILTERS: dict[str, Callable[..., Any]] = {"number": number, "size": size, "moment": moment, "day": day}
