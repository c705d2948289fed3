"""Users: several faces of one person, searched by the mean of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from onlooker_rekognition.protocol.errors import ConflictError
from onlooker_rekognition.store import Outcome, User, UserMatch
from onlooker_rekognition.stores.postgres.database import Database, Link
from onlooker_rekognition.stores.rules import association, disassociation, mean_of, no_such_user
from onlooker_rekognition.vision.results import Embedding
from onlooker_rekognition.vision.similarity import similarity

_USER = "SELECT position, user_id, EXISTS (SELECT FROM faces WHERE owner = users.position) FROM users"
_NEAREST = """WITH nearest AS MATERIALIZED (
 SELECT * FROM users WHERE collection = %s AND embedding_model = %s ORDER BY embedding <-> %s LIMIT %s)
 SELECT position, user_id, EXISTS (SELECT FROM faces WHERE owner = nearest.position), embedding FROM nearest"""


class Users(Database):
    """See UserStore."""

    def create_user(self, collection_id: str, user_id: str) -> None:
        """See UserStore."""
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            created = connection.execute(
                "INSERT INTO users (collection, user_id) VALUES (%s, %s) ON CONFLICT DO NOTHING", (collection, user_id)
            ).rowcount
            if not created:
                raise ConflictError(f"The user id: {user_id} already exists")
            count = _count(connection, collection, 1)
        self._indexes.grown("users", collection, count)

    def delete_user(self, collection_id: str, user_id: str) -> None:
        """See UserStore."""
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            user = self._lock_user(connection, collection, user_id)
            connection.execute("DELETE FROM users WHERE position = %s", (user,))
            _count(connection, collection, -1)

    def user(self, collection_id: str, user_id: str) -> User:
        """See UserStore."""
        with self._connection() as connection:
            row = connection.execute(
                f"{_USER} WHERE collection = %s AND user_id = %s",
                (self._position(connection, collection_id), user_id),
            ).fetchone()
        if row is None:
            raise no_such_user(user_id)
        return _user(row)

    def users(self, collection_id: str, *, after: int, limit: int) -> list[User]:
        """See UserStore."""
        with self._connection() as connection:
            rows = connection.execute(
                f"{_USER} WHERE collection = %s AND position > %s ORDER BY position LIMIT %s",
                (self._position(connection, collection_id), after, limit),
            ).fetchall()
        return [_user(row) for row in rows]

    def associate(self, collection_id: str, user_id: str, face_ids: Sequence[str], *, threshold: float) -> Outcome:
        """See UserStore."""
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            user = self._lock_user(connection, collection, user_id)
            self._lock_faces(connection, collection, face_ids)
            held = self._held(connection, collection, face_ids)
            outcome = association(face_ids, held, user_id, self._held_by(connection, user), threshold=threshold)
            self._give(connection, outcome.done, user, user)
        return outcome

    def disassociate(self, collection_id: str, user_id: str, face_ids: Sequence[str]) -> Outcome:
        """See UserStore."""
        with self._transaction() as connection:
            collection = self._hold(connection, collection_id)
            user = self._lock_user(connection, collection, user_id)
            self._lock_faces(connection, collection, face_ids)
            outcome = disassociation(face_ids, self._held(connection, collection, face_ids), user_id)
            self._give(connection, outcome.done, None, user)
        return outcome

    def user_embedding(self, collection_id: str, user_id: str) -> Embedding | None:
        """See UserStore."""
        with self._connection() as connection:
            user = self._user(connection, self._position(connection, collection_id), user_id)
            return mean_of(self._held_by(connection, user))

    def nearest_users(self, collection_id: str, embedding: Embedding, *, count: int) -> list[UserMatch]:
        """See UserStore."""
        with self._connection() as connection:
            collection = self._position(connection, collection_id)
            rows = connection.execute(
                _NEAREST, (collection, self._model.name, embedding, count), prepare=False, binary=True
            ).fetchall()  # as the search for faces
        if not rows:
            return []
        alike = similarity(embedding, np.stack([row[-1] for row in rows])).tolist()
        matches = [UserMatch(_user(row[:-1]), percent) for row, percent in zip(rows, alike, strict=True)]
        return sorted(matches, key=lambda match: match.similarity, reverse=True)

    def _lock_user(self, connection: Link, collection: int, user_id: str) -> int:
        row = connection.execute(
            "SELECT position FROM users WHERE collection = %s AND user_id = %s FOR NO KEY UPDATE", (collection, user_id)
        ).fetchone()
        if row is None:
            raise no_such_user(user_id)
        return int(row[0])

    def _give(self, connection: Link, face_ids: Sequence[str], owner: int | None, changed: int) -> None:
        if face_ids:
            connection.execute("UPDATE faces SET owner = %s WHERE face_id = ANY(%s)", (owner, list(face_ids)))
            self._renew_means(connection, [changed])


def _count(connection: Link, collection: int, more: int) -> int:
    """Count users that have come or gone. Last in a transaction: others wait for the row until it ends."""
    row = connection.execute(
        "UPDATE collections SET user_count = user_count + %s WHERE position = %s RETURNING user_count",
        (more, collection),
    ).fetchone()
    return int(row[0]) if row else 0


def _user(row: Sequence[Any]) -> User:
    position, user_id, has_faces = row
    return User(position, user_id, "ACTIVE" if has_faces else "CREATED")
