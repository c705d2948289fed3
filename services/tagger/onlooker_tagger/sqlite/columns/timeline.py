"""What was uploaded when, by minute, hour, day or month in UTC."""

from datetime import UTC, datetime
from typing import cast

import numpy as np

from onlooker_shared.recognition import EmotionType
from onlooker_tagger.queries import TIMELINE_LIMIT, Interval, Period
from onlooker_tagger.sqlite.columns.growing import Mask, Whole
from onlooker_tagger.sqlite.columns.snapshot import Faces, Snapshot

LENGTHS: dict[Interval, int] = {"minute": 60_000, "hour": 3_600_000, "day": 86_400_000}
"""Milliseconds. Months have no fixed length."""
FORMATS: dict[Interval, str] = {
    "minute": "%Y-%m-%dT%H:%M:00Z",
    "hour": "%Y-%m-%dT%H:00:00Z",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
}


def timeline(now: Snapshot, chosen: Mask, faces: Faces, interval: Interval) -> tuple[Period, ...]:
    """Return the latest periods that have pictures, oldest first.

    Args:
        now: the columns.
        chosen: the pictures that count.
        faces: the faces in them.
        interval: how long a period is.
    """
    starts, places = np.unique(_periods(now.uploaded[chosen], interval), return_inverse=True)
    count = len(starts)
    place = np.zeros(len(chosen), np.int64)  # of each picture's period
    place[chosen] = places
    pictures = np.bincount(places, minlength=count)
    failed = np.bincount(place[chosen & now.failed], minlength=count)
    seen = np.bincount(places, weights=now.face_counts[chosen], minlength=count)
    names = [cast("EmotionType", name) for name in faces.vocabulary.names]
    shown = faces.emotions >= 0
    cells = place[faces.rows[shown]] * len(names) + faces.emotions[shown]
    emotions = np.bincount(cells, minlength=count * len(names)).reshape(count, len(names))
    return tuple(
        Period(
            start=_text(int(starts[n]), interval),
            count=int(pictures[n]),
            failed=int(failed[n]),
            faces=int(seen[n]),
            emotions={names[code]: int(emotions[n, code]) for code in np.flatnonzero(emotions[n]).tolist()},
        )
        for n in range(max(0, count - TIMELINE_LIMIT), count)
    )


def _periods(uploaded: Whole, interval: Interval) -> Whole:
    """Return the period of each moment, counted from 1970 on."""
    if interval == "month":
        return uploaded.astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    return uploaded // LENGTHS[interval]


def _text(period: int, interval: Interval) -> str:
    if interval == "month":
        return str(np.datetime64(period, "M"))
    return datetime.fromtimestamp(period * LENGTHS[interval] / 1000, UTC).strftime(FORMATS[interval])
