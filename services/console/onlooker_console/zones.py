"""The reader's time zone, by which pictures are put together by days: a script of the page tells it in a cookie."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo

from fastapi import Request

COOKIE = "onlooker_zone"


def zone_of(request: Request) -> tzinfo:
    """Return the time zone of whoever asks; UTC until their browser has told it, and where it is not known here."""
    return zone(request.cookies.get(COOKIE, ""))


def zone(name: str) -> tzinfo:
    """Return the time zone of a name such as ``Europe/Berlin``; UTC if there is none."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):  # not known; no name of one; the name of a folder of names
        return UTC
