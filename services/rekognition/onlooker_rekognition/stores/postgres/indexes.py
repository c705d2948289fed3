"""Approximate indexes (HNSW) of large collections, built and dropped in the background.

A search is exact while its collection is small: the collection's vectors are read and compared. From `EXACT_BELOW` on,
the collection gets an index of its own: a partial one, because in one index of all collections a search would walk
through everybody else's faces first. PostgreSQL uses an index only once it is built, and an index never shows a row
that was deleted. Which indexes there should be follows from the tables alone, so any server may build any of them, and
what one left unfinished another mends.
"""

from __future__ import annotations

import hashlib
import logging
import re
import threading
import time
from contextlib import suppress
from typing import Any

import psycopg
from psycopg import Connection, sql

from onlooker_rekognition.store import FaceModel

EXACT_BELOW = 10_000
"""Faces, or users, of a collection."""

_LOOK_SECONDS = 300  # a build that failed is begun again after at most this long
_CANCEL_SECONDS = 1.0
_BUILDING = 7_301_944_021_190_733_826  # an advisory lock of ours: one server builds, one index at a time
_TABLES = {"faces": "face_count", "users": "user_count"}
_NAME = re.compile(r"(faces|users)_near_(\d+)_([0-9a-f]{8})")

_INDEXES = """SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
 WHERE indrelid IN ('faces'::regclass, 'users'::regclass) AND relname ~ '_near_'"""
_LARGE = """SELECT position FROM collections WHERE {count} >= %s
 AND EXISTS (SELECT FROM faces WHERE collection = collections.position AND embedding_model = %s)"""
_CREATE = """CREATE INDEX CONCURRENTLY {name} ON {table} USING hnsw (embedding vector_l2_ops)
 WITH (m = 24, ef_construction = 128) WHERE collection = {collection} AND embedding_model = {model}"""
_MODELS_LEFT = """SELECT (SELECT max(embedding_model) FROM faces WHERE collection = %(collection)s),
 (SELECT min(embedding_model) FROM faces WHERE collection = %(collection)s)"""

_log = logging.getLogger(__name__)


class NearestIndexes:
    """Looks after the indexes in a thread of its own."""

    def __init__(self, conninfo: str, model: FaceModel) -> None:
        self._builder = IndexBuilder(conninfo, model)
        self._due = threading.Event()
        self._closing = threading.Event()
        self._known: set[tuple[str, int]] = set()
        self._thread = threading.Thread(target=self._run, name="nearest-indexes", daemon=True)
        self._thread.start()
        self.look()

    def grown(self, table: str, collection: int, count: int) -> None:
        """A collection has `count` rows in `table` now."""
        if count >= EXACT_BELOW and (table, collection) not in self._known:
            self._known.add((table, collection))
            self.look()

    def look(self) -> None:
        """Something has changed: look what is to be built or dropped."""
        self._due.set()

    def close(self) -> None:
        """Stop; what is being built is left to the next who looks."""
        self._closing.set()
        self._due.set()
        while self._thread.is_alive():
            self._builder.cancel()  # again, because it may have been between two statements
            self._thread.join(_CANCEL_SECONDS)

    def _run(self) -> None:
        while True:
            self._due.wait(_LOOK_SECONDS)
            self._due.clear()
            if self._closing.is_set():
                return
            try:
                self._builder.mend()
            except psycopg.Error as error:
                if not self._closing.is_set():
                    _log.warning("the indexes could not be looked after: %s", error)


class IndexBuilder:
    """Builds and drops indexes, with a connection of its own."""

    def __init__(self, conninfo: str, model: FaceModel) -> None:
        self._conninfo = conninfo
        self._model = model
        self._connection: Connection[Any] | None = None
        self._cancelled = False

    def mend(self) -> None:
        """Build and drop what is to be, unless another server is at it. Raises psycopg.Error."""
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            self._connection = connection
            try:
                locked = connection.execute("SELECT pg_try_advisory_lock(%s)", (_BUILDING,)).fetchone()
                if locked == (True,):  # it is let go of with the connection
                    connection.execute("SET statement_timeout = 0")
                    found: dict[str, bool] = dict(connection.execute(_INDEXES).fetchall())
                    self._drop(connection, found)
                    self._build(connection, found)
            finally:
                self._connection = None

    def cancel(self) -> None:
        """Make `mend`, in another thread, raise or return soon."""
        self._cancelled = True
        if (connection := self._connection) is not None:
            with suppress(psycopg.Error):  # it may have ended by itself
                connection.cancel_safe(timeout=_CANCEL_SECONDS)

    def _drop(self, connection: Connection[Any], found: dict[str, bool]) -> None:
        present = {row[0] for row in connection.execute("SELECT position FROM collections")}
        for name, valid in list(found.items()):
            if (match := _NAME.fullmatch(name)) is None:
                continue
            collection = int(match[2])
            if not valid or collection not in present or self._is_of_the_past(connection, collection, match[3]):
                connection.execute(sql.SQL("DROP INDEX CONCURRENTLY IF EXISTS {}").format(sql.Identifier(name)))
                del found[name]

    def _is_of_the_past(self, connection: Connection[Any], collection: int, model: str) -> bool:
        """Whether an index is of another model than all faces of its collection."""
        left = connection.execute(_MODELS_LEFT, {"collection": collection}).fetchone() or ()
        return model not in {_digest(name) for name in left if name is not None}

    def _build(self, connection: Connection[Any], found: dict[str, bool]) -> None:
        for table, count in _TABLES.items():
            statement = sql.SQL(_LARGE).format(count=sql.Identifier(count))
            for (collection,) in connection.execute(statement, (EXACT_BELOW, self._model.name)).fetchall():
                name = f"{table}_near_{collection}_{_digest(self._model.name)}"
                if name in found or self._cancelled:
                    continue
                _log.info("building the index %s", name)
                began = time.monotonic()
                connection.execute(
                    sql.SQL(_CREATE).format(
                        name=sql.Identifier(name),
                        table=sql.Identifier(table),
                        collection=sql.Literal(collection),
                        model=sql.Literal(self._model.name),
                    )
                )
                _log.info("built the index %s in %.1f s", name, time.monotonic() - began)


def _digest(model: str) -> str:
    return hashlib.sha256(model.encode()).hexdigest()[:8]
