"""The search by codes, forced upon collections that are searched exactly otherwise."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pytest

from onlooker_rekognition.index import EmbeddingIndex, codes, embeddings
from onlooker_rekognition.index.codes import Codes, Helpers

DIMENSIONS = 128
EXACT_UP_TO = 8_192
FACES = 20_000

Matrix = npt.NDArray[np.float32]
Make = Callable[[Matrix], EmbeddingIndex]


def people(faces: int, faces_each: int, *, seed: int = 0) -> Matrix:
    """Faces as the network sees them: people about 0.8 apart, the faces of one about 0.4, and all of length 1.3."""
    chance = np.random.default_rng(seed)
    centers = 0.103 + chance.normal(0, 0.57 / np.sqrt(DIMENSIONS), (-(-faces // faces_each), DIMENSIONS))
    near = chance.normal(0, 0.28 / np.sqrt(DIMENSIONS), (faces, DIMENSIONS))
    return (np.repeat(centers, faces_each, axis=0)[:faces] + near).astype(np.float32)


def noise(faces: int, *, seed: int = 0) -> Matrix:
    """Nobody like anybody: as hard as it gets."""
    return np.random.default_rng(seed).random((faces, DIMENSIONS), np.float32)


def nearest_of(stored: Matrix, query: Matrix, count: int) -> list[int]:
    return np.argsort(np.linalg.norm(stored - query, axis=1), kind="stable")[:count].tolist()


def recall(index: EmbeddingIndex, stored: Matrix, queries: Matrix, count: int) -> float:
    found = [index.nearest(query, count)[0] for query in queries]
    distances = np.einsum("ij,ij->i", stored, stored) - 2 * queries @ stored.T  # but for what is the same for all
    wanted = np.argpartition(distances, count, axis=1)[:, :count].tolist()
    return sum(len(set(some) & set(all_)) for some, all_ in zip(found, wanted, strict=True)) / (len(queries) * count)


@pytest.fixture(autouse=True)
def quickly_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found by points learned from fewer faces is found by better ones; and it takes a quarter of the time."""
    monkeypatch.setattr(embeddings, "_SAMPLE", 1_024)


@pytest.fixture
def make() -> Iterator[Make]:
    with ThreadPoolExecutor(1) as background:

        def build(stored: Matrix) -> EmbeddingIndex:
            index = EmbeddingIndex(stored.shape[1], background, exact_up_to=EXACT_UP_TO)
            index.add(range(len(stored)), stored)
            index.coded().result()
            return index

        yield build


