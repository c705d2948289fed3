"""Which pictures stand on a page of a search: some numbers of the pictures, sorted, from a place on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onlooker_tagger import facts
from onlooker_tagger.index import not_found
from onlooker_tagger.queries import Sort, Within
from onlooker_tagger.sqlite.columns.entry import Named
from onlooker_tagger.sqlite.columns.facet import Postings
from onlooker_tagger.sqlite.columns.growing import Mask
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
    pictures, having = int(np.count_nonzero(visible)), _having(now, rows[0], within)
    weights = {name: facts.rarity(pictures, count) for name, count in having.items()}
    alike = np.zeros(len(now.ids))
    for kind in LABELS:
        alike += _sums(now.facets[kind], weights, len(now.ids))
    alike[rows] = 0
    return alike


def _having(now: Snapshot, row: int, within: Within) -> dict[str, int]:
    """Return the labels and parents that a picture has, each with how many have it that the caller may know of."""
    names = {
        facet.vocabulary.names[code]
        for facet in (now.facets[kind] for kind in LABELS)
        for code in facet.codes[facet.rows == row].tolist()
    }
    return {name: sum(now.count(kind, name, within) for kind in LABELS) for name in names}


def _sums(facet: Postings, weights: dict[str, int], length: int) -> Values:
    """Return for each row the sum of the weights of the names that it has."""
    by_code = np.zeros(len(facet.vocabulary.names))
    for name, weight in weights.items():
        code = facet.vocabulary.find(name)
        if code is not None and code < len(by_code):  # one that came this very moment no picture here has
            by_code[code] = weight
    here = np.flatnonzero((by_code > 0).take(facet.codes))
    return np.bincount(facet.rows[here], weights=by_code[facet.codes[here]], minlength=length).astype(np.float64)
