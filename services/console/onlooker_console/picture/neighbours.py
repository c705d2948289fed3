"""Which pictures come before and after one in the search that somebody came from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from onlooker_console.search import Given, Search

AROUND = 24
"""Pictures that are looked at on each side: so many may have been uploaded at the very same moment."""
BEST = 120
"""Pictures of a search by relevance among which its neighbours are known."""
MOMENT = timedelta(milliseconds=1)

Documents = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Links to the pictures before and after; empty where there is none."""

    before: str = ""
    after: str = ""


def questions(search: Search, uploaded_at: datetime) -> tuple[Given, ...]:
    """Return what the tagger is to be asked: where the order is that of time, once for each side, else once.

    Args:
        search: what somebody came from.
        uploaded_at: when the picture was uploaded.
    """
    if _by_relevance(search):
        return ((*search.given, ("limit", str(BEST))),)
    here = uploaded_at.isoformat()
    up_to = (uploaded_at + MOMENT).isoformat()
    newer = search.setting(since=here, sort="oldest")
    older = search.setting(until=up_to, sort="newest")
    if search.get("to"):
        newer = newer.setting(until=search.get("to"))
    if search.get("from"):
        older = older.setting(since=search.get("from"))
    return tuple((*each.given, ("limit", str(AROUND))) for each in (newer, older))


def neighbours(search: Search, image_id: str, answers: Sequence[Documents]) -> Neighbours:
    """Return the links, from the answers to `questions`."""
    if _by_relevance(search):
        listed = [each["image_id"] for each in answers[0]]
        place = listed.index(image_id) if image_id in listed else None
        if place is None:
            return Neighbours()
        return Neighbours(
            _link(search, listed[place - 1] if place else ""),
            _link(search, listed[place + 1] if place + 1 < len(listed) else ""),
        )
    newer, older = (_link(search, _next(each, image_id)) for each in answers)
    return Neighbours(older, newer) if search.get("sort") == "oldest" else Neighbours(newer, older)


def _by_relevance(search: Search) -> bool:
    comparable = search.get("q") or search.get("similar_to")
    return bool(comparable) and search.get("sort") not in {"newest", "oldest"}


def _next(listed: Documents, image_id: str) -> str:
    """Return whom a picture is followed by; if it is not among them, all were uploaded with it, or it is elsewhere."""
    ids = [each["image_id"] for each in listed]
    if image_id in ids:
        ids = ids[ids.index(image_id) + 1 :]
    return next(iter(ids), "")


def _link(search: Search, image_id: str) -> str:
    return search.at(f"/console/pictures/{image_id}") if image_id else ""