@pytest.fixture
def proposing(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows codes were asked for, call by call."""
    calls: list[int] = []
    propose = Codes.propose

    def watched(self: Codes, vector: Matrix, count: int) -> object:
        calls.append(count)
        return propose(self, vector, count)

    monkeypatch.setattr(Codes, "propose", watched)
    return calls


@pytest.mark.parametrize("faces", [pytest.param(people(FACES, 5), id="people"), pytest.param(noise(FACES), id="noise")])
def test_it_finds_what_an_exact_search_finds(make: Make, proposing: list[int], faces: Matrix) -> None:
    stored, queries = faces[50:], faces[:50]
    index = make(stored)
    assert recall(index, stored, queries, 10) >= 0.99
    assert len(proposing) >= len(queries), "codes were not used"


@pytest.mark.parametrize("threads", [0, 1, 7])
def test_shards_that_helpers_scan_propose_what_one_scan_would(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    vectors = noise(5_000)
    whole = Codes.learn(vectors, sample_of=5_000).extended(vectors)
    monkeypatch.setattr(codes, "_SHARD", 1_500)
    with ThreadPoolExecutor(max(threads, 1)) as scanning:
        helpers = Helpers(scanning, threads) if threads else None
        sharded = Codes.learn(vectors, sample_of=5_000, helpers=helpers)
        for start in range(0, 5_000, 1_000):
            sharded = sharded.extended(vectors[start : start + 1_000])
        assert len(sharded) == len(whole) == 5_000
        for query in noise(20, seed=1):
            # what is equally near may come in any order, and the last one may be either of such two
            assert len(set(sharded.propose(query, 300)) & set(whole.propose(query, 300))) >= 297
            assert set(sharded.propose(query, 5_000)) == set(range(5_000))


def test_a_crowd_of_one_person_is_told_apart(make: Make) -> None:
    faces = people(FACES, 5_000)
    assert recall(make(faces[30:]), faces[30:], faces[:30], 10) >= 0.98


def test_the_nearest_are_in_the_order_of_their_exact_distances(make: Make) -> None:
    faces = people(FACES, 5)
    index = make(faces[1:])
    keys, vectors = index.nearest(faces[0], 10)
    assert np.array_equal(vectors, faces[1:][keys])
    assert np.all(np.diff(np.linalg.norm(vectors - faces[0], axis=1)) >= 0)


def test_none_is_further_away_than_asked_for(make: Make) -> None:
    faces = people(FACES, 5)
    index = make(faces)
    keys, vectors = index.nearest(faces[7], 80, within=0.6)
    assert sorted(keys) == [5, 6, 7, 8, 9]
    assert np.all(np.linalg.norm(vectors - faces[7], axis=1) < 0.6)


def test_many_are_found_by_looking_at_all(make: Make, proposing: list[int]) -> None:
    faces = people(FACES, 5)
    assert recall(make(faces), faces, faces[:1], 4_096) == 1
    assert proposing == []


def test_removed_ones_are_not_found_though_they_would_be_all_that_codes_propose(make: Make) -> None:
    faces = people(FACES, 5_000)
    index = make(faces)
    index.remove(range(5_000))  # one person entirely
    keys, _ = index.nearest(faces[0], 10)
    assert keys == [5_000 + row for row in nearest_of(faces[5_000:], faces[0], 10)]


def test_new_ones_are_found_before_they_have_codes(make: Make) -> None:
    faces = people(FACES + 500, 5)
    index = make(faces[:FACES])
    index.add(range(FACES, FACES + 500), faces[FACES:])
    for row in range(FACES, FACES + 500, 50):
        keys, _ = index.nearest(faces[row], 5)
        assert set(keys) == set(range(row, row + 5))


def test_one_that_is_removed_and_added_again_is_found_where_it_is_now(make: Make) -> None:
    faces = people(FACES, 5)
    index = make(faces)
    index.remove([3])
    index.add([3], faces[15_000:15_001] + np.float32(1e-3))
    assert 3 not in index.nearest(faces[3], 5)[0]
    assert set(index.nearest(faces[15_000], 2)[0]) == {3, 15_000}


def test_it_is_right_after_most_were_removed(make: Make) -> None:
    faces = people(FACES, 5)
    index = make(faces)
    index.remove(range(FACES - 10_000))
    rest = faces[-10_000:]
    for _ in range(2):  # without codes, as rows have other numbers now, and with new ones
        keys, _ = index.nearest(rest[0], 10)
        assert keys == [FACES - 10_000 + row for row in nearest_of(rest, rest[0], 10)]
        index.add([FACES], rest[:1] + np.float32(10))
        index.coded().result()
    assert len(index) == 10_002


def test_what_cannot_be_coded_is_logged_and_searched_exactly(
    make: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Codes, "learn", fail)
    faces = people(10_000, 5)
    with pytest.raises(MemoryError):
        make(faces)
    with ThreadPoolExecutor(1) as background:
        index = EmbeddingIndex(DIMENSIONS, background, exact_up_to=EXACT_UP_TO)
        index.add(range(len(faces)), faces)
    assert set(index.nearest(faces[0], 5)[0]) == {0, 1, 2, 3, 4}
    assert "no codes could be made" in caplog.text


def test_codes_that_could_not_be_made_are_tried_again_when_much_has_come(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    faces = people(EXACT_UP_TO + 2_000, 5)
    with ThreadPoolExecutor(1) as background:
        index = EmbeddingIndex(DIMENSIONS, background, exact_up_to=EXACT_UP_TO)
        with monkeypatch.context() as patch:
            patch.setattr(Codes, "learn", fail)
            for row in range(EXACT_UP_TO, EXACT_UP_TO + 100):
                index.add([row], faces[row : row + 1])
            index.add(range(EXACT_UP_TO), faces[:EXACT_UP_TO])
            for row in range(EXACT_UP_TO + 100, EXACT_UP_TO + 200):
                index.add([row], faces[row : row + 1])
                background.submit(lambda: None).result()
            assert caplog.text.count("no codes could be made") == 1
        index.add(range(EXACT_UP_TO + 200, len(faces)), faces[EXACT_UP_TO + 200 :])
        background.submit(lambda: None).result()
        assert index._state.coded == len(faces)


def test_any_sequence_of_changes_is_followed(make: Make) -> None:
    """Beside the coding in the background: what is searched for is always exactly what is there."""
    chance = np.random.default_rng(1)
    faces = people(30_000, 5, seed=2)
    held: set[int] = set()
    with ThreadPoolExecutor(1) as background:
        index = EmbeddingIndex(DIMENSIONS, background, exact_up_to=EXACT_UP_TO)
        new = iter(np.array_split(np.arange(len(faces)), 60))
        for step in range(100):
            if step % 5 in (0, 1, 3) and (rows := next(new, None)) is not None:
                index.add(rows.tolist(), faces[rows])
                held.update(rows.tolist())
            else:
                gone = chance.choice(sorted(held), min(len(held), int(chance.integers(1, 900))), replace=False)
                index.remove(gone.tolist())
                held.difference_update(gone.tolist())
            asked = int(chance.integers(len(faces)))
            own = {key for key in range(asked // 5 * 5, asked // 5 * 5 + 5) if key in held}
            assert {key for key in index.nearest(faces[asked], 5, within=0.62)[0] if key // 5 == asked // 5} == own
            assert len(index) == len(held)


def test_searches_beside_changes_and_coding_see_whole_states(make: Make) -> None:
    faces = people(FACES, 5)
    index = make(faces[:10_000])
    removed = threading.Event()
    failures: list[object] = []

    def search() -> None:
        chance = np.random.default_rng(threading.get_ident())
        for asked in chance.integers(0, 10_000, 150).tolist():
            gone = removed.is_set()
            keys, vectors = index.nearest(faces[asked], 5, within=0.62)
            whole = asked in keys or asked % 5 == 0
            if not whole or not np.array_equal(vectors, faces[keys]) or (gone and any(key % 5 == 0 for key in keys)):
                failures.append((asked, keys))

    searching = [threading.Thread(target=search) for _ in range(2)]
    for thread in searching:
        thread.start()
    for start in range(10_000, FACES, 500):
        index.add(range(start, start + 500), faces[start : start + 500])
        index.remove(range(start, start + 500, 5))
    index.remove(range(0, FACES, 5))
    removed.set()
    for thread in searching:
        thread.join()
    index.coded().result()
    assert failures == []
    assert all(key % 5 for key in index.nearest(faces[0], 50)[0])
