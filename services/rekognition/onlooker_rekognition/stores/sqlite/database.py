"""The file, its one connection and its one lock: what all parts of the store stand on."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from onlooker_rekognition.store import FaceModel, no_such_collection
from onlooker_rekognition.stores.rules import HeldFace, mean_of, no_such_user
from onlooker_rekognition.stores.sqlite.indexes import Indexes
from onlooker_rekognition.stores.sqlite.schema import open_database
from onlooker_rekognition.vision.results import Embedding

AMONG = "IN (SELECT value FROM json_each(?))"
"""Of any number of values, given as one JSON array (`among`)."""

OF_COLLECTION = "+faces.collection = ?"
"""Where a few faces are named: the plus keeps SQLite from going through the whole collection instead."""

_HELD = """SELECT faces.position, face_id, users.user_id, CASE WHEN embedding_model = ? THEN embedding END
 FROM faces LEFT JOIN users ON users.position = owner"""

_OWNERS = """SELECT DISTINCT owner FROM faces
 WHERE position IN (SELECT value FROM json_each(?)) AND owner IS NOT NULL"""


class Database:
    """An open store, of faces that are embedded by `model`."""

    def __init__(self, path: Path, *, model: FaceModel, clock: Callable[[], float] = time.time) -> None:
        """Open the file at `path`; `clock` tells the seconds since 1970. Raises StoreError."""
        self._model = model
        self._clock = clock
        self._lock = threading.RLock()
        self._db = open_database(path)
        self._indexes = Indexes(self._db, self._lock, model)

    def close(self) -> None:
        """Close the file."""
        self._indexes.close()
        with self._lock:
            self._db.close()

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

    def _forget(self) -> None:
        """Take what was deleted out of the write-ahead log, too, after its transaction.

        The database's own pages are overwritten (`secure_delete`), but the log keeps them as they were until it is
        used again. Where somebody else reads the file (a backup), that is left to the next deletion.
        """
        with self._lock:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _position(self, collection_id: str) -> int:
        row = self._db.execute("SELECT position FROM collections WHERE id = ?", (collection_id,)).fetchone()
        if row is None:
            raise no_such_collection(collection_id)
        return int(row[0])

    def _user(self, collection: int, user_id: str) -> int:
        row = self._db.execute(
            "SELECT position FROM users WHERE collection = ? AND user_id = ?", (collection, user_id)
        ).fetchone()
        if row is None:
            raise no_such_user(user_id)
        return int(row[0])

    def _held(self, collection: int, face_ids: Sequence[str]) -> dict[str, HeldFace]:
        rows = self._db.execute(
            f"{_HELD} WHERE {OF_COLLECTION} AND face_id {AMONG}", (self._model.name, collection, among(face_ids))
        )
        return {face.face_id: face for face in map(_held_face, rows)}

    def _held_by(self, user: int) -> list[HeldFace]:
        return [_held_face(row) for row in self._db.execute(f"{_HELD} WHERE owner = ?", (self._model.name, user))]

    def _means(self, users: Iterable[int]) -> dict[int, Embedding | None]:
        return {user: mean_of(self._held_by(user)) for user in users}

    def _renew(self, collection: int, embeddings: Mapping[int, Embedding]) -> dict[int, Embedding]:
        """Give outdated faces other embeddings: those that there were, by position."""
        statement = """UPDATE faces SET embedding = ?, embedding_model = ?, model_version = ?
         WHERE position = ? AND collection = ? AND embedding_model != ?"""
        model = self._model
        return {
            position: embedding
            for position, embedding in embeddings.items()
            if self._db.execute(
                statement, (to_bytes(embedding), model.name, model.version, position, collection, model.name)
            ).rowcount
        }

    def _owners(self, positions: Iterable[int]) -> list[int]:
        return [row[0] for row in self._db.execute(_OWNERS, (among(positions),))]


def among(values: Iterable[object]) -> str:
    """The parameter of `AMONG`."""
    return json.dumps(list(values))


def to_bytes(embedding: Embedding) -> bytes:
    """An embedding as it is kept."""
    return np.asarray(embedding, np.float32).tobytes()


def _held_face(row: Sequence[Any]) -> HeldFace:
    position, face_id, user_id, embedding = row
    return HeldFace(position, face_id, user_id, None if embedding is None else np.frombuffer(embedding, np.float32))
