"""Embeddings of half a kilobyte as codes of 32 bytes: a search reads a sixteenth of the memory.

Product quantization: each pair of dimensions becomes the nearest of 16 points, which were learned from a sample. A
search adds up 64 table look-ups a code, 32 codes at once in a register ("fast scan", Andre et al., VLDB 2015), and
sees every code: unlike a graph or a list of cells it has nothing to be led astray by, costs 3 microseconds a face to
build, and grows without being built anew.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any

import numpy as np

from onlooker_rekognition.index.table import Matrix, Rows

_PAIR = 2  # dimensions in one part of a code
_BITS = 4  # of one part: 16 points fit into a register, which is what makes the scan fast
_SHARD = 524_288  # codes scanned by one thread: two milliseconds, of which keeping the nearest 2,048 takes a third


@dataclass(frozen=True, slots=True)
class Helpers:
    """`count` threads beside the caller's own: most of a search among a million is the scan of their codes."""

    executor: Executor
    count: int


class Codes:
    """The codes of the first rows of a table, in shards. Immutable, so that any number of threads may search."""

    def __init__(self, points: Any, shards: tuple[Any, ...], helpers: Helpers | None, sample_of: int) -> None:
        """`points` and `shards` are faiss's indexes, one without codes and those with them; see `learn`."""
        self._points = points
        self._shards = shards
        self._helpers = helpers
        self.sample_of = sample_of
        """How many rows there were when the points were learned."""

    def __len__(self) -> int:
        return sum(int(shard.ntotal) for shard in self._shards)

    @classmethod
    def learn(cls, sample: Matrix, *, sample_of: int, helpers: Helpers | None = None) -> Codes:
        """No codes yet, but points that suit the `sample` of the `sample_of` embeddings to be coded."""
        points = _faiss().IndexPQFastScan(sample.shape[1], sample.shape[1] // _PAIR, _BITS)
        points.train(np.ascontiguousarray(sample))
        return cls(points, (), helpers, sample_of)

    def extended(self, vectors: Matrix) -> Codes:
        """These codes, and behind them those of `vectors`."""
        shards = self._shards
        while len(vectors):
            full = not shards or shards[-1].ntotal >= _SHARD
            kept, last = (shards, self._points) if full else (shards[:-1], shards[-1])
            grown = _faiss().clone_index(last)  # searches may be looking at the other one
            room = _SHARD - grown.ntotal
            grown.add(np.ascontiguousarray(vectors[:room]))
            shards, vectors = (*kept, grown), vectors[room:]
        return Codes(self._points, shards, self._helpers, self.sample_of)

    def propose(self, vector: Matrix, count: int) -> Rows:
        """The `count` rows whose codes are nearest to `vector`, nearest first; `count` is at most their number."""
        parts = min(1 + (self._helpers.count if self._helpers else 0), len(self._shards))
        mine, *theirs = (range(part, len(self._shards), parts) for part in range(parts))
        asked = [self._helpers.executor.submit(self._scan, part, vector, count) for part in theirs if self._helpers]
        found = [*self._scan(mine, vector, count), *(each for answer in asked for each in answer.result())]
        distances, rows = (np.concatenate(column) for column in zip(*found, strict=True))
        return rows[np.argsort(distances, kind="stable")[:count]]

    def _scan(self, part: range, vector: Matrix, count: int) -> list[tuple[Matrix, Rows]]:
        """The distances and rows of the `count` nearest of each shard of a part."""
        _faiss()
        found = []
        for number in part:
            distances, rows = self._shards[number].search(vector[np.newaxis], min(count, self._shards[number].ntotal))
            known = rows[0] >= 0
            found.append((distances[0][known], rows[0][known] + number * _SHARD))
        return found


def _faiss() -> Any:
    import faiss  # noqa: PLC0415  # 40 MB of memory and 0.2 s that a server of small collections does without

    faiss.omp_set_num_threads(1)  # counts for the calling thread only: coding leaves the other cores to searches
    return faiss
