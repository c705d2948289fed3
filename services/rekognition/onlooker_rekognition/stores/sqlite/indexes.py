"""The indexes in memory: of the faces and of the users of each collection that was searched.

They hold what the file holds, of the model in use. What changes is told them under the store's lock, after the commit.
There is no copy of them on the disk: a million faces are read and searchable within two seconds and coded in the
next four, and what was deleted from the file is nowhere else.
"""

from __future__ import annotations

import logging
import math
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np

from onlooker_rekognition.index import EXACT_UP_TO, EmbeddingIndex, Matrix
from onlooker_rekognition.store import DIMENSIONS, FaceModel
from onlooker_rekognition.vision.results import Embedding

_LARGE = "SELECT position FROM collections WHERE face_count > ? ORDER BY position"
_FACES = """SELECT position, embedding FROM faces WHERE collection = ? AND embedding_model = ? AND position > ?
 ORDER BY position LIMIT ?"""
_FACES_OF_USERS = """SELECT owner, embedding FROM users JOIN faces ON owner = users.position
 WHERE users.collection = ? AND embedding_model = ? ORDER BY owner"""

_PORTION = 2_048  # faces read under one hold of the lock: a few milliseconds
_PAUSE = 0.0002  # seconds between portions, for those who wait for the lock: without it the reader would keep it

_log = logging.getLogger(__name__)


@dataclass(slots=True, eq=False)
class _Faces:
    index: EmbeddingIndex
    loading: threading.Lock = field(default_factory=threading.Lock)
    loaded_to: float = 0
    """The position up to which faces are in the index; infinity once all are."""


class Indexes:
    """Loaded from `database` when a collection is first searched, a large one at once; kept true from then on.

    `lock` is the store's.
    """

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock, model: FaceModel) -> None:
        self._db = database
        self._lock = lock
        self._model = model
        self._background = ThreadPoolExecutor(1, thread_name_prefix="index")
        self._closed = False
        self._faces: dict[int, _Faces] = {}
        self._users: dict[int, EmbeddingIndex] = {}
        if large := [row[0] for row in database.execute(_LARGE, (EXACT_UP_TO,))]:
            self._background.submit(self._load_all, large).add_done_callback(_report)

    def close(self) -> None:
        """Stop what is done in the background. Called without the store's lock."""
        self._closed = True
        for index in [*(faces.index for faces in list(self._faces.values())), *list(self._users.values())]:
            index.close()
        self._background.shutdown(cancel_futures=True)

    def faces(self, collection: int) -> EmbeddingIndex:
        """The index of a collection's faces by their positions.

        Called without the store's lock: the faces are read in portions, and between them others have their turn.
        """
        with self._lock:
            faces = self._faces.setdefault(collection, _Faces(self._empty()))
        if faces.loaded_to < math.inf:
            with faces.loading:
                while self._load_portion(collection, faces):
                    time.sleep(_PAUSE)
        return faces.index

    def users(self, collection: int) -> EmbeddingIndex:
        """The index of the means of a collection's users by their positions. Called under the store's lock."""
        if collection not in self._users:
            rows = self._db.execute(_FACES_OF_USERS, (collection, self._model.name))
            means = {
                user: _matrix([row[1] for row in group]).mean(axis=0, dtype=np.float64).astype(np.float32)
                for user, group in groupby(rows, key=itemgetter(0))
            }
            index = self._empty()
            if means:
                index.add(list(means), np.array(list(means.values())))
            self._users[collection] = index
        return self._users[collection]

    def add_faces(self, collection: int, embeddings: Mapping[int, Embedding]) -> None:
        """Faces have come, or were embedded anew."""
        faces = self._faces.get(collection)
        if faces is None:
            return
        new = {position: each for position, each in embeddings.items() if position <= faces.loaded_to}
        if new:
            with self._kept_true(collection):
                faces.index.add(list(new), np.stack(list(new.values())))

    def remove_faces(self, collection: int, positions: Iterable[int]) -> None:
        """Faces have gone."""
        faces = self._faces.get(collection)
        if faces is not None:
            with self._kept_true(collection):
                faces.index.remove(positions)

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
        faces = self._faces.pop(collection, None)
        if faces is not None:
            faces.index.close()
        self._users.pop(collection, None)

    def _empty(self) -> EmbeddingIndex:
        return EmbeddingIndex(DIMENSIONS, self._background)

    def _load_all(self, collections: Iterable[int]) -> None:
        """In the background, so that the first search of a large collection does not wait for it."""
        for collection in collections:
            began = time.monotonic()
            index = self.faces(collection)
            if not self._closed:
                _log.info("loaded the %d faces of a collection in %.1f s", len(index), time.monotonic() - began)

    def _load_portion(self, collection: int, faces: _Faces) -> bool:
        """Read the next faces into the index; whether there may be more."""
        with self._lock:
            if self._closed:
                return False
            rows = self._db.execute(_FACES, (collection, self._model.name, faces.loaded_to, _PORTION)).fetchall()
            if rows:
                faces.index.add([row[0] for row in rows], _matrix([row[1] for row in rows]))
            full = len(rows) == _PORTION
            faces.loaded_to = rows[-1][0] if full else math.inf
        return full

    @contextmanager
    def _kept_true(self, collection: int) -> Iterator[None]:
        """An index that could not follow (no memory) is loaded anew by the next search."""
        try:
            yield
        except BaseException:
            self.forget(collection)
            raise


def _matrix(embeddings: list[bytes]) -> Matrix:
    return np.frombuffer(b"".join(embeddings), np.float32).reshape(-1, DIMENSIONS)


def _report(loading: Future[None]) -> None:
    if not loading.cancelled() and (error := loading.exception()):
        _log.error("a large collection could not be loaded; its next search tries again", exc_info=error)
