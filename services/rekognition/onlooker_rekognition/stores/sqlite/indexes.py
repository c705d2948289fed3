"""The indexes in memory: of the faces and of the users of each collection that was searched.

They hold what the file holds, of the model in use. Every method is called under the store's lock, after the commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter

import numpy as np

from onlooker_rekognition.index import EmbeddingIndex, Matrix
from onlooker_rekognition.store import DIMENSIONS, FaceModel
from onlooker_rekognition.vision.results import Embedding

_FACES = "SELECT position, embedding FROM faces WHERE collection = ? AND embedding_model = ? ORDER BY position"
_FACES_OF_USERS = """SELECT owner, embedding FROM users JOIN faces ON owner = users.position
 WHERE users.collection = ? AND embedding_model = ? ORDER BY owner"""


class Indexes:
    """Loaded from `database` when a collection is first searched, and kept true from then on."""

    def __init__(self, database: sqlite3.Connection, model: FaceModel) -> None:
        self._db = database
        self._model = model
        self._faces: dict[int, EmbeddingIndex] = {}
        self._users: dict[int, EmbeddingIndex] = {}

    def faces(self, collection: int) -> EmbeddingIndex:
        """The index of a collection's faces by their positions."""
        if collection not in self._faces:
            rows = self._db.execute(_FACES, (collection, self._model.name)).fetchall()
            self._faces[collection] = _index([row[0] for row in rows], _matrix([row[1] for row in rows]))
        return self._faces[collection]

    def users(self, collection: int) -> EmbeddingIndex:
        """The index of the means of a collection's users by their positions."""
        if collection not in self._users:
            rows = self._db.execute(_FACES_OF_USERS, (collection, self._model.name))
            means = {
                user: _matrix([row[1] for row in group]).mean(axis=0, dtype=np.float64).astype(np.float32)
                for user, group in groupby(rows, key=itemgetter(0))
            }
            self._users[collection] = _index(list(means), np.array(list(means.values())))
        return self._users[collection]

    def add_faces(self, collection: int, embeddings: Mapping[int, Embedding]) -> None:
        """Faces have come, or were embedded anew."""
        index = self._faces.get(collection)
        if index is not None and embeddings:
            with self._kept_true(collection):
                index.add(list(embeddings), np.stack(list(embeddings.values())))

    def remove_faces(self, collection: int, positions: Iterable[int]) -> None:
        """Faces have gone."""
        index = self._faces.get(collection)
        if index is not None:
            with self._kept_true(collection):
                index.remove(positions)

    def set_means(self, collection: int, means: Mapping[int, Embedding | None]) -> None:
        """Users have other means, or none any more."""
        index = self._users.get(collection)
        if index is not None:
            known = {user: mean for user, mean in means.items() if mean is not None}
            with self._kept_true(collection):
                index.remove(means)
                if known:
                    index.add(list(known), np.stack(list(known.values())))

    def forget(self, collection: int) -> None:
        """A collection has gone."""
        self._faces.pop(collection, None)
        self._users.pop(collection, None)

    @contextmanager
    def _kept_true(self, collection: int) -> Iterator[None]:
        """An index that could not follow (no memory) is loaded anew by the next search."""
        try:
            yield
        except BaseException:
            self.forget(collection)
            raise


def _index(keys: list[int], vectors: Matrix) -> EmbeddingIndex:
    index = EmbeddingIndex(DIMENSIONS)
    if keys:
        index.add(keys, vectors)
    return index


def _matrix(embeddings: list[bytes]) -> Matrix:
    return np.frombuffer(b"".join(embeddings), np.float32).reshape(-1, DIMENSIONS)
