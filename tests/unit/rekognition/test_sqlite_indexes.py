"""How the indexes in memory come to hold what the file holds."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.store import FaceModel, NewFace, Picture, StoredFace
from onlooker_rekognition.stores.sqlite import SqliteStore, indexes
from onlooker_rekognition.stores.sqlite.indexes import Indexes
from onlooker_rekognition.vision.results import Box
from onlooker_rekognition.vision.similarity import similarity

MODEL = FaceModel("some-network-1", "1.0")
COUNT = 40


def face(number: int) -> NewFace:
    embedding = np.zeros(128, np.float32)
    embedding[number % 128] = 1 + number / 100
    return NewFace(Box(number, 0, 1, 1), 99, embedding)


def add(store: SqliteStore, *numbers: int) -> list[StoredFace]:
    return store.add("people", Picture(f"picture of {numbers}", None), [face(number) for number in numbers])


def found(store: SqliteStore) -> list[str]:
    matches = store.nearest("people", np.zeros(128, np.float32), count=1000)
    return sorted(match.face.face_id for match in matches)


def ids(faces: list[StoredFace]) -> list[str]:
    return sorted(face.face_id for face in faces)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "collections.sqlite3"


@pytest.fixture
def kept(path: Path) -> list[StoredFace]:
    """Faces in a file that no server has open."""
    with closing(SqliteStore(path, model=MODEL)) as store:
        store.create("people", {})
        return add(store, *range(COUNT))


@pytest.fixture
def store(path: Path, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    """The file opened again, of which ten faces are read at once."""
    monkeypatch.setattr(indexes, "_PORTION", 10)
    with closing(SqliteStore(path, model=MODEL)) as opened:
        yield opened


def test_the_first_search_reads_all_faces(store: SqliteStore, kept: list[StoredFace]) -> None:
    assert found(store) == ids(kept)


def test_what_changes_while_faces_are_read_is_found_as_it_is_then(
    store: SqliteStore, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch
) -> None:
    load, new = Indexes._load_portion, []

    def load_and_change(self: Indexes, *arguments: object) -> bool:
        more = load(self, *arguments)
        if not new:
            new.extend(add(store, 50, 51))
            store.remove("people", [kept[2].face_id, kept[30].face_id, new[0].face_id])  # read, not yet read, new
        return more

    monkeypatch.setattr(Indexes, "_load_portion", load_and_change)
    result = found(store)
    expected = ids([one for one in kept if one not in (kept[2], kept[30])] + [new[1]])
    assert result == expected
    assert found(store) == expected


def test_other_requests_are_answered_while_faces_are_read(
    store: SqliteStore, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch
) -> None:
    load, reading, go_on = Indexes._load_portion, threading.Event(), threading.Event()

    def load_slowly(self: Indexes, *arguments: object) -> bool:
        more = load(self, *arguments)
        reading.set()
        assert go_on.wait(10)
        return more

    monkeypatch.setattr(Indexes, "_load_portion", load_slowly)
    results: list[list[str]] = []
    searching = [threading.Thread(target=lambda: results.append(found(store))) for _ in range(2)]
    for thread in searching:
        thread.start()
    assert reading.wait(10)
    assert store.get("people").face_count == COUNT
    store.create("others", {})
    go_on.set()
    for thread in searching:
        thread.join()
    assert results == [ids(kept)] * 2


ORIGIN = np.zeros(128, np.float32)


def users_found(store: SqliteStore) -> dict[str, float]:
    return {match.user.user_id: match.similarity for match in store.nearest_users("people", ORIGIN, count=10)}


def change_users(store: SqliteStore, kept: list[StoredFace]) -> None:
    for number in (0, 4):
        store.associate("people", f"user-{number}", [kept[number + 10].face_id], threshold=0)
    for number in (1, 5):
        store.disassociate("people", f"user-{number}", [kept[number].face_id])
    store.create_user("people", "new")
    store.associate("people", "new", [kept[5].face_id], threshold=0)


def test_what_changes_while_users_are_read_is_found_as_it_is_then(
    store: SqliteStore, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for the reading either: the changes are another thread's, behind the first of four portions."""
    monkeypatch.setattr(indexes, "_USERS_PORTION", 2)
    for number in range(6):
        store.create_user("people", f"user-{number}")
        if number != 2:
            store.associate("people", f"user-{number}", [kept[number].face_id], threshold=0)
    load, loaded = Indexes._load_portion, []

    def load_and_change(self: Indexes, *arguments: object) -> bool:
        loaded.append(load(self, *arguments))
        if len(loaded) == 1:
            with ThreadPoolExecutor(1) as other:
                other.submit(change_users, store, kept).result(10)
        return loaded[-1]

    monkeypatch.setattr(Indexes, "_load_portion", load_and_change)
    faces = {"user-0": (0, 10), "user-3": (3,), "user-4": (4, 14), "new": (5,)}
    means = {user: np.mean([face(number).embedding for number in own], axis=0) for user, own in faces.items()}
    expected = {user: pytest.approx(similarity(ORIGIN, mean)[0]) for user, mean in means.items()}
    assert users_found(store) == expected
    assert loaded == [True, True, True, False]
    assert users_found(store) == expected


