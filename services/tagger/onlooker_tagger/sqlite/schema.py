"""The tables of the SQLite index, and how a database file is opened.

The whole index is derived from the results bucket, so a file of another schema or one that is no database is set aside
and begun anew: the sweep fills it.
"""

import sqlite3
import time
from pathlib import Path

import structlog

SCHEMA_VERSION = 2
"""Kept in `PRAGMA user_version`; raise it with every change of the tables below."""
BUSY_TIMEOUT = 5.0
"""Seconds to wait for another process's write."""

DAMAGED = "-damaged"
"""Ends the name of an empty file that says of a database that a read or write found it damaged."""

TABLES = """
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    image_id TEXT NOT NULL UNIQUE,
    bucket TEXT NOT NULL,
    key TEXT NOT NULL,
    uploaded_at INTEGER NOT NULL,  -- milliseconds since 1970
    facts TEXT NOT NULL,           -- what the columns in memory need besides, as JSON: see `columns.entry`
    body TEXT NOT NULL,            -- the document as JSON, without renditions
    UNIQUE (bucket, key)
);

-- One row for each document, under the same id. Porter's stemmer lets "dogs" find Dog.
CREATE VIRTUAL TABLE words USING fts5 (
    labels, persons, text, file, tokenize = 'porter unicode61 remove_diacritics 2', prefix = '1 2 3'
);

-- Apart from the documents, because a picture's renditions may be announced before its result.
CREATE TABLE renditions (image_id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;

-- Pictures that were overwritten or deleted: known, so that a sweep does not take them for forgotten, but not found.
CREATE TABLE gone (image_id TEXT PRIMARY KEY, deleted INTEGER NOT NULL) WITHOUT ROWID;

-- By the hash of bucket and key, what was deleted: see `tombstones`.
CREATE TABLE tombstones (object TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
"""

FORGETS_AT_ONCE = (3, 42)
"""From this version of SQLite on the full-text index takes deleted words out of its file; before, when it merges."""

log = structlog.stdlib.get_logger(__name__)


def open_writer(path: Path) -> sqlite3.Connection:
    """Return the writing connection to a database with the tables above, made or begun anew where need be.

    Raises:
        sqlite3.OperationalError: the folder or the file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _open(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        aside = path.with_name(f"{path.name}.broken-{int(time.time())}")
        log.exception("index.set_aside", path=str(path), kept_as=str(aside))
        for suffix in ("", "-wal", "-shm", DAMAGED):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
        return _open(path)


def note_damage(path: Path, error: sqlite3.Error) -> bool:
    """Return whether an error says that the database is damaged; then it is set aside when it is opened again.

    Looking for damage at every start would read the whole file.
    """
    damaged: bool = getattr(error, "sqlite_errorname", "").startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB"))
    if damaged:
        path.with_name(path.name + DAMAGED).touch()
    return damaged


def open_reader(path: Path) -> sqlite3.Connection:
    """Return a connection that can only read."""
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection in autocommit, for use by one thread at a time."""
    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def forgets_at_once(db: sqlite3.Connection) -> bool:
    """Whether the full-text index of a database takes deleted words out of its file at once."""
    return db.execute("SELECT 1 FROM words_config WHERE k = 'secure-delete' AND v = 1").fetchone() is not None


def _open(path: Path) -> sqlite3.Connection:
    if path.with_name(path.name + DAMAGED).exists():
        raise sqlite3.DatabaseError("found damaged before")
    connection = connect(path)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        # No sync at each commit: a power cut may cost the last ones, which the sweep brings back; a kill costs none.
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA secure_delete = ON")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
            if sqlite3.sqlite_version_info >= FORGETS_AT_ONCE:
                connection.execute("INSERT INTO words (words, rank) VALUES ('secure-delete', 1)")
        elif version != SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"schema {version} instead of {SCHEMA_VERSION}")  # noqa: TRY301 - as SQLite does
    except BaseException:
        connection.close()
        raise
    return connection
