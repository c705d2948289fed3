"""Asks the tagger how many pictures of a search have what."""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from onlooker_console.apis import Api, RefusedError
from onlooker_console.search import Search

PATH = "/tags/statistics"
Counts = Mapping[str, Any]
"""What `PATH` answers."""
Timeline = list[dict[str, Any]]


async def count(api: Api, search: Search) -> tuple[Counts, Timeline]:
    """Return what statistics say of a search by months, and its months at any time, so that one can go elsewhere.

    Raises:
        RefusedError: the search has a parameter that does not exist, or that the tagger does not take.
        ApiError: the tagger does not answer.
    """
    refuse_unknown(search)
    monthly, anytime = ("interval", "month"), search.without("from", "to")
    if anytime.filters == search.filters:
        counts = await api.get(PATH, [*search.filters, monthly])
        return counts, counts["timeline"]
    counts, wider = await asyncio.gather(api.get(PATH, [*search.filters, monthly]), timeline(api, anytime, "month"))
    return counts, wider


async def timeline(api: Api, search: Search, interval: str) -> Timeline:
    """Return the periods of a search that have pictures, oldest first. Raises as `count`."""
    answer = await api.get(PATH, [*search.filters, ("interval", interval), ("include", "timeline")])
    found: Timeline = answer["timeline"]
    return found


def refuse_unknown(search: Search) -> None:
    """Refuse a search with a parameter that does not exist.

    Raises:
        RefusedError: it has one.
    """
    if search.unknown:
        names = ", ".join(f"“{name}”" for name in search.unknown)
        raise RefusedError(HTTPStatus.UNPROCESSABLE_ENTITY, f"Pictures cannot be searched by {names}.")
