"""What is deleted is gone from the file, and not only from the tables; and nobody waits for it for long."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.protocol.errors import ResourceNotFoundError
from onlooker_rekognition.store import FaceModel, NewFace, Picture
from onlooker_rekognition.stores.sqlite import SqliteStore, collections
from onlooker_rekognition.vision.results import Box

FACES = 50
MODEL = FaceModel("some-network-1", "1.0")
NOWHERE = np.zeros(128, np.float32)


@pytest.mark.parametrize("what", ["faces", "collection"])
def test_nothing_of_a_deleted_face_is_left_on_the_disk(tmp_path: Path, what: str) -> None:
    chance = np.random.default_rng(0)
    faces = [
        NewFace(Box(number, 0, 1, 1), 99, chance.random(128, np.float32), chance.bytes(13_000))
        for number in range(FACES)
    ]
    path = tmp_path / "collections.sqlite3"
    with closing(SqliteStore(path, model=MODEL)) as store:
        store.create("people", {})
        kept = store.add("people", Picture("a", None), faces)
    assert all(trace in path.read_bytes() for trace in map(_trace, faces))
    with closing(SqliteStore(path, model=MODEL)) as store:
        if what == "faces":
            store.remove("people", [face.face_id for face in kept])
        else:
            store.delete("people")
        log = path.with_name(f"{path.name}-wal").read_bytes()
    assert not any(trace in log for trace in map(_trace, faces))
    assert not any(trace in path.read_bytes() for trace in map(_trace, faces))
    assert not any(face.chip[:1_000] in path.read_bytes() for face in faces)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    """A store with a collection that is deleted in five portions."""
    monkeypatch.setattr(collections, "_PORTION", FACES // 5)
    with closing(SqliteStore(tmp_path / "collections.sqlite3", model=MODEL)) as opened:
        opened.create("people", {})
        opened.add("people", Picture("a", None), [NewFace(Box(n, 0, 1, 1), 99, NOWHERE) for n in range(FACES)])
        opened.create_user("people", "kit")
        yield opened


def between_portions(monkeypatch: pytest.MonkeyPatch, call: Callable[[], object]) -> list[object]:
    """What `call` returns in another thread, after each portion."""
    delete, results = SqliteStore._delete_faces, list[object]()

    def delete_and_call(self: SqliteStore, collection: int) -> None:
        delete(self, collection)
        with ThreadPoolExecutor(1) as other:
            results.append(other.submit(call).result(10))

    monkeypatch.setattr(SqliteStore, "_delete_faces", delete_and_call)
    return results


def test_others_have_their_turn_while_a_large_collection_is_deleted(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found() -> tuple[int, int]:
        listed = store.faces("people", after=0, limit=FACES)
        matches = store.nearest("people", NOWHERE, count=FACES)
        assert {match.face.face_id for match in matches} == {face.face_id for face in listed}
        return store.get("people").face_count, len(matches)

    assert found() == (FACES, FACES)
    results = between_portions(monkeypatch, found)
    store.delete("people")
    assert results == [(count, count) for count in (40, 30, 20, 10, 0)]
    assert store.collections(after=0, limit=10) == []
    assert store.create("people", {}).user_count == 0


def test_a_deletion_that_did_not_come_to_its_end_is_taken_up(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:

        def stop() -> None:
            raise MemoryError

        between_portions(patch, stop)
        with pytest.raises(MemoryError):
            store.delete("people")
    assert store.get("people").face_count == FACES - FACES // 5
    store.delete("people")
    assert store.collections(after=0, limit=10) == []


def test_who_deletes_what_another_deletes_leaves_its_successor_alone(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    deletions = iter([store.delete])

    def delete_and_make_anew() -> None:
        for delete in deletions:
            delete("people")
            store.create("people", {})

    between_portions(monkeypatch, delete_and_make_anew)
    with pytest.raises(ResourceNotFoundError):
        store.delete("people")
    assert store.get("people").face_count == 0


def _trace(face: NewFace) -> bytes:
    return face.embedding.tobytes()[:64]
