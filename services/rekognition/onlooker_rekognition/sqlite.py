"""Collections in one SQLite file, with an index in memory for each collection that was searched.

One connection under one lock: a single writer, readers that wait microseconds. A commit is on the disk before the
method returns (WAL, synchronous=FULL), so neither a kill nor a power cut loses what a client was told.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from onlooker_rekognition.index import EmbeddingIndex
from onlooker_rekognition.protocol.errors import ResourceAlreadyExistsError
from onlooker_rekognition.store import (
    Collection,
    Match,
    NewFace,
    Outcome,
    Picture,
    Refusal,
    StoredFace,
    no_such_collection,
)
from onlooker_rekognition.vision.results import Box, Embedding
from onlooker_rekognition.vision.similarity import similarity

DIMENSIONS = 128

_SCHEMA_VERSION = 1
_SCHEMA = """
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
_FACE = """SELECT position, face_id, image_id, external_image_id, "left", top, width, height, confidence,
 model_version FROM faces"""
_AMONG = "IN (SELECT value FROM json_each(?))"
_COLLECTION = """SELECT position, id, face_model_version, created_at,
 (SELECT count(*) FROM faces WHERE faces.collection = collections.position) FROM collections"""


class StoreError(Exception):
    """The file can not be used; the text says why."""


