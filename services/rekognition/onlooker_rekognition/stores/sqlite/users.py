"""Users: several faces of one person, searched by the mean of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from onlooker_rekognition.protocol.errors import ConflictError
from onlooker_rekognition.store import Outcome, User, UserMatch
from onlooker_rekognition.stores.rules import association, disassociation, mean_of
from onlooker_rekognition.stores.sqlite.database import AMONG, Database, among
from onlooker_rekognition.vision.results import Embedding
from onlooker_rekognition.vision.similarity import similarity

_USER = "SELECT position, user_id, EXISTS (SELECT 1 FROM faces WHERE owner = users.position) FROM users"


class Users(Database):
    """See UserStore."""

    def create_user(self, collection_id: str, user_id: str) -> None:
        """See UserStore."""
        with self._transaction():
            collection = self._position(collection_id)
            try:
                self._db.execute("INSERT INTO users (collection, user_id) VALUES (?, ?)", (collection, user_id))
            except sqlite3.IntegrityError as error:
                raise ConflictError(f"The user id: {user_id} already exists") from error

    def delete_user(self, collection_id: str, user_id: str) -> None:
        """See UserStore."""
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                user = self._user(collection, user_id)
                self._db.execute("DELETE FROM users WHERE position = ?", (user,))
            self._indexes.set_means(collection, {user: None})

    def user(self, collection_id: str, user_id: str) -> User:
        """See UserStore."""
        with self._lock:
            user = self._user(self._position(collection_id), user_id)
            return _user(self._db.execute(f"{_USER} WHERE position = ?", (user,)).fetchone())

    def users(self, collection_id: str, *, after: int, limit: int) -> list[User]:
        """See UserStore."""
        with self._lock:
            rows = self._db.execute(
                f"{_USER} WHERE collection = ? AND position > ? ORDER BY position LIMIT ?",
                (self._position(collection_id), after, limit),
            ).fetchall()
        return [_user(row) for row in rows]

    def associate(self, collection_id: str, user_id: str, face_ids: Sequence[str], *, threshold: float) -> Outcome:
        """See UserStore."""
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                user = self._user(collection, user_id)
                held = self._held(collection, face_ids)
                outcome = association(face_ids, held, user_id, self._held_by(user), threshold=threshold)
                self._give([held[face_id].position for face_id in outcome.done], user)
                means = self._means([user])
            self._indexes.set_means(collection, means)
        return outcome

    def disassociate(self, collection_id: str, user_id: str, face_ids: Sequence[str]) -> Outcome:
        """See UserStore."""
        with self._lock:
            with self._transaction():
                collection = self._position(collection_id)
                user = self._user(collection, user_id)
                held = self._held(collection, face_ids)
                outcome = disassociation(face_ids, held, user_id)
                self._give([held[face_id].position for face_id in outcome.done], None)
                means = self._means([user])
            self._indexes.set_means(collection, means)
        return outcome

    def user_embedding(self, collection_id: str, user_id: str) -> Embedding | None:
        """See UserStore."""
        with self._lock:
            return mean_of(self._held_by(self._user(self._position(collection_id), user_id)))

    def nearest_users(self, collection_id: str, embedding: Embedding, *, count: int) -> list[UserMatch]:
        """See UserStore."""
        with self._lock:
            collection = self._position(collection_id)
        positions, vectors = self._indexes.users(collection).nearest(embedding, count)
        with self._lock:
            rows = self._db.execute(f"{_USER} WHERE position {AMONG}", (among(positions),)).fetchall()
        alike = dict(zip(positions, similarity(embedding, vectors).tolist(), strict=True))
        matches = [UserMatch(user, alike[user.position]) for user in map(_user, rows)]
        return sorted(matches, key=lambda match: match.similarity, reverse=True)

    def _give(self, faces: Sequence[int], user: int | None) -> None:
        self._db.executemany("UPDATE faces SET owner = ? WHERE position = ?", [(user, face) for face in faces])


def _user(row: Sequence[Any]) -> User:
    position, user_id, has_faces = row
    return User(position, user_id, "ACTIVE" if has_faces else "CREATED")
