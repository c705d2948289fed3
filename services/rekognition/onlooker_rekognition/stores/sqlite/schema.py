"""The tables, and the steps from each version of them to the next. A new file goes through all of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from onlooker_rekognition.store import StoreError

_COLLECTIONS_AND_FACES = """
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
"""

# Every face of the first version was embedded by the only model there was. The counts are kept by triggers, because
# every request asks for its collection, and counting a million faces takes longer than searching them.
_USERS_MODELS_AND_ANSWERS = """
CREATE TABLE users (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
    user_id TEXT NOT NULL,
    UNIQUE (collection, user_id)
);
CREATE INDEX users_of_collection ON users (collection, position);
ALTER TABLE faces ADD COLUMN embedding_model TEXT NOT NULL DEFAULT 'face-recognition-1';
ALTER TABLE faces ADD COLUMN owner INTEGER REFERENCES users ON DELETE SET NULL;
CREATE INDEX faces_of_model ON faces (collection, embedding_model, position);
CREATE INDEX faces_of_owner ON faces (owner) WHERE owner IS NOT NULL;
CREATE TABLE chips (
    face INTEGER PRIMARY KEY REFERENCES faces ON DELETE CASCADE,
    jpeg BLOB NOT NULL
);
CREATE TABLE answers (
    operation TEXT NOT NULL,
    token TEXT NOT NULL,
    digest BLOB NOT NULL,
    answer BLOB NOT NULL,
    answered_at REAL NOT NULL,
    PRIMARY KEY (operation, token)
);
CREATE INDEX answers_by_age ON answers (answered_at);
ALTER TABLE collections ADD COLUMN face_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE collections ADD COLUMN user_count INTEGER NOT NULL DEFAULT 0;
UPDATE collections SET face_count = (SELECT count(*) FROM faces WHERE collection = collections.position);
CREATE TRIGGER face_comes AFTER INSERT ON faces BEGIN
    UPDATE collections SET face_count = face_count + 1 WHERE position = new.collection;
END;
CREATE TRIGGER face_goes AFTER DELETE ON faces BEGIN
    UPDATE collections SET face_count = face_count - 1 WHERE position = old.collection;
END;
CREATE TRIGGER user_comes AFTER INSERT ON users BEGIN
    UPDATE collections SET user_count = user_count + 1 WHERE position = new.collection;
END;
CREATE TRIGGER user_goes AFTER DELETE ON users BEGIN
    UPDATE collections SET user_count = user_count - 1 WHERE position = old.collection;
END;
"""

_JOBS = """
CREATE TABLE jobs (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    analysis TEXT NOT NULL,
    request TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'IN_PROGRESS',
    status_message TEXT,
    video_metadata TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    worker TEXT,
    free_at REAL NOT NULL DEFAULT 0,
    ended_at REAL,
    announced INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX jobs_at_hand ON jobs (position) WHERE status = 'IN_PROGRESS' OR NOT announced;
CREATE TABLE findings (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    view TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    name TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX findings_by_time ON findings (job, view, timestamp, position);
CREATE INDEX findings_by_name ON findings (job, view, name, timestamp, position);
"""

_STEPS = (_COLLECTIONS_AND_FACES, _USERS_MODELS_AND_ANSWERS, _JOBS)
"""Step n leads from version n to n + 1. One that was released is never changed."""


_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000", "secure_delete=ON")
"""The last has faces that were deleted overwritten, where SQLite by itself may leave them in unused pages."""


def open_database(path: Path) -> sqlite3.Connection:
    """The file at `path` with the newest tables; made if need be. Raises StoreError."""
    try:
        path.touch(mode=0o600)  # faces are nobody else's business; SQLite's side files take the same mode
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                database.execute(f"PRAGMA {pragma}")
            _migrate(database, path)
        except BaseException:
            database.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be opened: {error}. Mend that, or put a backup in its place.") from error
    return database


def _migrate(database: sqlite3.Connection, path: Path) -> None:
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version > len(_STEPS):
        raise StoreError(f"{path} was written by a newer version of this server: use that one")
    for number, step in enumerate(_STEPS[version:], version + 1):
        database.executescript(f"BEGIN; {step} PRAGMA user_version = {number}; COMMIT;")
