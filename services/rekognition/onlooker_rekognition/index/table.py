"""Embeddings in rows, in the order of their coming, and the exact search among them.

A `Table` has one writer. Readers take its `view`, which nothing changes any more: rows are only ever appended behind
what a view sees, and a removal replaces the mask instead of changing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_SMALLEST = 64  # rows; below this growing by halves is not worth its copies


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """The rows as they were at one moment.

    `vectors` (n, dimensions), `halves` (n,) with |v|^2 / 2, `keys` (n,), and `alive` (n,), false where a row was
    removed. Views of one `numbering` have the same embedding in the same row.
    """

    vectors: Matrix
    halves: Matrix
    keys: npt.NDArray[np.int64]
    alive: npt.NDArray[np.bool_]
    numbering: int

    def __len__(self) -> int:
        return len(self.keys)

    def nearness(self, vector: Matrix, rows: Rows | slice) -> Matrix:
        """How near each of `rows` is to `vector`: the larger, the nearer. The order is exactly that of the distances.

        v.q - |v|^2 / 2 = (|q|^2 - |q - v|^2) / 2: no distance needs to be computed. By `vecdot` and not `@`, which
        would share the work with threads of its own and wait for them: 10 ms instead of half of one on busy cores.
        """
        vectors = self.vectors[rows] if isinstance(rows, slice) else self.vectors.take(rows, axis=0)  # the quicker way
        nearness: Matrix = np.vecdot(vectors, vector) - self.halves[rows]
        return nearness

    def nearest(self, vector: Matrix, count: int, start: int = 0) -> tuple[Rows, Matrix]:
        """The at most `count` rows from `start` on that are alive and nearest, nearest first, and their nearness."""
        nearness = self.nearness(vector, slice(start, None))
        nearness[~self.alive[start:]] = -np.inf
        best = largest(nearness, count)
        best = best[self.alive[start + best]]
        return start + best, nearness[best]


class Table:
    """Rows that are appended, masked, and numbered anew when half of them are gone. Not thread-safe."""

    def __init__(self, dimensions: int) -> None:
        self._vectors: Matrix = np.empty((_SMALLEST, dimensions), np.float32)
        self._halves: Matrix = np.empty(_SMALLEST, np.float32)
        self._keys = np.empty(_SMALLEST, np.int64)
        self._alive = np.zeros(_SMALLEST, np.bool_)
        self._size = 0
        self._numbering = 0

    @property
    def view(self) -> View:
        """The rows as they are now."""
        size = self._size
        return View(
            self._vectors[:size], self._halves[:size], self._keys[:size], self._alive[:size], numbering=self._numbering
        )

    def append(self, keys: Sequence[int], vectors: Matrix) -> None:
        """Add `vectors` (n, dimensions) under n new `keys`."""
        end = self._size + len(keys)
        if end > len(self._keys):
            self._grow(max(end, 2 * len(self._keys)))
        self._vectors[self._size : end] = vectors
        self._halves[self._size : end] = 0.5 * np.einsum("ij,ij->i", vectors, vectors)
        self._keys[self._size : end] = keys
        self._alive[self._size : end] = True
        self._size = end

    def remove(self, keys: Iterable[int]) -> None:
        """Forget `keys`; those it does not hold are ignored."""
        gone = np.isin(self._keys[: self._size], np.fromiter(keys, np.int64))
        alive = self._alive.copy()
        alive[: self._size][gone] = False
        self._alive = alive
        if 2 * np.count_nonzero(alive[: self._size]) < self._size:
            self._compact()

    def _grow(self, capacity: int) -> None:
        old, size = self.view, self._size
        self._vectors = np.empty((capacity, old.vectors.shape[1]), np.float32)
        self._halves = np.empty(capacity, np.float32)
        self._keys = np.empty(capacity, np.int64)
        self._alive = np.zeros(capacity, np.bool_)
        self._vectors[:size], self._halves[:size] = old.vectors, old.halves
        self._keys[:size], self._alive[:size] = old.keys, old.alive

    def _compact(self) -> None:
        kept = np.flatnonzero(self._alive[: self._size])
        self._vectors, self._halves = self._vectors[kept], self._halves[kept]
        self._keys, self._alive = self._keys[kept], self._alive[kept]
        self._size = len(kept)
        self._numbering += 1


def largest(values: Matrix, count: int) -> Rows:
    """Where the `count` largest of `values` (n,) are, or all if there are fewer; the largest first."""
    rows = np.argpartition(-values, count - 1)[:count] if count < len(values) else np.arange(len(values))
    return rows[np.argsort(-values[rows], kind="stable")]
