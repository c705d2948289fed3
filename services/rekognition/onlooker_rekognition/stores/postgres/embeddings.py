"""Moving a collection to another model."""

from __future__ import annotations

from collections.abc import Mapping

from onlooker_rekognition.store import OutdatedFace
from onlooker_rekognition.stores.postgres.database import Database
from onlooker_rekognition.vision.results import Embedding

_OUTDATED = """SELECT position, face_id, jpeg FROM faces LEFT JOIN chips ON face = position
 WHERE collection = %s AND position > %s AND embedding_model <> %s ORDER BY position LIMIT %s"""

_RAISE_VERSION = """UPDATE collections SET face_model_version = %(version)s WHERE position = %(collection)s
 AND (SELECT min(embedding_model) FROM faces WHERE collection = %(collection)s) = %(model)s
 AND (SELECT max(embedding_model) FROM faces WHERE collection = %(collection)s) = %(model)s"""


class Embeddings(Database):
    """See EmbeddingStore."""

    def outdated(self, collection_id: str, *, after: int, limit: int) -> list[OutdatedFace]:
        """See EmbeddingStore."""
        with self._connection() as connection:
            rows = connection.execute(
                _OUTDATED, (self._position(connection, collection_id), after, self._model.name, limit)
            ).fetchall()
        return [OutdatedFace(*row) for row in rows]

    def reembed(self, collection_id: str, embeddings: Mapping[int, Embedding]) -> int:
        """See EmbeddingStore."""
        model = self._model
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            renewed = self._renew(connection, collection, embeddings)
            done = connection.execute(
                _RAISE_VERSION, {"version": model.version, "collection": collection, "model": model.name}
            ).rowcount
        if done:
            self._indexes.look()
        return renewed
