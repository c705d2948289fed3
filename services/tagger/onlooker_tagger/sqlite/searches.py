"""The searches of the SQLite index: what is found and in which order, and the documents read."""

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime

import numpy as np

from onlooker_shared.annotations import Annotation
from onlooker_tagger.documents import Document, with_annotation
from onlooker_tagger.facts import milliseconds
from onlooker_tagger.index import not_found
from onlooker_tagger.queries import ImageQuery, Page, Statistics, StatisticsQuery, Within
from onlooker_tagger.sqlite import matching
from onlooker_tagger.sqlite.columns import Snapshot
from onlooker_tagger.sqlite.columns.counting import statistics as counted
from onlooker_tagger.sqlite.columns.filtering import left
from onlooker_tagger.sqlite.columns.growing import Mask
from onlooker_tagger.sqlite.columns.ordering import Values, likeness, page

REMEMBERED = 200
"""Counts that are kept at hand while nothing changes: of each some kilobytes."""


def get(db: sqlite3.Connection, image_id: str) -> Document:
    """Return a document; raises NotFoundError."""
    row = db.execute(
        "SELECT d.body, r.body AS renditions FROM documents d LEFT JOIN renditions r USING (image_id)"
        " WHERE image_id = ?",
        (image_id,),
    ).fetchone()
    if row is None:
        raise not_found(image_id)
    return _document(row)


def search(db: sqlite3.Connection, now: Snapshot, query: ImageQuery, within: Within) -> Page:
    """Return a page of a search."""
    after = query.position()
    found, values = _sorted(db, now, query, within)
    placed = page(now, found, values, query.order, after, query.limit + 1)
    shown = placed[: query.limit]
    more = len(placed) > query.limit
    return Page(
        images=_documents(db, [each.id for each in shown]),
        cursor=query.cursor_at(*shown[-1]) if more else None,
    )


def statistics(db: sqlite3.Connection, now: Snapshot, query: StatisticsQuery, within: Within) -> Statistics:
    """Return counts over what a query finds; the same question is counted once until something changes."""
    known = now.counted.get((query, within))
    if known is None:
        found = left(now, query, within)
        if query.q is not None:
            found &= matching.matched(db, now, query.q)
        if len(now.counted) >= REMEMBERED:
            now.counted.clear()
        known = now.counted[query, within] = counted(now, found, query)
    return known


def held(db: sqlite3.Connection, _: Snapshot, until: datetime, after: int, count: int) -> list[tuple[int, str]]:
    """Return the first documents behind one, by their ids here, each with its picture's id.

    Args:
        db: where.
        until: when they were uploaded at the latest.
        after: the id here of the last one before.
        count: how many at most.
    """
    rows = db.execute(
        "SELECT id, image_id FROM documents WHERE id > ? AND uploaded_at <= ? ORDER BY id LIMIT ?",
        (after, milliseconds(until), count),
    )
    return [(row["id"], row["image_id"]) for row in rows]


def known(db: sqlite3.Connection, image_ids: list[str]) -> set[str]:
    """Return which of some pictures were ever put, or deleted."""
    return _ids(
        db,
        "SELECT value FROM json_each(?) WHERE value IN (SELECT image_id FROM documents)"
        " OR value IN (SELECT image_id FROM gone)",
        image_ids,
    )


def unannotated(db: sqlite3.Connection, image_ids: list[str]) -> set[str]:
    """Return for which of some pictures no renditions are noted, but for those that were deleted."""
    return _ids(
        db,
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT image_id FROM renditions)"
        " AND value NOT IN (SELECT image_id FROM gone WHERE deleted)",
        image_ids,
    )


def _sorted(db: sqlite3.Connection, now: Snapshot, query: ImageQuery, within: Within) -> tuple[Mask, Values]:
    """Return which pictures a query finds, and what they are sorted by."""
    found, score = left(now, query, within), np.zeros(len(now.ids))
    ranked = query.order == "relevance"
    if query.similar_to is not None:
        score += likeness(now, _id_of(db, query.similar_to), query.similar_to, within)
        found &= score > 0
    if query.q is not None and ranked:
        matched, relevance = matching.scored(db, now, query.q)
        found &= matched
        score += relevance
    elif query.q is not None:
        found &= matching.matched(db, now, query.q)
    return found, score if ranked else now.uploaded.astype(np.float64)


def _id_of(db: sqlite3.Connection, image_id: str) -> int | None:
    row = db.execute("SELECT id FROM documents WHERE image_id = ?", (image_id,)).fetchone()
    return row["id"] if row else None


def _documents(db: sqlite3.Connection, ids: Sequence[int]) -> tuple[Document, ...]:
    """Return documents in the order of their ids here."""
    rows = db.execute(
        "SELECT d.body, r.body AS renditions FROM json_each(?) wanted JOIN documents d ON d.id = wanted.value"
        " LEFT JOIN renditions r USING (image_id) ORDER BY wanted.key",
        (json.dumps(ids),),
    )
    return tuple(_document(row) for row in rows)


def _ids(db: sqlite3.Connection, sql: str, image_ids: list[str]) -> set[str]:
    return {row["value"] for row in db.execute(sql, (json.dumps(image_ids),))}


def _document(row: sqlite3.Row) -> Document:
    annotation = Annotation.model_validate_json(row["renditions"]) if row["renditions"] else None
    return with_annotation(Document.model_validate_json(row["body"]), annotation)
