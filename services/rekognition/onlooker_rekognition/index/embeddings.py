"""The index of one collection: an exact search while it is small, codes and an exact second look when it is large.

A search never waits: it works on the last `_State`, which nothing changes any more. Writers and the coding in the
background each put a new state in its place. Rows that have no codes yet are searched exactly, so a search is as good
while codes are made as afterwards, only slower.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.index.codes import Codes, Helpers
from onlooker_rekognition.index.proposals import nearest_by_codes
from onlooker_rekognition.index.table import Matrix, Rows, Table, View

EXACT_UP_TO = 32_768
"""Rows searched exactly: a millisecond on one core, about what the other way costs with its second look."""

_UNCODED = 8  # this part of `exact_up_to` rows may be without codes: a fifth of a millisecond
_SLICE = 65_536  # rows coded at once: a third of a second on one core, then searches have them, or the work stops
_SAMPLE = 4_096  # rows that the points of the codes are learned from: 256 for each, more change nothing
_OUTGROWN = 4  # times as many rows as when the points were learned: learn them anew

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    view: View
    codes: Codes | None  # of its first rows

    @property
    def coded(self) -> int:
        return len(self.codes) if self.codes else 0


class EmbeddingIndex:
    """Embeddings of one model by the integer key of their face. Thread-safe."""

    def __init__(
        self,
        dimensions: int,
        background: Executor,
        *,
        helpers: Helpers | None = None,
        exact_up_to: int = EXACT_UP_TO,
    ) -> None:
        """Codes are made by `background`, of collections of more than `exact_up_to` embeddings.

        `helpers` take their parts of a search among them.
        """
        self._background = background
        self._helpers = helpers
        self._exact_up_to = exact_up_to
        self._writing = threading.Lock()
        self._table = Table(dimensions)
        self._state = _State(self._table.view, None)
        self._coding: Future[None] | None = None
        self._failed_at = -math.inf  # rows; it is tried again when as many have come or gone as may be without codes
        self._closed = False

    def __len__(self) -> int:
        return int(np.count_nonzero(self._state.view.alive))

    def close(self) -> None:
        """Stop making codes, within a fraction of a second. Searches go on."""
        self._closed = True

    def add(self, keys: Sequence[int], vectors: Matrix) -> None:
        """Add `vectors` (n, dimensions) under n new `keys`."""
        with self._writing:
            self._table.append(keys, vectors)
            self._publish(self._state.codes)

    def put(self, keys: Sequence[int], vectors: Matrix) -> None:
        """Add `vectors` (n, dimensions) under n `keys`, in place of those they had: a search sees either."""
        with self._writing:
            self._table.remove(keys)
            self._table.append(keys, vectors)
            self._publish(self._codes_still_true())

    def remove(self, keys: Iterable[int]) -> None:
        """Forget `keys`; those it does not hold are ignored. No search that begins afterwards finds them."""
        with self._writing:
            self._table.remove(keys)
            self._publish(self._codes_still_true())

    def nearest(self, vector: Matrix, count: int, *, within: float = math.inf) -> tuple[list[int], Matrix]:
        """The keys of at most `count` embeddings nearest to `vector`, nearest first, with their vectors.

        None is further away than `within`. Among many embeddings, one in a hundred may be missed.
        """
        state = self._state
        view = state.view
        vector = np.ascontiguousarray(vector, np.float32)
        least = (float(vector @ vector) - within**2) / 2  # nearness at that distance
        rows = nearest_by_codes(view, state.codes, vector, count, least) if state.codes else None
        if rows is None:
            rows, nearness = view.nearest(vector, count)
            rows = rows[nearness >= least]
        return view.keys[rows].tolist(), view.vectors[rows]

    def coded(self) -> Future[None]:
        """Done when the codes that are being made now are made; for those who measure."""
        done: Future[None] = Future()
        done.set_result(None)
        return self._coding or done

    def _codes_still_true(self) -> Codes | None:
        """The codes, unless the rows that they are of have other numbers now."""
        return self._state.codes if self._table.view.numbering == self._state.view.numbering else None

    def _publish(self, codes: Codes | None) -> None:
        """Let searches see the table as it is now. Called by who is writing."""
        self._state = _State(self._table.view, codes)
        if self._coding is None and self._wants_codes(self._state):
            self._coding = self._background.submit(self._make_codes)
            self._coding.add_done_callback(_report)

    def _wants_codes(self, state: _State) -> bool:
        rows = len(state.view)
        few = self._exact_up_to // _UNCODED
        wanted = rows - state.coded > few or _is_outgrown(state.codes, rows)
        return wanted and rows > self._exact_up_to and abs(rows - self._failed_at) > few and not self._closed

    def _make_codes(self) -> None:
        """In the background, until all rows but the newest have codes."""
        try:
            while state := self._state_to_code():
                self._code(state)
        except BaseException:
            with self._writing:
                self._coding = None
                self._failed_at = len(self._state.view)
            raise

    def _state_to_code(self) -> _State | None:
        with self._writing:
            if self._wants_codes(self._state):
                return self._state
            self._coding = None
            return None

    def _code(self, state: _State) -> None:
        codes, view = state.codes, state.view
        if codes is None or _is_outgrown(codes, len(view)):
            codes = Codes.learn(view.vectors[_sample(view)], sample_of=len(view), helpers=self._helpers)
        while len(codes) < len(view) and not self._closed:
            codes = codes.extended(view.vectors[len(codes) : len(codes) + _SLICE])
            with self._writing:
                if self._state.view.numbering != view.numbering:
                    return
                if len(codes) > self._state.coded or len(codes) == len(view):
                    self._state = _State(self._state.view, codes)


def _is_outgrown(codes: Codes | None, rows: int) -> bool:
    return codes is not None and rows >= _OUTGROWN * codes.sample_of


def _sample(view: View) -> Rows:
    alive = np.flatnonzero(view.alive)
    return np.random.default_rng(len(alive)).choice(alive, min(_SAMPLE, len(alive)), replace=False)


def _report(coding: Future[None]) -> None:
    if not coding.cancelled() and (error := coding.exception()):
        _log.error("no codes could be made for a large collection; it is searched slowly", exc_info=error)
