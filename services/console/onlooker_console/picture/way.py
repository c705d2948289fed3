"""A picture's way through Onlooker: what happened when, and how long each step took."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from onlooker_console.picture.known import Known
from onlooker_shared.recognition import Recognition

LONG_AGO = 600.0
"""Seconds after the upload from which a recognition is another one, asked for later: time counts from its own start."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        took: seconds; None for what has no beginning of its own.
        start: of the bar, 0 to 100; `length` likewise.
        waiting: whether it has not happened yet.
        rough: whether `at` is known to the second only, so that `took` may be a second longer.
    """

    name: str
    at: datetime | None
    took: float | None
    start: float = 0.0
    length: float = 0.0
    waiting: bool = False
    rough: bool = False


def way(picture: Known) -> tuple[Step, ...]:
    """Return the steps in their order; what the services do not tell of is left out."""
    spans = list(_spans(picture))
    moments = [moment for _, begun, ended in spans for moment in (begun, ended) if moment]
    since = _since(picture)
    again = picture.recognition is not None and since != picture.uploaded_at
    first = min((moment for moment in moments if not again or moment >= since), default=picture.uploaded_at)
    whole = max(((moment - first).total_seconds() for moment in moments), default=0.0) or 1.0
    return tuple(_step(name, begun, ended, first, whole) for name, begun, ended in spans)


def _spans(picture: Known) -> Iterator[tuple[str, datetime | None, datetime | None]]:
    """Yield name, beginning and end of each step; without a beginning it is a moment, without an end still to come."""
    yield "Uploaded", None, picture.uploaded_at
    found = picture.recognition
    if found is None:
        if picture.failed_at:
            yield "Given up", picture.uploaded_at, picture.failed_at
        return
    begun = _begun(picture)
    if found.started_at:
        late = begun != picture.uploaded_at
        yield ("Taken up again" if late else "Taken up"), (None if late else begun), found.started_at
    yield "Recognized", found.started_at or begun, found.recognized_at
    if _settled_later(found):
        yield "People told anew", None, found.as_of
    if picture.annotated_at or not picture.renditions:
        yield "Drawn", found.as_of, picture.annotated_at
    if picture.indexed_at or not picture.indexed:
        yield "In the search", found.as_of, picture.indexed_at


def _since(picture: Known) -> datetime:
    """Return when what the last steps made began to be waited for."""
    found = picture.recognition
    return found.as_of if found and _settled_later(found) else _begun(picture)


def _settled_later(found: Recognition) -> bool:
    """Whether who is in the picture was settled long after it was recognized: what follows waited for that."""
    return (found.as_of - found.recognized_at).total_seconds() > LONG_AGO


def _begun(picture: Known) -> datetime:
    """Return when the recognition began to be waited for: at the upload, unless it was asked for much later."""
    started = picture.recognition.started_at if picture.recognition else None
    if started and (started - picture.uploaded_at).total_seconds() > LONG_AGO:
        return started
    return picture.uploaded_at


def _step(name: str, begun: datetime | None, ended: datetime | None, first: datetime, whole: float) -> Step:
    if ended is None:
        return Step(name, None, None, waiting=True)
    if begun is None:
        return Step(name, ended, None)
    took = max((ended - begun).total_seconds(), 0.0)
    start = max((begun - first).total_seconds(), 0.0) / whole * 100
    length = min(took / whole * 100, 100.0 - start)
    return Step(name, ended, took, round(min(start, 100.0), 2), round(length, 2), rough=ended.microsecond == 0)
