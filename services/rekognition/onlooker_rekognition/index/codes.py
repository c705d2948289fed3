"""Embeddings of half a kilobyte as codes of 32 bytes: a search reads a sixteenth of the memory.

Product quantization: each pair of dimensions becomes the nearest of 16 points, which were learned from a sample. A
search adds up 64 table look-ups a code, 32 codes at once in a register ("fast scan", Andre et al., VLDB 2015), and
sees every code: unlike a graph or a list of cells it has nothing to be led astray by, costs 3 microseconds a face to
build, and grows without being built anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from onlooker_rekognition.index.table import Matrix, Rows

_PAIR = 2  # dimensions in one part of a code
_BITS = 4  # of one part: 16 points fit into a register, which is what makes the scan fast


class Codes:
    """The codes of the first rows of a table. Immutable, so that any number of threads may search."""

    def __init__(self, index: Any, sample_of: int) -> None:
        """`index` is faiss's; see `learn`."""
        self._index = index
        self.sample_of = sample_of
        """How many rows there were when the points were learned."""

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @classmethod
    def learn(cls, sample: Matrix, *, sample_of: int) -> Codes:
        """No codes yet, but points that suit the `sample` of the `sample_of` embeddings to be coded."""
        index = _faiss().IndexPQFastScan(sample.shape[1], sample.shape[1] // _PAIR, _BITS)
        index.train(np.ascontiguousarray(sample))
        return cls(index, sample_of)

    def extended(self, vectors: Matrix) -> Codes:
        """These codes, and behind them those of `vectors`."""
        index = _faiss().clone_index(self._index)
        index.add(np.ascontiguousarray(vectors))
        return Codes(index, self.sample_of)

    def propose(self, vector: Matrix, count: int) -> Rows:
        """The `count` rows whose codes are nearest to `vector`, nearest first; `count` is at most their number."""
        _, rows = self._index.search(vector[np.newaxis], count)
        found: Rows = rows[0]
        return found[found >= 0]


def _faiss() -> Any:
    import faiss  # noqa: PLC0415  # 40 MB of memory and 0.2 s that a server of small collections does without

    faiss.omp_set_num_threads(1)  # counts for the calling thread only: coding leaves the other cores to searches
    return faiss
