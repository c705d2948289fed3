import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest

from onlooker_rekognition.index import EmbeddingIndex

DIMENSIONS = 16


def vectors(count: int, seed: int = 0) -> npt.NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(count, DIMENSIONS)).astype(np.float32)


def exact(stored: npt.NDArray[np.float32], keys: list[int], query: npt.NDArray[np.float32]) -> list[int]:
    return [keys[row] for row in np.argsort(np.linalg.norm(stored - query, axis=1))]


@pytest.fixture
def index() -> Iterator[EmbeddingIndex]:
    with ThreadPoolExecutor(1) as background:
        yield EmbeddingIndex(DIMENSIONS, background)


def test_the_nearest_come_first_as_an_exact_search_finds_them(index: EmbeddingIndex) -> None:
    stored = vectors(500)
    keys = list(range(1000, 1500))
    for start in range(0, 500, 7):
        index.add(keys[start : start + 7], stored[start : start + 7])
    for query in vectors(20, seed=1):
        found, rows = index.nearest(query, 10)
        assert found == exact(stored, keys, query)[:10]
        assert np.array_equal(rows, stored[[key - 1000 for key in found]])


def test_none_is_further_away_than_asked_for(index: EmbeddingIndex) -> None:
    stored, query = vectors(500), vectors(1, seed=1)[0]
    index.add(range(500), stored)
    distances = np.sort(np.linalg.norm(stored - query, axis=1))
    found, rows = index.nearest(query, 100, within=(distances[29] + distances[30]) / 2)
    assert len(found) == 30
    assert np.allclose(np.linalg.norm(rows - query, axis=1), distances[:30])


def test_removed_ones_are_never_found_even_after_many_removals(index: EmbeddingIndex) -> None:
    stored = vectors(300)
    index.add(range(300), stored)
    alive = list(range(300))
    for start in range(0, 290, 29):
        index.remove(range(start, start + 29))
        alive = [key for key in alive if not start <= key < start + 29]
        found, _ = index.nearest(stored[0], 300)
        assert sorted(found) == alive
        assert len(index) == len(alive)
    index.add([999], stored[:1])
    assert index.nearest(stored[0], 1)[0] == [999]


def test_an_empty_index_finds_nothing(index: EmbeddingIndex) -> None:
    assert index.nearest(vectors(1)[0], 5)[0] == []
    index.add([1], vectors(1))
    index.remove([1, 2])
    assert index.nearest(vectors(1)[0], 5)[0] == []


def test_searches_beside_additions_and_removals_see_whole_states(index: EmbeddingIndex) -> None:
    stored = vectors(2000)
    index.add(range(100), stored[:100])
    failures: list[object] = []

    def search() -> None:
        for query in range(100):
            found, rows = index.nearest(stored[query], 2000)
            if query not in found or not np.array_equal(rows, stored[found]):
                failures.append((query, found))

    searching = [threading.Thread(target=search) for _ in range(2)]
    for thread in searching:
        thread.start()
    for key in range(100, 2000):
        index.add([key], stored[key : key + 1])
        if key % 3:
            index.remove([key])
    for thread in searching:
        thread.join()
    assert failures == []


def test_one_that_is_replaced_is_found_as_it_was_or_as_it_is(index: EmbeddingIndex) -> None:
    old, new = vectors(2)
    index.add([7, 8], vectors(2, seed=1) + 100)
    index.put([7], old[None])
    found: list[tuple[list[int], list[float]]] = []

    def search() -> None:
        for _ in range(500):
            keys, rows = index.nearest(old, 1, within=100)
            found.append((keys, rows[0].tolist()))

    searching = threading.Thread(target=search)
    searching.start()
    while searching.is_alive():
        index.put([7], new[None])
        index.put([7], old[None])
    assert all(keys == [7] and row in (old.tolist(), new.tolist()) for keys, row in found)
    assert len(found) == 500
    assert len(index) == 2
