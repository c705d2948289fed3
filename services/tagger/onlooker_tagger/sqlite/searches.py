"""The searches of the SQLite index: queries compiled to SQL, and their rows read."""

# ruff: noqa: S608 - SQL is put together here, of fixed terms only: what a user wrote is always a parameter

import json
import sqlite3
from datetime import datetime

from onlooker_shared.annotations import Annotation
from onlooker_tagger.documents import Document, with_annotation
from onlooker_tagger.index import not_found
from onlooker_tagger.queries import (
    TIMELINE_LIMIT,
    TOP_LABELS,
    Count,
    Filters,
    ImageQuery,
    Page,
    Period,
    Share,
    Statistics,
    StatisticsQuery,
    Within,
    words,
)

RANK = "bm25(words, 2.0, 3.0, 1.0)"
"""FTS5's measure of a match, the best (most negative) first: names weigh more than labels, labels than file names."""
RANKED = (
    f"(SELECT rowid AS id, {RANK} AS rank FROM words WHERE words MATCH ?) w JOIN documents d USING (id)",
    "w.rank",
    ">",
    "ASC",
)
NEWEST = ("documents d", "d.uploaded_at", "<", "DESC")
"""How a search is sorted: its tables, the value sorted by, how the next page's values compare, the direction."""
LAST = "\U0010ffff"
"""Sorts after every other character, in UTF-8 too."""
PERIODS = {"day": "%Y-%m-%d", "hour": "%Y-%m-%dT%H:00:00Z"}

Parameter = str | int | float


class Conditions:
    """SQL conditions on `documents d`, with their parameters."""

    def __init__(self) -> None:
        self._terms: list[str] = []
        self.parameters: list[Parameter] = []

    def add(self, term: str, *parameters: Parameter) -> None:
        """Demand a term too."""
        self._terms.append(term)
        self.parameters += parameters

    def __bool__(self) -> bool:
        """Whether anything is demanded."""
        return bool(self._terms)

    @property
    def sql(self) -> str:
        """All terms joined; true if there is none."""
        return " AND ".join(self._terms) or "1"


def fts(text: str) -> str:
    """Return a free-text search in FTS5's language: every word a quoted string, the last one a beginning."""
    quoted = ['"' + word.replace('"', '""') + '"' for word in words(text)]
    return " ".join(quoted) + "*"


def conditions(filters: Filters, within: Within, *, text: bool = True) -> Conditions:
    """Return what must hold of a document that the filters mean and the caller may know of.

    Args:
        filters: what is asked for.
        within: what the caller may know of.
        text: whether the free text is among the conditions, or is matched elsewhere.
    """
    found = Conditions()
    for bucket, prefix in ((within.bucket, within.prefix), (filters.bucket, filters.prefix)):
        _add_place(found, bucket, prefix)
    if text and filters.q is not None:
        found.add("d.id IN (SELECT rowid FROM words WHERE words MATCH ?)", fts(filters.q))
    for label in filters.label:
        found.add("d.id IN (SELECT document FROM labels WHERE name = ?)", label)
    if filters.person is not None:
        found.add("d.id IN (SELECT document FROM persons WHERE name = ?)", filters.person)
    _add_face(found, filters)
    _add_columns(found, filters)
    return found


def _add_place(found: Conditions, bucket: str | None, prefix: str) -> None:
    if bucket is not None:
        found.add("d.bucket = ?", bucket)
    if prefix:
        found.add("d.key >= ? AND d.key < ?", prefix, prefix + LAST)


def _add_face(found: Conditions, filters: Filters) -> None:
    """Demand one face that has all that is asked of a face."""
    face = Conditions()
    if filters.emotion is not None:
        face.add("emotion = ?", filters.emotion)
    if filters.min_age is not None:
        face.add("age_high >= ?", filters.min_age)
    if filters.max_age is not None:
        face.add("age_low <= ?", filters.max_age)
    if face:
        found.add(f"d.id IN (SELECT document FROM faces WHERE {face.sql})", *face.parameters)


def _add_columns(found: Conditions, filters: Filters) -> None:
    for term, value in (
        ("d.face_count >= ?", filters.min_faces),
        ("d.face_count <= ?", filters.max_faces),
        ("d.uploaded_at >= ?", _milliseconds(filters.since)),
        ("d.uploaded_at < ?", _milliseconds(filters.until)),
        ("d.state = ?", filters.state),
    ):
        if value is not None:
            found.add(term, value)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


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


