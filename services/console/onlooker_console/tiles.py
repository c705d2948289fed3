"""The gallery's tiles: what a picture's document becomes on a wall of pictures. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any, Literal
from urllib.parse import quote

from onlooker_console.settled import settled

State = Literal["ready", "waiting", "failed"]
"""Waiting: recognized, but its small pictures are not drawn yet."""

Grouping = Literal["day", "month", "nothing"]
LETTERS = {"day": 10, "month": 7, "nothing": 0}
"""Of a date in ISO 8601: as many are alike in one group."""
MANY_DAYS, FEW_A_DAY = 8, 4
"""Pictures of so many days, fewer than so many a day, are put together by months: else most of a page is headings."""

Document = Mapping[str, Any]
"""What ``GET /tags/images`` lists."""

NARROWEST, WIDEST = 5, 25
"""Tenths of width by height between which a tile is as its picture is; what is beyond is cropped."""
UNKNOWN_SHAPE = 13
NAMED_LABELS = 3
SLIGHT = frozenset({"Person", "Human", "People"})
"""Labels that say least where others can be named."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture.

    Attributes:
        day: when it was uploaded, in the reader's time zone: ``2026-11-21``.
        version: another one when anything that is shown has changed.
        shape: tenths of width by height: the style sheet has a class for each.
        image: where its small picture is, with what was recognized drawn into it; empty if there is none.
        width: of that picture, in pixels; likewise `height`.
        plain: where the same is with nothing drawn into it.
        what: what it shows, in a line.
        reason: why it failed.
        sensitive: whether it is veiled until somebody wants to see it.
    """

    image_id: str
    version: str
    name: str
    key: str
    uploaded_at: str
    day: str
    state: State
    shape: int
    image: str
    width: int
    height: int
    plain: str
    what: str
    reason: str
    sensitive: bool


@dataclass(frozen=True, slots=True)
class Day:
    """What was uploaded on one day, or in one month where days have few; everything where the order is another."""

    date: str
    """``2026-11-21`` or ``2026-11``, in the reader's time zone; or empty."""
    tiles: tuple[Tile, ...]


def tile(document: Document, zone: tzinfo = UTC) -> Tile:
    """Return a picture's tile, for a reader in a time zone."""
    image_id, rendition = document["image_id"], document["thumbnail"]
    as_of = settled(document)
    kinds = [name for name in ("thumbnail", "preview") if document[name]]
    return Tile(
        image_id=image_id,
        version=f"{as_of}{'+' if rendition else ''}",
        name=document["key"].rpartition("/")[2] or document["key"],
        key=document["key"],
        uploaded_at=document["uploaded_at"],
        day=datetime.fromisoformat(document["uploaded_at"]).astimezone(zone).date().isoformat(),
        state="failed" if document["state"] == "failed" else "ready" if rendition else "waiting",
        shape=_shape(rendition or document),
        image=_link(image_id, kinds[0], as_of) if rendition else "",
        width=rendition["width"] if rendition else 0,
        height=rendition["height"] if rendition else 0,
        plain=_link(image_id, kinds[-1], as_of) if rendition else "",
        what=_what(document),
        reason=document["reason"] or "",
        sensitive=bool(document["moderation"]),
    )


def grouping(documents: Sequence[Document], *, by_time: bool) -> Grouping:
    """Return how pictures are best put together, judged by the first of them.

    Args:
        documents: in their order.
        by_time: whether that is the order of time.
    """
    if not by_time:
        return "nothing"
    dates = {each["uploaded_at"][: LETTERS["day"]] for each in documents}
    return "month" if len(dates) >= MANY_DAYS and len(documents) < FEW_A_DAY * len(dates) else "day"


def days(documents: Iterable[Document], by: Grouping, zone: tzinfo = UTC) -> tuple[Day, ...]:
    """Return the tiles of documents in their order, those of one day or month together, for a reader in a time zone."""
    tiles = (tile(each, zone) for each in documents)
    return tuple(Day(date, tuple(group)) for date, group in groupby(tiles, key=lambda each: each.day[: LETTERS[by]]))


def _link(image_id: str, kind: str, version: str) -> str:
    return f"/console/pictures/{image_id}/{kind}?v={quote(version, safe=':')}"


def _shape(sized: Mapping[str, Any]) -> int:
    width, height = sized["width"], sized["height"]
    return min(max(round(10 * width / height), NARROWEST), WIDEST) if width and height else UNKNOWN_SHAPE


def _what(document: Document) -> str:
    """Return what a picture shows: who is in it if that is known, then its labels; faces where nothing else is."""
    labels = sorted((label["name"] for label in document["labels"]), key=lambda name: name in SLIGHT)
    named = [*document["persons"], *labels[:NAMED_LABELS]]
    count = document["face_count"]
    return ", ".join(named) or ("1 face" if count == 1 else f"{count} faces" if count else "")
