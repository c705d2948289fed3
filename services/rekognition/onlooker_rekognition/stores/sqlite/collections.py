"""Collections and their tags."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from onlooker_rekognition.protocol.errors import ResourceAlreadyExistsError
from onlooker_rekognition.store import Collection, no_such_collection
from onlooker_rekognition.stores.rules import with_tags
from onlooker_rekognition.stores.sqlite.database import Database

_COLLECTION = "SELECT position, id, face_model_version, created_at, face_count, user_count FROM collections"
_DELETE_FACES = """DELETE FROM faces WHERE position IN
 (SELECT position FROM faces WHERE collection = ? ORDER BY position LIMIT ?) RETURNING position"""

_PORTION = 1_000  # faces deleted under one hold of the lock: some 20 ms
_PAUSE = 0.0002  # seconds between portions, for those who wait for the lock: without it the deleter would keep it


class Collections(Database):
    """See CollectionStore."""

    def create(self, collection_id: str, tags: Mapping[str, str]) -> Collection:
        """See CollectionStore."""
        with self._transaction():
            try:
                self._db.execute(
                    "INSERT INTO collections (id, face_model_version, created_at, tags) VALUES (?, ?, ?, ?)",
                    (collection_id, self._model.version, self._clock(), json.dumps(with_tags({}, tags))),
                )
            except sqlite3.IntegrityError as error:
                raise ResourceAlreadyExistsError(f"The collection id: {collection_id} already exists") from error
            return self.get(collection_id)

    def delete(self, collection_id: str) -> None:
        """See CollectionStore. What is large goes in portions, between which others have their turn.

        Killed on the way, it leaves a smaller collection, of which nobody was told that it is gone.
        """
        with self._lock:
            collection = self.get(collection_id)
            self._indexes.forget(collection.position)
        for _ in range(collection.face_count // _PORTION):
            self._delete_faces(collection.position)
            time.sleep(_PAUSE)
        with self._lock:
            with self._transaction():
                rest = self._db.execute("DELETE FROM collections WHERE position = ?", (collection.position,))
            self._indexes.forget(collection.position)
            self._forget()
        if not rest.rowcount:
            raise no_such_collection(collection_id)  # another call was quicker

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

    def tags(self, collection_id: str) -> dict[str, str]:
        """See CollectionStore."""
        with self._lock:
            row = self._db.execute("SELECT tags FROM collections WHERE id = ?", (collection_id,)).fetchone()
        if row is None:
            raise no_such_collection(collection_id)
        return dict(json.loads(row[0]))

    def tag(self, collection_id: str, tags: Mapping[str, str]) -> None:
        """See CollectionStore."""
        with self._transaction():
            self._write_tags(collection_id, with_tags(self.tags(collection_id), tags))

    def untag(self, collection_id: str, keys: Sequence[str]) -> None:
        """See CollectionStore."""
        with self._transaction():
            tags = self.tags(collection_id)
            self._write_tags(collection_id, {key: value for key, value in tags.items() if key not in set(keys)})

    def _delete_faces(self, collection: int) -> None:
        with self._lock:
            with self._transaction():
                gone = [row[0] for row in self._db.execute(_DELETE_FACES, (collection, _PORTION)).fetchall()]
            self._indexes.remove_faces(collection, gone)

    def _write_tags(self, collection_id: str, tags: Mapping[str, str]) -> None:
        self._db.execute("UPDATE collections SET tags = ? WHERE id = ?", (json.dumps(tags), collection_id))


def _collection(row: Sequence[Any]) -> Collection:
    position, collection_id, model_version, created_at, faces, users = row
    return Collection(position, collection_id, model_version, datetime.fromtimestamp(created_at, UTC), faces, users)