def search(db: sqlite3.Connection, query: ImageQuery, within: Within) -> Page:
    """Return a page of a search."""
    ranked = query.order == "relevance"
    wanted = conditions(query, within, text=not ranked)
    source, value, comparison, direction = RANKED if ranked else NEWEST
    after = query.position()
    if after is not None:
        wanted.add(f"({value}, d.id) {comparison} (?, ?)", *after)
    matched = [fts(query.q or "")] if ranked else []
    # Only ids are sorted: with the bodies along, sorting would copy every document that matches.
    rows = db.execute(
        f"SELECT p.id, p.value, d.body, r.body AS renditions FROM ("
        f" SELECT d.id, {value} AS value FROM {source} WHERE {wanted.sql}"
        f" ORDER BY {value} {direction}, d.id {direction} LIMIT ?"
        f") p JOIN documents d USING (id) LEFT JOIN renditions r USING (image_id)"
        f" ORDER BY p.value {direction}, p.id {direction}",
        (*matched, *wanted.parameters, query.limit + 1),
    ).fetchall()
    page = rows[: query.limit]
    more = len(rows) > query.limit
    return Page(
        images=tuple(_document(row) for row in page),
        cursor=query.cursor_at(page[-1]["value"], page[-1]["id"]) if more else None,
    )


def statistics(db: sqlite3.Connection, query: StatisticsQuery, within: Within) -> Statistics:
    """Return counts over what a query finds."""
    wanted = conditions(query, within)
    chosen, parameters = f"FROM documents d WHERE {wanted.sql}", wanted.parameters
    # Unsaid where everything is meant: then SQLite counts along an index, which is ten times as fast.
    among = f"AND document IN (SELECT d.id {chosen})" if wanted else ""
    sums = db.execute(
        f"SELECT count(*) AS total, coalesce(sum(state = 'failed'), 0) AS failed,"
        f" coalesce(sum(face_count), 0) AS faces {chosen}",
        parameters,
    ).fetchone()
    labels = db.execute(
        f"SELECT name, count(*) AS count FROM labels WHERE own {among}"
        f" GROUP BY name ORDER BY count DESC, name LIMIT {TOP_LABELS}",
        parameters,
    )
    emotions = db.execute(
        f"SELECT emotion AS name, count(*) AS count FROM faces WHERE emotion IS NOT NULL {among}"
        " GROUP BY emotion ORDER BY count DESC, name",
        parameters,
    ).fetchall()
    periods = db.execute(
        f"SELECT strftime(?, d.uploaded_at / 1000, 'unixepoch') AS start, count(*) AS count {chosen}"
        f" GROUP BY start ORDER BY start DESC LIMIT {TIMELINE_LIMIT}",
        (PERIODS[query.interval], *parameters),
    ).fetchall()
    shown = sum(row["count"] for row in emotions)
    return Statistics(
        total=sums["total"],
        recognized=sums["total"] - sums["failed"],
        failed=sums["failed"],
        faces=sums["faces"],
        labels=tuple(Count(name=row["name"], count=row["count"]) for row in labels),
        emotions=tuple(
            Share(name=row["name"], count=row["count"], share=round(row["count"] / shown, 4)) for row in emotions
        ),
        timeline=tuple(Period(start=row["start"], count=row["count"]) for row in reversed(periods)),
    )


def known(db: sqlite3.Connection, image_ids: list[str]) -> set[str]:
    """Return which of some pictures were ever put."""
    return _ids(
        db,
        "SELECT value FROM json_each(?) WHERE value IN (SELECT image_id FROM documents)"
        " OR value IN (SELECT image_id FROM superseded)",
        image_ids,
    )


def unannotated(db: sqlite3.Connection, image_ids: list[str]) -> set[str]:
    """Return for which of some pictures no renditions are noted."""
    return _ids(db, "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT image_id FROM renditions)", image_ids)


def _ids(db: sqlite3.Connection, sql: str, image_ids: list[str]) -> set[str]:
    return {row["value"] for row in db.execute(sql, (json.dumps(image_ids),))}


def _document(row: sqlite3.Row) -> Document:
    annotation = Annotation.model_validate_json(row["renditions"]) if row["renditions"] else None
    return with_annotation(Document.model_validate_json(row["body"]), annotation)
