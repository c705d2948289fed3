"""What pictures have already, as the fields of a rule offer it. Pure."""

import re
from collections.abc import Mapping
from typing import Any, get_args

from onlooker_console.alerts.kinds import Known

KNOWN: tuple[Known, ...] = get_args(Known)
ONLY_NUMBERS = re.compile(r"[\d._:TZ-]+")
"""Folders that cameras make by date and time: what comes next lies in another one."""


def offered(counts: Mapping[str, Any]) -> dict[Known, list[str]]:
    """Return what can be offered, most frequent first, of what the tagger counted."""
    found = {each: [one["name"] for one in counts.get(each, ()) if one["name"]] for each in KNOWN}
    return found | {"folders": list(dict.fromkeys(filter(None, map(_without_days, found["folders"]))))}


def _without_days(folder: str) -> str:
    """Return a folder without those of dates and numbers at its end."""
    parts = folder.rstrip("/").split("/")
    while parts and ONLY_NUMBERS.fullmatch(parts[-1]):
        parts.pop()
    return "".join(f"{part}/" for part in parts)
