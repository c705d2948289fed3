"""Nearest embeddings, in memory: one matrix product over all faces of a collection.

Searches work on a snapshot and never wait for one another: rows are only ever appended behind what a snapshot
sees, removals replace the mask instead of changing it.

A row is a vector v followed by -|v|^2 / 2. Its product with (q, 1) is q.v - |v|^2 / 2 = (|q|^2 - |q - v|^2) / 2: the
larger, the nearer, and no distance needs to be computed.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

_SMALLEST = 64  # rows; below this growing by halves is not worth its copies

Matrix = npt.NDArray[np.float32]


class EmbeddingIndex:
    """Embeddings of one model by the integer key of their face. Thread-safe."""

    def __init__(self, dimensions: int) -> None:
        self._lock = threading.Lock()
        self._rows: Matrix = np.empty((_SMALLEST, dimensions + 1), np.float32)
        self._keys = np.empty(_SMALLEST, np.int64)
        self._alive = np.zeros(_SMALLEST, np.bool_)
        self._size = 0

    def __len__(self) -> int:
        with self._lock:
            return int(np.count_nonzero(self._alive[: self._size]))

    def add(self, keys: Sequence[int], vectors: Matrix) -> None:
        """Add `vectors` (n, dimensions) under n new `keys`."""
        with self._lock:
            end = self._size + len(keys)
            if end > len(self._keys):
                self._grow(max(end, 2 * len(self._keys)))
            self._rows[self._size : end, :-1] = vectors
            self._rows[self._size : end, -1] = -0.5 * np.einsum("ij,ij->i", vectors, vectors)
            self._keys[self._size : end] = keys
            self._alive[self._size : end] = True
            self._size = end

    def remove(self, keys: Iterable[int]) -> None:
        """Forget `keys`; those it does not hold are ignored."""
        with self._lock:
            gone = np.isin(self._keys[: self._size], np.fromiter(keys, np.int64))
            alive = self._alive.copy()
            alive[: self._size][gone] = False
            self._alive = alive
            if 2 * np.count_nonzero(alive[: self._size]) < self._size:
                self._compact()

    def nearest(self, vector: Matrix, count: int) -> tuple[list[int], Matrix]:
        """The keys of at most `count` embeddings nearest to `vector`, nearest first, with their vectors."""
        with self._lock:
            size = self._size
            rows, keys, alive = self._rows[:size], self._keys[:size], self._alive[:size]
        nearness = rows @ np.append(vector, np.float32(1))
        nearness[~alive] = -np.inf
        best = np.argpartition(-nearness, count - 1)[:count] if count < size else np.arange(size)
        best = best[np.argsort(-nearness[best], kind="stable")]
        best = best[alive[best]]
        return keys[best].tolist(), rows[best, :-1]

    def _grow(self, capacity: int) -> None:
        size, rows, keys, alive = self._size, self._rows, self._keys, self._alive
        self._rows = np.empty((capacity, rows.shape[1]), np.float32)
        self._keys = np.empty(capacity, np.int64)
        self._alive = np.zeros(capacity, np.bool_)
        self._rows[:size], self._keys[:size], self._alive[:size] = rows[:size], keys[:size], alive[:size]

    def _compact(self) -> None:
        kept = np.flatnonzero(self._alive[: self._size])
        self._rows, self._keys, self._alive = self._rows[kept], self._keys[kept], self._alive[kept]
        self._size = len(kept)