def test_a_reading_that_failed_is_taken_up_again(
    store: SqliteStore, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch
) -> None:
    matrix, calls = indexes._matrix, []

    def fail_once(rows: list[bytes]) -> object:
        calls.append(len(rows))
        if len(calls) == 3:
            raise MemoryError
        return matrix(rows)

    monkeypatch.setattr(indexes, "_matrix", fail_once)
    with pytest.raises(MemoryError):
        found(store)
    assert found(store) == ids(kept)


def test_large_collections_are_read_when_the_file_is_opened(
    path: Path, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(indexes, "EXACT_UP_TO", COUNT - 1)
    caplog.set_level("INFO", "onlooker_rekognition")
    with closing(SqliteStore(path, model=MODEL)) as store:
        store._indexes._background.submit(lambda: None).result()  # behind the reading
        assert f"loaded the {COUNT} faces of a collection" in caplog.text
        monkeypatch.setattr(Indexes, "_load_portion", None)  # nothing is left to be read
        assert found(store) == ids(kept)


def test_a_store_is_closed_while_a_large_collection_is_read(
    path: Path, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "EXACT_UP_TO", COUNT - 1)
    monkeypatch.setattr(indexes, "_PORTION", 1)
    monkeypatch.setattr(indexes, "_PAUSE", 0.01)
    SqliteStore(path, model=MODEL).close()


def test_the_collections_that_were_not_searched_for_longest_are_read_again(
    store: SqliteStore, kept: list[StoredFace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexes, "_MOST", 2)
    for collection_id in ("second", "third"):
        store.create(collection_id, {})
    for collection_id in ("people", "second", "people", "third"):
        store.nearest(collection_id, ORIGIN, count=1)
    assert list(store._indexes._faces) == [store.get("people").position, store.get("third").position]
    store.nearest("second", ORIGIN, count=1)
    new = add(store, 60)
    store.remove("people", [kept[0].face_id])
    assert found(store) == ids([*kept[1:], *new])


def test_only_faces_as_alike_as_asked_for_are_found(store: SqliteStore, kept: list[StoredFace]) -> None:
    query = face(3).embedding - np.float32(0.1)
    everyone = store.nearest("people", query, count=1000)
    assert len(everyone) == COUNT
    threshold = everyone[2].similarity
    assert store.nearest("people", query, count=1000, threshold=threshold) == everyone[:3]
    assert store.nearest("people", query, count=2, threshold=threshold) == everyone[:2]


def test_faces_are_looked_up_by_their_ids_without_going_through_the_collection(store: SqliteStore) -> None:
    kept = add(store, *range(100, 2_100))
    steps: list[None] = []
    store._db.set_progress_handler(lambda: steps.append(None), 100)  # called once in a hundred of SQLite's instructions
    store.embedding("people", kept[-1].face_id)
    store.faces("people", after=0, limit=10, face_ids=[kept[-1].face_id])
    store.remove("people", [kept[-1].face_id])
    store.get("people")
    store._db.set_progress_handler(None, 0)
    assert len(steps) < 10
