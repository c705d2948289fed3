"""Collections and their tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from onlooker_rekognition.protocol.errors import ResourceAlreadyExistsError
from onlooker_rekognition.store import Collection, no_such_collection
from onlooker_rekognition.stores.postgres.database import Database, Link
from onlooker_rekognition.stores.rules import with_tags

_COLLECTION = "SELECT position, id, face_model_version, created_at, face_count, user_count FROM collections"


class Collections(Database):
    """See CollectionStore."""

    def create(self, collection_id: str, tags: Mapping[str, str]) -> Collection:
        """See CollectionStore."""
        with self._connection() as connection:
            row = connection.execute(
                "INSERT INTO collections (id, face_model_version, tags) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING RETURNING position, created_at",
                (collection_id, self._model.version, Jsonb(with_tags({}, tags))),
            ).fetchone()
        if row is None:
            raise ResourceAlreadyExistsError(f"The collection id: {collection_id} already exists")
        position, created_at = row
        return Collection(position, collection_id, self._model.version, created_at, 0, 0)

    def delete(self, collection_id: str) -> None:
        """See CollectionStore."""
        with self._transaction() as connection:
            connection.execute("SET LOCAL statement_timeout = 0")  # it may have a million faces
            deleted = connection.execute("DELETE FROM collections WHERE id = %s", (collection_id,)).rowcount
        if not deleted:
            raise no_such_collection(collection_id)
        self._indexes.look()

    def get(self, collection_id: str) -> Collection:
        """See CollectionStore."""
        with self._connection() as connection:
            row = connection.execute(f"{_COLLECTION} WHERE id = %s", (collection_id,)).fetchone()
        if row is None:
            raise no_such_collection(collection_id)
        return Collection(*row)

    def collections(self, *, after: int, limit: int) -> list[Collection]:
        """See CollectionStore."""
        with self._connection() as connection:
            rows = connection.execute(
                f"{_COLLECTION} WHERE position > %s ORDER BY position LIMIT %s", (after, limit)
            ).fetchall()
        return [Collection(*row) for row in rows]

    def tags(self, collection_id: str) -> dict[str, str]:
        """See CollectionStore."""
        with self._connection() as connection:
            row = connection.execute("SELECT tags FROM collections WHERE id = %s", (collection_id,)).fetchone()
        return _tags(row, collection_id)

    def tag(self, collection_id: str, tags: Mapping[str, str]) -> None:
        """See CollectionStore."""
        with self._transaction() as connection:
            _write_tags(connection, collection_id, with_tags(_lock_tags(connection, collection_id), tags))

    def untag(self, collection_id: str, keys: Sequence[str]) -> None:
        """See CollectionStore."""
        with self._transaction() as connection:
            tags = _lock_tags(connection, collection_id)
            _write_tags(connection, collection_id, {key: tags[key] for key in tags.keys() - set(keys)})


def _lock_tags(connection: Link, collection_id: str) -> dict[str, str]:
    row = connection.execute(
        "SELECT tags FROM collections WHERE id = %s FOR NO KEY UPDATE", (collection_id,)
    ).fetchone()
    return _tags(row, collection_id)


def _write_tags(connection: Link, collection_id: str, tags: Mapping[str, str]) -> None:
    connection.execute("UPDATE collections SET tags = %s WHERE id = %s", (Jsonb(tags), collection_id))


def _tags(row: Sequence[Any] | None, collection_id: str) -> dict[str, str]:
    if row is None:
        raise no_such_collection(collection_id)
    return dict(row[0])
