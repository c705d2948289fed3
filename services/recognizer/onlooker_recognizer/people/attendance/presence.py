"""When people were present, by when they signed in and out; and as a table for spreadsheets. Pure."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from io import StringIO

LONGEST = timedelta(hours=16)
"""Who is signed in for longer forgot to sign out, and is signed in anew when seen again."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet computes (OWASP, "CSV Injection")."""
COLUMNS = ("person_id", "name", "signed_in_at", "signed_out_at", "seconds")


class Direction(StrEnum):
    """Which way somebody goes."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Signed:
    """That somebody signed in or out."""

    person_id: str
    at: datetime
    direction: Direction


@dataclass(frozen=True, slots=True)
class Session:
    """A time for which somebody was there; without an end they are, or they forgot to sign out."""

    person_id: str
    signed_in_at: datetime
    signed_out_at: datetime | None


def next_direction(last: Signed | None, now: datetime) -> Direction:
    """Return which way somebody goes who is seen again, by their last time."""
    there = last is not None and last.direction is Direction.IN and now - last.at < LONGEST
    return Direction.OUT if there else Direction.IN


def bounds(day: date, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when a day begins and ends somewhere; it has 23 or 25 hours when the clocks change."""
    begin, end = [datetime.combine(day + timedelta(days=days), time(), tzinfo=zone) for days in (0, 1)]
    return begin, end


def sessions(signed: Iterable[Signed], begin: datetime, end: datetime) -> list[Session]:
    """Return the times of presence that began in a time, in their order.

    Args:
        signed: all of that time, and those of `LONGEST` after it, for who leaves later.
        begin: of the time.
        end: of the time, itself not in it.
    """
    found: list[Session] = []
    there: dict[str, int] = {}
    for each in sorted(signed, key=lambda each: (each.at, each.person_id)):
        if each.direction is Direction.IN and begin <= each.at < end:
            there[each.person_id] = len(found)
            found.append(Session(each.person_id, each.at, None))
        else:
            number = there.pop(each.person_id, None)
            if number is None or each.direction is Direction.IN:
                continue
            came = found[number].signed_in_at
            if each.at - came < LONGEST:
                found[number] = Session(each.person_id, came, each.at)
    return found


def as_csv(presence: Iterable[Session], names: Mapping[str, str], zone: tzinfo) -> str:
    """Return times of presence as CSV (RFC 4180) with a head, times as somewhere's clocks show them.

    Args:
        presence: the times.
        names: of people, by id.
        zone: where.
    """
    out = StringIO()
    rows = csv.writer(out)
    rows.writerow(COLUMNS)
    for each in presence:
        ended = each.signed_out_at
        rows.writerow(
            (
                each.person_id,
                _safe(names[each.person_id]),
                _clock(each.signed_in_at, zone),
                _clock(ended, zone) if ended else "",
                round((ended - each.signed_in_at).total_seconds()) if ended else "",
            )
        )
    return out.getvalue()


def _clock(at: datetime, zone: tzinfo) -> str:
    return at.astimezone(zone).isoformat(timespec="seconds")


def _safe(text: str) -> str:
    """Return a text that no spreadsheet computes: whoever names somebody must not make others' programs run."""
    return f"'{text}" if text.startswith(FORMULA) else text
