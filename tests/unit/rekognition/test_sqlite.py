"""What only the SQLite store does: its file, and what becomes of it on bad days."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from onlooker_rekognition.store import REMEMBERED_SECONDS, FaceModel, NewFace, Picture, Remembered, StoreError
from onlooker_rekognition.stores.sqlite import SqliteStore, schema
from onlooker_rekognition.vision import EMBEDDING_MODEL
from onlooker_rekognition.vision.results import Box
from rekognition_fakes import embedding_of

PICTURE = Picture("11111111-1111-4111-8111-111111111111", "me")
MODEL = FaceModel(EMBEDDING_MODEL, "7.0")

# As the first version of the server wrote it.
VERSION_1 = """
CREATE TABLE collections (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    face_model_version TEXT NOT NULL,
    created_at REAL NOT NULL,
    tags TEXT NOT NULL
);
CREATE TABLE faces (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    face_id TEXT NOT NULL UNIQUE,
    image_id TEXT NOT NULL,
    external_image_id TEXT,
    "left" REAL NOT NULL,
    top REAL NOT NULL,
    width REAL NOT NULL,
    height REAL NOT NULL,
    confidence REAL NOT NULL,
    model_version TEXT NOT NULL,
    indexed_at REAL NOT NULL,
    embedding BLOB NOT NULL
);
CREATE INDEX faces_of_collection ON faces (collection, position);
CREATE INDEX faces_of_picture ON faces (collection, image_id);
PRAGMA user_version = 1;
"""


def face(person: int, left: float = 0.1) -> NewFace:
    return NewFace(Box(left, 0.1, 0.2, 1 / 3), 99.9, embedding_of(person))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "collections.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    with closing(SqliteStore(path, model=MODEL)) as opened:
        opened.create("people", {})
        yield opened


def write_version_1(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(VERSION_1)
        database.execute("INSERT INTO collections VALUES (7, 'people', '7.0', 1700000000, '{\"team\": \"vision\"}')")
        for position, person in ((11, 1), (12, 2)):
            database.execute(
                "INSERT INTO faces VALUES (?, 7, ?, ?, 'me', 0.1, 0.1, 0.2, 0.3, 99.9, '7.0', 1700000000, ?)",
                (position, f"face-{person}", f"picture-{person}", embedding_of(person).tobytes()),
            )


def test_a_file_of_the_first_version_is_opened_with_all_that_is_in_it(path: Path) -> None:
    write_version_1(path)
    for _ in range(2):
        with closing(SqliteStore(path, model=MODEL)) as store:
            collection = store.get("people")
            assert (collection.position, collection.face_count, collection.user_count) == (7, 2, 0)
            assert store.tags("people") == {"team": "vision"}
            assert [one.face_id for one in store.faces("people", after=0, limit=10)] == ["face-1", "face-2"]
            assert store.nearest("people", embedding_of(2), count=1)[0].face.face_id == "face-2"
            assert store.outdated("people", after=0, limit=10) == []
    with closing(SqliteStore(path, model=MODEL)) as store:
        kept = store.add(
            "people", Picture("picture-1", "me"), [NewFace(Box(0.1, 0.1, 0.2, 0.3), 99.9, embedding_of(1))]
        )
        assert [one.face_id for one in kept] == ["face-1"]
        store.create_user("people", "kit")
        assert store.associate("people", "kit", ["face-1"], threshold=80).done == ["face-1"]
        store.delete("people")
        assert store.create("people", {}).face_count == 0


def test_a_file_from_before_there_were_jobs_is_opened_with_all_that_is_in_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(schema, "_STEPS", schema._STEPS[:2])
        with closing(SqliteStore(path, model=MODEL)) as store:
            store.create("people", {})
            (kept,) = store.add("people", PICTURE, [face(1)])
            store.create_user("people", "kit")
            store.associate("people", "kit", [kept.face_id], threshold=0)
            store.remember("CreateUser", "once", Remembered(b"digest", b"answer"))
    with closing(SqliteStore(path, model=MODEL)) as store:
        assert store.nearest("people", embedding_of(1), count=1)[0].face.user_id == "kit"
        assert (store.get("people").face_count, store.get("people").user_count) == (1, 1)
        assert store.recall("CreateUser", "once") == Remembered(b"digest", b"answer")
        started = store.start_job("faces", {}, limit=1)
        assert store.job(started.job_id) == started


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


def test_chips_go_with_their_faces(store: SqliteStore, path: Path) -> None:
    chipped = NewFace(Box(0.1, 0.1, 0.2, 0.3), 99.9, embedding_of(1), b"jpeg")
    (kept,) = store.add("people", PICTURE, [chipped])
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT face, jpeg FROM chips").fetchall() == [(kept.position, b"jpeg")]
        store.remove("people", [kept.face_id])
        assert database.execute("SELECT count(*) FROM chips").fetchone() == (0,)


def test_answers_of_yesterday_are_thrown_away(path: Path) -> None:
    now = 1_700_000_000.0
    with closing(SqliteStore(path, model=MODEL, clock=lambda: now)) as store:
        store.remember("CreateUser", "yesterday", Remembered(b"", b""))
        now += REMEMBERED_SECONDS
        store.remember("CreateUser", "today", Remembered(b"", b""))
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT token FROM answers").fetchall() == [("today",)]


def test_a_file_of_a_newer_version_is_left_alone(store: SqliteStore, path: Path) -> None:
    store.close()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer version"):
        SqliteStore(path, model=MODEL)


def test_a_file_that_is_no_database_is_named_and_left_alone(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(StoreError, match=r"collections\.sqlite3 cannot be opened: file is not a database"):
        SqliteStore(path, model=MODEL)
    assert path.read_bytes().startswith(b"not a database")
