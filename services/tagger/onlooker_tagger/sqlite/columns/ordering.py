"""Which pictures stand on a page of a search: some numbers of the pictures, sorted, from a place on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onlooker_tagger import facts
from onlooker_tagger.index import not_found
from onlooker_tagger.queries import Sort, Within
from onlooker_tagger.sqlite.columns.entry import Named
from onlooker_tagger.sqlite.columns.growing import Mask, Rows
from onlooker_tagger.sqlite.columns.snapshot import Snapshot

Values = NDArray[np.float64]
"""What each row is sorted by; whole numbers up to 2**53 are exact, which milliseconds are for 285,000 years."""
LABELS: tuple[Named, ...] = ("labels", "parents")


class Placed(NamedTuple):
    """A picture in the order of a search."""

    value: float
    id: int


def page(
    now: Snapshot, found: Mask, values: Values, order: Sort, after: tuple[float, int] | None, count: int
) -> list[Placed]:
    """Return the first pictures in an order, of equal values the later indexed first (`oldest`: last).

    Args:
        now: the columns.
        found: the pictures to choose from.
        values: what they are sorted by.
        order: `oldest` sorts from the smallest value on, the others from the largest.
        after: where the page before ended.
        count: how many at most.
    """
    rows = np.flatnonzero(found)
    sign = -1 if order == "oldest" else 1
    by, ids = sign * values[rows], sign * now.ids[rows]
    if after is not None:
        value, row = sign * after[0], sign * after[1]
        behind = (by < value) | ((by == value) & (ids < row))
        rows, by, ids = rows[behind], by[behind], ids[behind]
    if len(rows) > count:  # to sort the few that may be on the page is ten times as fast
        near = by >= np.partition(by, -count)[-count]
        rows, by, ids = rows[near], by[near], ids[near]
    first = np.lexsort((ids, by))[::-1][:count]
    return [Placed(float(values[row]), int(now.ids[row])) for row in rows[first].tolist()]


def likeness(now: Snapshot, image: int | None, image_id: str, within: Within) -> Values:
    """Return how alike each picture is to one: the sum of the rarities of the labels and parents that they share.

    How rare a label is, is counted among what the caller may know of, so that it tells nothing of other pictures.

    Args:
        now: the columns.
        image: the one's id in the database; None if it is not there.
        image_id: its id.
        within: what the caller may know of.

    Raises:
        NotFoundError: the caller may not know of the picture, or it is not there.
    """
    visible = now.visible(within)
    rows = now.rows_of(np.array([] if image is None else [image], np.int64))
    if not visible[rows].any():
        raise not_found(image_id)
    pictures = int(np.count_nonzero(visible))
    likeness = np.zeros(len(now.ids))
    for name in sorted(_names(now, rows)):
        having = _having(now, name)
        likeness[having] += facts.rarity(pictures, int(np.count_nonzero(having & visible)))
    likeness[rows] = 0
    return likeness


def _names(now: Snapshot, row: Rows) -> set[str]:
    facets = [now.facets[kind] for kind in LABELS]
    return {facet.vocabulary.names[code] for facet in facets for code in facet.codes[facet.rows == row[0]].tolist()}


def _having(now: Snapshot, name: str) -> Mask:
    """Return which pictures have a label, or a label with this parent."""
    having = np.zeros(len(now.ids), np.bool_)
    for kind in LABELS:
        facet = now.facets[kind]
        code = facet.vocabulary.find(name)
        having[facet.rows_of(() if code is None else (code,))] = True
    return having
