"""Moving a collection to another model."""

from __future__ import annotations

from collections.abc import Mapping

from onlooker_rekognition.store import OutdatedFace
from onlooker_rekognition.stores.sqlite.database import Database
from onlooker_rekognition.vision.results import Embedding

_OUTDATED = """SELECT position, face_id, jpeg FROM faces LEFT JOIN chips ON face = position
 WHERE collection = ? AND position > ? AND embedding_model != ? ORDER BY position LIMIT ?"""

_RAISE_VERSION = """UPDATE collections SET face_model_version = :version WHERE position = :collection
 AND (SELECT min(embedding_model) FROM faces WHERE collection = :collection) = :model
 AND (SELECT max(embedding_model) FROM faces WHERE collection = :collection) = :model"""


class Embeddings(Database):
    """See EmbeddingStore."""

    def outdated(self, collection_id: str, *, after: int, limit: int) -> list[OutdatedFace]:
        """See EmbeddingStore."""
        with self._lock:
            rows = self._db.execute(
                _OUTDATED, (self._position(collection_id), after, self._model.name, limit)
            ).fetchall()
        return [OutdatedFace(*row) for row in rows]

    def reembed(self, collection_id: str, embeddings: Mapping[int, Embedding]) -> int:
        """See EmbeddingStore."""
        model = self._model
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                renewed = self._renew(collection, embeddings)
                means = self._means(self._owners(renewed))
                self._db.execute(
                    _RAISE_VERSION, {"version": model.version, "collection": collection, "model": model.name}
                )
            self._indexes.add_faces(collection, renewed)
            self._indexes.set_means(collection, means)
        return len(renewed)
