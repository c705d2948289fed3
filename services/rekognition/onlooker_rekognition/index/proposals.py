"""The second look: codes propose, exact distances decide, and say whether the proposals were broad enough."""

from __future__ import annotations

import math

import numpy as np

from onlooker_rekognition.index.codes import Codes
from onlooker_rekognition.index.table import Matrix, Rows, View, largest

_NARROWEST = 2_048  # proposals; with fewer the scan itself is what takes the time
_FOR_EACH = 64  # proposals for each embedding that is wanted, however far away: strangers are hard to tell apart
_WIDER = 4  # times as many proposals when they did not suffice
_BROADEST = 8  # more proposals than this part of all codes take longer than looking at everything exactly
_TOLERATED = 16  # of the embeddings found, this part may have been proposed late


def nearest_by_codes(view: View, codes: Codes, vector: Matrix, count: int, least: float) -> Rows | None:
    """The at most `count` rows nearest to `vector`, nearest first, all with a nearness of at least `least`.

    None when an exact search is the better way: so many are wanted, or so many embeddings are alike, that codes do
    not tell them apart.

    Whether what was not proposed could have been among the nearest is seen in the order of what was: where the
    second half of the proposals holds next to none of the nearest, the rest holds fewer still. Rows that were removed
    are proposed as well, and never found; where they crowd out others, they make the proposals broader too.
    """
    newest, their_nearness = view.nearest(vector, count, start=len(codes))
    breadth = _NARROWEST if least > -math.inf else max(_NARROWEST, _FOR_EACH * count)
    while _BROADEST * breadth <= len(codes):
        proposed = codes.propose(vector, breadth)
        nearness = view.nearness(vector, proposed)
        found, last = _best(
            np.concatenate([proposed[view.alive[proposed]], newest]),
            np.concatenate([nearness[view.alive[proposed]], their_nearness]),
            count,
            least,
        )
        late = np.count_nonzero(nearness[breadth // 2 :] >= last)
        if _TOLERATED * late <= len(found):
            return found
        breadth *= _WIDER
    return None


def _best(rows: Rows, nearness: Matrix, count: int, least: float) -> tuple[Rows, float]:
    """The nearest of `rows`, nearest first, and the nearness that the last place asks for."""
    order = largest(nearness, count)
    order = order[nearness[order] >= least]
    return rows[order], float(nearness[order[-1]]) if len(order) == count else least
