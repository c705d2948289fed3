"""The writes of the SQLite index, each a function of a connection inside a transaction.

Each returns how the columns in memory change once the transaction is committed.
"""

import sqlite3
from collections.abc import Callable, Iterable
from typing import NamedTuple

from onlooker_shared.annotations import Annotation
from onlooker_shared.images import object_prefix
from onlooker_tagger import facts
from onlooker_tagger.documents import Deletion, Document, supersedes
from onlooker_tagger.sqlite.columns import Entry
from onlooker_tagger.sqlite.columns.entry import facts_of
from onlooker_tagger.tombstones import Tombstone, object_id

OVERWRITTEN, DELETED = 0, 1
"""Why a picture is gone."""


class Change(NamedTuple):
    """A document is no more under its id, or another one is."""

    gone: int | None = None
    entry: Entry | None = None


Write = Callable[[sqlite3.Connection], Change]
UNCHANGED = Change()


def put(document: Document) -> Write:
    """Return the write that indexes a document unless a newer one is there, or it was deleted."""

    def write(db: sqlite3.Connection) -> Change:
        if _tombstone(db, document.bucket, document.key).covers(document):
            _note_gone(db, [document.image_id], DELETED)
            return UNCHANGED
        row = _standing(db, document.bucket, document.key)
        if row is None:
            return _insert(db, document)
        old = Document.model_validate_json(row["body"])
        if _same(old, document):
            return UNCHANGED
        if supersedes(document, old):
            return _replace(db, row["id"], old.image_id, document)
        if old.image_id != document.image_id:
            _note_gone(db, [document.image_id], OVERWRITTEN)
        return UNCHANGED

    return write


def annotate(image_id: str, annotation: Annotation) -> Write:
    """Return the write that notes the pictures that were made of one, unless it was deleted."""

    def write(db: sqlite3.Connection) -> Change:
        db.execute(
            "INSERT OR REPLACE INTO renditions SELECT ?1, ?2"
            " WHERE NOT EXISTS (SELECT 1 FROM gone WHERE image_id = ?1 AND deleted)",
            (image_id, annotation.model_dump_json()),
        )
        return UNCHANGED

    return write


def delete(deletion: Deletion) -> Write:
    """Return the write that forgets what a deletion is about, and remembers that it was deleted."""

    def write(db: sqlite3.Connection) -> Change:
        tombstone = _tombstone(db, deletion.bucket, deletion.key).joined(deletion)
        db.execute(
            "INSERT OR REPLACE INTO tombstones VALUES (?, ?)",
            (object_id(deletion.bucket, deletion.key), tombstone.model_dump_json(exclude_defaults=True)),
        )
        row = _standing(db, deletion.bucket, deletion.key)
        covered = row is not None and tombstone.covers(Document.model_validate_json(row["body"]))
        _note_gone(db, [*deletion.image_ids, *([row["image_id"]] if row and covered else ())], DELETED)
        if row is None or not covered:
            return UNCHANGED
        if deletion.image_ids:
            _let_older_versions_return(db, deletion)
        return _remove(db, row["id"])

    return write


def forget(image_id: str) -> Write:
    """Return the write that takes a picture out as if it had never been put."""

    def write(db: sqlite3.Connection) -> Change:
        db.execute("DELETE FROM renditions WHERE image_id = ?", (image_id,))
        row = db.execute("SELECT id FROM documents WHERE image_id = ?", (image_id,)).fetchone()
        return UNCHANGED if row is None else _remove(db, row["id"])

    return write


def _same(old: Document, new: Document) -> bool:
    """Whether two documents say the same; when each came to the index is no difference."""
    return old.model_copy(update={"indexed_at": new.indexed_at}) == new


def _standing(db: sqlite3.Connection, bucket: str, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT id, image_id, body FROM documents WHERE bucket = ? AND key = ?", (bucket, key)
    ).fetchone()
    return row


def _tombstone(db: sqlite3.Connection, bucket: str, key: str) -> Tombstone:
    row = db.execute("SELECT body FROM tombstones WHERE object = ?", (object_id(bucket, key),)).fetchone()
    return Tombstone.model_validate_json(row["body"]) if row else Tombstone()


def _insert(db: sqlite3.Connection, document: Document) -> Change:
    db.execute("DELETE FROM gone WHERE image_id = ?", (document.image_id,))
    stored = facts_of(document)
    done = db.execute(
        "INSERT INTO documents (image_id, bucket, key, uploaded_at, facts, body) VALUES (?, ?, ?, ?, ?, ?)",
        _columns(document, stored),
    )
    assert done.lastrowid is not None  # noqa: S101 - an INSERT has one
    return Change(entry=_indexed(db, done.lastrowid, document, stored))


def _replace(db: sqlite3.Connection, row: int, image_id: str, document: Document) -> Change:
    if image_id != document.image_id:
        _note_gone(db, [image_id], OVERWRITTEN)
        db.execute("DELETE FROM gone WHERE image_id = ?", (document.image_id,))
    stored = facts_of(document)
    db.execute(
        "UPDATE documents SET image_id = ?, bucket = ?, key = ?, uploaded_at = ?, facts = ?, body = ? WHERE id = ?",
        (*_columns(document, stored), row),
    )
    db.execute("DELETE FROM words WHERE rowid = ?", (row,))
    return Change(gone=row, entry=_indexed(db, row, document, stored))


def _remove(db: sqlite3.Connection, row: int) -> Change:
    db.execute("DELETE FROM documents WHERE id = ?", (row,))
    db.execute("DELETE FROM words WHERE rowid = ?", (row,))
    return Change(gone=row)


def _note_gone(db: sqlite3.Connection, image_ids: Iterable[str], why: int) -> None:
    db.executemany("INSERT OR REPLACE INTO gone VALUES (?, ?)", [(image_id, why) for image_id in image_ids])
    if why == DELETED:
        db.executemany("DELETE FROM renditions WHERE image_id = ?", [(image_id,) for image_id in image_ids])


def _let_older_versions_return(db: sqlite3.Connection, deletion: Deletion) -> None:
    """Forget that other versions of an object were overwritten: the latest of them is what S3 has now, for a sweep."""
    db.execute(
        "DELETE FROM gone WHERE NOT deleted AND image_id GLOB ? || '*'",
        (object_prefix(deletion.bucket, deletion.key),),
    )


def _columns(document: Document, stored: str) -> tuple[str | int, ...]:
    return (
        document.image_id,
        document.bucket,
        document.key,
        facts.milliseconds(document.uploaded_at),
        stored,
        document.model_dump_json(exclude=set(Annotation.model_fields), exclude_defaults=True),
    )


def _indexed(db: sqlite3.Connection, row: int, document: Document, stored: str) -> Entry:
    """Let a document's words be found, and return its entry."""
    aliases = {alias for label in document.labels for alias in label.aliases}
    db.execute(
        "INSERT INTO words (rowid, labels, persons, text, file) VALUES (?, ?, ?, ?, ?)",
        (
            row,
            "\n".join(sorted(facts.label_names(document) | aliases)),
            "\n".join(document.persons),
            "\n".join(document.texts),
            document.key,
        ),
    )
    return Entry.stored(row, document.bucket, document.key, facts.milliseconds(document.uploaded_at), stored)