class SqliteStore:
    """A CollectionStore in the file at `path`, which only one process may have open. Raises StoreError."""

    def __init__(self, path: Path, *, face_model_version: str) -> None:
        self._model = face_model_version
        self._lock = threading.RLock()
        self._indexes: dict[int, EmbeddingIndex] = {}
        self._db = _open(path)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def create(self, collection_id: str, tags: Mapping[str, str]) -> Collection:
        """See CollectionStore."""
        with self._transaction():
            try:
                self._db.execute(
                    "INSERT INTO collections (id, face_model_version, created_at, tags) VALUES (?, ?, ?, ?)",
                    (collection_id, self._model, time.time(), json.dumps(dict(tags))),
                )
            except sqlite3.IntegrityError as error:
                raise ResourceAlreadyExistsError(f"The collection id: {collection_id} already exists") from error
            return self.get(collection_id)

    def delete(self, collection_id: str) -> None:
        """See CollectionStore."""
        with self._transaction():
            position = self._position(collection_id)
            self._db.execute("DELETE FROM collections WHERE position = ?", (position,))
            self._indexes.pop(position, None)

    def get(self, collection_id: str) -> Collection:
        """See CollectionStore."""
        with self._lock:
            row = self._db.execute(f"{_COLLECTION} WHERE id = ?", (collection_id,)).fetchone()
        if row is None:
            raise no_such_collection(collection_id)
        return _collection(row)

    def collections(self, *, after: int, limit: int) -> list[Collection]:
        """See CollectionStore."""
        with self._lock:
            rows = self._db.execute(
                f"{_COLLECTION} WHERE position > ? ORDER BY position LIMIT ?", (after, limit)
            ).fetchall()
        return [_collection(row) for row in rows]

    def add(self, collection_id: str, picture: Picture, faces: Sequence[NewFace]) -> list[StoredFace]:
        """See CollectionStore."""
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                kept = {face.box: face for face in self._faces_of(collection, picture)}
                new = [face for face in faces if face.box not in kept]
                for face in new:
                    kept[face.box] = self._insert(collection, picture, face)
            if new and collection in self._indexes:
                positions = [kept[face.box].position for face in new]
                self._indexes[collection].add(positions, np.stack([face.embedding for face in new]))
        return [kept[face.box] for face in faces]

    def faces(
        self, collection_id: str, *, after: int, limit: int, face_ids: Sequence[str] | None = None
    ) -> list[StoredFace]:
        """See CollectionStore."""
        wanted, values = "", []
        if face_ids is not None:
            wanted, values = f"AND face_id {_AMONG}", [json.dumps(face_ids)]
        with self._lock:
            collection = self._position(collection_id)
            rows = self._db.execute(
                f"{_FACE} WHERE collection = ? AND position > ? {wanted} ORDER BY position LIMIT ?",
                (collection, after, *values, limit),
            ).fetchall()
        return [_face(row) for row in rows]

    def remove(self, collection_id: str, face_ids: Sequence[str]) -> Outcome:
        """See CollectionStore."""
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                removed = dict(
                    self._db.execute(
                        "DELETE FROM faces WHERE collection = ? AND face_id IN (SELECT value FROM json_each(?))"
                        " RETURNING face_id, position",
                        (collection, json.dumps(list(face_ids))),
                    ).fetchall()
                )
            if collection in self._indexes:
                self._indexes[collection].remove(removed.values())
        wanted = dict.fromkeys(face_ids)
        return Outcome(
            done=[face_id for face_id in wanted if face_id in removed],
            refused=[Refusal(face_id, "FACE_NOT_FOUND") for face_id in wanted if face_id not in removed],
        )

    def embedding(self, collection_id: str, face_id: str) -> Embedding | None:
        """See CollectionStore."""
        with self._lock:
            row = self._db.execute(
                "SELECT embedding FROM faces WHERE collection = ? AND face_id = ? AND model_version = ?",
                (self._position(collection_id), face_id, self._model),
            ).fetchone()
        return np.frombuffer(row[0], np.float32) if row else None

    def nearest(self, collection_id: str, embedding: Embedding, *, count: int) -> list[Match]:
        """See CollectionStore."""
        with self._lock:
            collection = self._position(collection_id)
            index = self._indexes.get(collection) or self._load_index(collection)
        positions, vectors = index.nearest(embedding, count)
        if not positions:
            return []
        alike = dict(zip(positions, similarity(embedding, vectors).tolist(), strict=True))
        with self._lock:
            rows = self._db.execute(f"{_FACE} WHERE position {_AMONG}", (json.dumps(positions),)).fetchall()
        matches = [Match(face, alike[face.position]) for face in map(_face, rows)]
        return sorted(matches, key=lambda match: match.similarity, reverse=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has rolled back already
                    self._db.execute("ROLLBACK")
                raise

    def _position(self, collection_id: str) -> int:
        row = self._db.execute("SELECT position FROM collections WHERE id = ?", (collection_id,)).fetchone()
        if row is None:
            raise no_such_collection(collection_id)
        return int(row[0])

    def _faces_of(self, collection: int, picture: Picture) -> list[StoredFace]:
        rows = self._db.execute(
            f"{_FACE} WHERE collection = ? AND image_id = ? AND external_image_id IS ? AND model_version = ?",
            (collection, picture.image_id, picture.external_image_id, self._model),
        )
        return [_face(row) for row in rows]

    def _insert(self, collection: int, picture: Picture, face: NewFace) -> StoredFace:
        face_id, box = str(uuid.uuid4()), face.box
        place = (box.left, box.top, box.width, box.height)
        position = self._db.execute(
            "INSERT INTO faces VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(collection, face_id, picture.image_id, picture.external_image_id, *place, face.confidence),
                *(self._model, time.time(), np.asarray(face.embedding, np.float32).tobytes()),
            ),
        ).lastrowid
        assert position is not None  # noqa: S101  (an INSERT that did not raise has a row)
        return StoredFace(position, face_id, picture, box, face.confidence, self._model)

    def _load_index(self, collection: int) -> EmbeddingIndex:
        rows = self._db.execute(
            "SELECT position, embedding FROM faces WHERE collection = ? AND model_version = ? ORDER BY position",
            (collection, self._model),
        ).fetchall()
        index = self._indexes[collection] = EmbeddingIndex(DIMENSIONS)
        if rows:
            vectors = np.frombuffer(b"".join(row[1] for row in rows), np.float32).reshape(-1, DIMENSIONS)
            index.add([row[0] for row in rows], vectors)
        return index


def _open(path: Path) -> sqlite3.Connection:
    try:
        path.touch(mode=0o600)  # faces are nobody else's business; SQLite's side files take the same mode
        database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
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
    if version > _SCHEMA_VERSION:
        raise StoreError(f"{path} was written by a newer version of this server: use that one")
    if version == 0:
        database.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {_SCHEMA_VERSION}; COMMIT;")


def _collection(row: Sequence[Any]) -> Collection:
    position, collection_id, model, created_at, faces = row
    return Collection(position, collection_id, model, datetime.fromtimestamp(created_at, UTC), faces, 0)


def _face(row: Sequence[Any]) -> StoredFace:
    position, face_id, image_id, external_image_id, left, top, width, height, confidence, model = row
    picture = Picture(image_id, external_image_id)
    return StoredFace(position, face_id, picture, Box(left, top, width, height), confidence, model)
