"""The writes of the SQLite index, each a function of a connection inside a transaction."""

import sqlite3
from collections.abc import Callable

from onlooker_shared.annotations import Annotation
from onlooker_tagger.documents import Document, supersedes

Write = Callable[[sqlite3.Connection], None]


def put(document: Document) -> Write:
    """Return the write that indexes a document unless a newer one is there."""

    def write(db: sqlite3.Connection) -> None:
        row = db.execute(
            "SELECT id, image_id, body FROM documents WHERE bucket = ? AND key = ?", (document.bucket, document.key)
        ).fetchone()
        if row is None:
            _insert(db, document)
        elif supersedes(document, Document.model_validate_json(row["body"])):
            _replace(db, row["id"], row["image_id"], document)
        elif row["image_id"] != document.image_id:
            _note_superseded(db, document.image_id)

    return write


def annotate(image_id: str, annotation: Annotation) -> Write:
    """Return the write that notes the pictures that were made of one."""

    def write(db: sqlite3.Connection) -> None:
        db.execute("INSERT OR REPLACE INTO renditions VALUES (?, ?)", (image_id, annotation.model_dump_json()))

    return write


def _insert(db: sqlite3.Connection, document: Document) -> None:
    db.execute("DELETE FROM superseded WHERE image_id = ?", (document.image_id,))
    done = db.execute(
        "INSERT INTO documents (image_id, bucket, key, uploaded_at, state, face_count, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        _columns(document),
    )
    assert done.lastrowid is not None  # noqa: S101 - an INSERT has one
    _insert_parts(db, done.lastrowid, document)


def _replace(db: sqlite3.Connection, row: int, image_id: str, document: Document) -> None:
    if image_id != document.image_id:
        _note_superseded(db, image_id)
        db.execute("DELETE FROM superseded WHERE image_id = ?", (document.image_id,))
    db.execute(
        "UPDATE documents SET image_id = ?, bucket = ?, key = ?, uploaded_at = ?, state = ?, face_count = ?, body = ?"
        " WHERE id = ?",
        (*_columns(document), row),
    )
    for table in ("labels", "persons", "faces"):
        db.execute(f"DELETE FROM {table} WHERE document = ?", (row,))  # noqa: S608 - the names stand in the line above
    db.execute("DELETE FROM words WHERE rowid = ?", (row,))
    _insert_parts(db, row, document)


def _note_superseded(db: sqlite3.Connection, image_id: str) -> None:
    db.execute("INSERT OR IGNORE INTO superseded VALUES (?)", (image_id,))


def _columns(document: Document) -> tuple[str | int, ...]:
    return (
        document.image_id,
        document.bucket,
        document.key,
        int(document.uploaded_at.timestamp() * 1000),
        document.state,
        document.face_count,
        document.model_dump_json(exclude=set(Annotation.model_fields)),
    )


def _insert_parts(db: sqlite3.Connection, row: int, document: Document) -> None:
    own = {label.name for label in document.labels}
    parents = {parent for label in document.labels for parent in label.parents} - own
    db.executemany(
        "INSERT OR IGNORE INTO labels VALUES (?, ?, ?)",
        [*((name, row, 1) for name in own), *((name, row, 0) for name in parents)],
    )
    db.executemany("INSERT OR IGNORE INTO persons VALUES (?, ?)", [(name, row) for name in document.persons])
    db.executemany(
        "INSERT INTO faces VALUES (?, ?, ?, ?)",
        [(row, face.emotion, face.age_low, face.age_high) for face in document.faces],
    )
    db.execute(
        "INSERT INTO words (rowid, labels, persons, file) VALUES (?, ?, ?, ?)",
        (row, "\n".join(sorted(own | parents)), "\n".join(document.persons), document.key),
    )
