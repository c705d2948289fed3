import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from onlooker_rekognition.protocol.errors import ResourceAlreadyExistsError, ResourceNotFoundError
from onlooker_rekognition.stores.sqlite import SqliteStore
from onlooker_rekognition.store import FaceModel, NewFace, Picture, StoreError
from onlooker_rekognition.vision.results import Box
from rekognition_fakes import embedding_of

PICTURE = Picture("11111111-1111-4111-8111-111111111111", "me")


def face(person: int, left: float = 0.1) -> NewFace:
    return NewFace(Box(left, 0.1, 0.2, 1 / 3), 99.9, embedding_of(person))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "collections.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, model=FaceModel("m-1.0", "1.0"))) as opened:
        opened.create("people", {})
        yield opened


def test_a_face_comes_back_as_it_was_kept(store: SqliteStore) -> None:
    (kept,) = store.add("people", PICTURE, [face(1)])
    assert store.faces("people", after=0, limit=10) == [kept]
    assert kept.picture == PICTURE
    assert kept.box == Box(0.1, 0.1, 0.2, 1 / 3)
    assert kept.model_version == "1.0"
    embedding = store.embedding("people", kept.face_id)
    assert np.array_equal(embedding, embedding_of(1))


def test_a_second_opening_finds_everything(store: SqliteStore, path: Path) -> None:
    kept = store.add("people", PICTURE, [face(1), face(2, left=0.5)])
    store.close()
    with closing(SqliteStore(path, model=FaceModel("m-1.0", "1.0"))) as again:
        assert again.faces("people", after=0, limit=10) == kept
        assert [match.face for match in again.nearest("people", embedding_of(2), count=1)] == [kept[1]]


def test_faces_of_another_model_are_listed_but_never_compared(store: SqliteStore, path: Path) -> None:
    (old,) = store.add("people", PICTURE, [face(1)])
    store.close()
    with closing(SqliteStore(path, model=FaceModel("m-2.0", "2.0"))) as newer:
        assert newer.faces("people", after=0, limit=10) == [old]
        assert newer.nearest("people", embedding_of(1), count=5) == []
        assert newer.embedding("people", old.face_id) is None
        (new,) = newer.add("people", PICTURE, [face(1)])
        assert [match.face for match in newer.nearest("people", embedding_of(1), count=5)] == [new]


def test_a_position_is_never_used_twice(store: SqliteStore) -> None:
    (first,) = store.add("people", PICTURE, [face(1)])
    store.remove("people", [first.face_id])
    (second,) = store.add("people", PICTURE, [face(1)])
    assert second.position > first.position


def test_a_collection_that_is_deleted_takes_its_faces_along(store: SqliteStore, path: Path) -> None:
    store.add("people", PICTURE, [face(1)])
    store.delete("people")
    with pytest.raises(ResourceNotFoundError):
        store.faces("people", after=0, limit=10)
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM faces").fetchone() == (0,)


def test_a_failed_addition_leaves_nothing(store: SqliteStore) -> None:
    unfit = NewFace(Box(0.1, 0.1, None, 0.1), 99.9, embedding_of(2))
    with pytest.raises(sqlite3.IntegrityError):
        store.add("people", PICTURE, [face(1), unfit])
    assert store.get("people").face_count == 0
    store.add("people", PICTURE, [face(1)])
    assert store.get("people").face_count == 1, "the store still works"


def test_a_full_disk_loses_nothing_that_was_kept(store: SqliteStore) -> None:
    (kept,) = store.add("people", PICTURE, [face(1)])
    store._db.execute("PRAGMA max_page_count = 1")
    with pytest.raises(sqlite3.OperationalError, match="full"):
        store.add("people", PICTURE, [face(number, left=number) for number in range(100)])
    assert kept in store.faces("people", after=0, limit=1000)
    assert store.nearest("people", embedding_of(1), count=1)[0].face == kept


def test_a_name_is_given_once(store: SqliteStore) -> None:
    with pytest.raises(ResourceAlreadyExistsError, match="The collection id: people already exists"):
        store.create("people", {})
    store.create("others", {"a": "b"})


def test_a_file_of_a_newer_version_is_left_alone(store: SqliteStore, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer version"):
        SqliteStore(path, model=FaceModel("m-1.0", "1.0"))


def test_a_file_that_is_no_database_is_named_and_left_alone(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"collections\.sqlite3 cannot be opened: file is not a database"):
        SqliteStore(path, model=FaceModel("m-1.0", "1.0"))
    assert path.read_bytes().startswith(b"not a database")
