"""The indexes in memory: of the faces and of the users of each collection that was searched.

They hold what the file holds, of the model in use. What changes is told them under the store's lock, after the commit.
There is no copy of them on the disk: a million faces are read and searchable within two seconds and coded in the
next four, and what was deleted from the file is nowhere else.
"""

from __future__ import annotations

import logging
import math
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

import numpy as np

from onlooker_rekognition.index import EXACT_UP_TO, EmbeddingIndex, Helpers, Matrix
from onlooker_rekognition.store import DIMENSIONS, FaceModel
from onlooker_rekognition.vision.results import Embedding

_LARGE = "SELECT position FROM collections WHERE face_count > ? ORDER BY position"
_FACES = """SELECT position, embedding FROM faces WHERE collection = ? AND embedding_model = ? AND position > ?
 ORDER BY position LIMIT ?"""
_FACES_OF_USERS = """SELECT portion.position, embedding FROM
 (SELECT position FROM users WHERE collection = ? AND position > ? ORDER BY position LIMIT ?) AS portion
 LEFT JOIN faces ON owner = portion.position AND embedding_model = ? ORDER BY portion.position"""

_PORTION = 2_048  # faces read under one hold of the lock: a few milliseconds
_USERS_PORTION = 256  # users, whose faces are as many, or ten times as many if each has the most that there may be
_MOST = 1_024  # collections; an index is 40 kB, however few faces it has
_PAUSE = 0.0002  # seconds between portions, for those who wait for the lock: without it the reader would keep it

_log = logging.getLogger(__name__)


_Portion = tuple[Sequence[int], Matrix, float]
"""Positions, their embeddings, and the position up to which there are no others; infinity with the last portion."""


@dataclass(slots=True, eq=False)
class _Kept:
    index: EmbeddingIndex
    loading: threading.Lock = field(default_factory=threading.Lock)
    loaded_to: float = 0
    """The position up to which faces, or users, are in the index; infinity once all are."""


class Indexes:
    """Loaded from `database` when a collection is first searched, a large one at once; kept true from then on.

    `lock` is the store's.
    """

    def __init__(self, database: sqlite3.Connection, lock: threading.RLock, model: FaceModel) -> None:
        self._db = database
        self._lock = lock
        self._model = model
        self._background = ThreadPoolExecutor(1, thread_name_prefix="index")
        others = max((os.cpu_count() or 1) - 1, 1)
        self._helpers = Helpers(ThreadPoolExecutor(others, thread_name_prefix="scan"), others)
        self._closed = False
        self._faces: dict[int, _Kept] = {}
        self._users: dict[int, _Kept] = {}
        if large := [row[0] for row in database.execute(_LARGE, (EXACT_UP_TO,))]:
            self._background.submit(self._load_all, large).add_done_callback(_report)

    def close(self) -> None:
        """Stop what is done in the background. Called without the store's lock."""
        self._closed = True
        for kept in [*list(self._faces.values()), *list(self._users.values())]:
            kept.index.close()
        self._background.shutdown(cancel_futures=True)
        self._helpers.executor.shutdown()

    def faces(self, collection: int) -> EmbeddingIndex:
        """The index of a collection's faces by their positions.

        Called without the store's lock: the faces are read in portions, and between them others have their turn.
        """
        return self._loaded(self._faces, collection, self._read_faces)

    def users(self, collection: int) -> EmbeddingIndex:
        """The index of the means of a collection's users by their positions. Called as `faces`."""
        return self._loaded(self._users, collection, self._read_means)

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
        users = self._users.get(collection)
        if users is None:
            return
        known = {user: mean for user, mean in means.items() if mean is not None and user <= users.loaded_to}
        with self._kept_true(collection):
            if gone := means.keys() - known.keys():
                users.index.remove(gone)
            if known:
                users.index.put(list(known), np.stack(list(known.values())))

    def forget(self, collection: int) -> None:
        """A collection has gone."""
        for indexes in (self._faces, self._users):
            kept = indexes.pop(collection, None)
            if kept is not None:
                kept.index.close()

    def _empty(self) -> EmbeddingIndex:
        return EmbeddingIndex(DIMENSIONS, self._background, helpers=self._helpers)

    def _load_all(self, collections: Iterable[int]) -> None:
        """In the background, so that the first search of a large collection does not wait for it."""
        for collection in collections:
            began = time.monotonic()
            index = self.faces(collection)
            if not self._closed:
                _log.info("loaded the %d faces of a collection in %.1f s", len(index), time.monotonic() - began)

    def _loaded(
        self, indexes: dict[int, _Kept], collection: int, read: Callable[[int, float], _Portion]
    ) -> EmbeddingIndex:
        with self._lock:
            kept = indexes.pop(collection, None) or _Kept(self._empty())
            indexes[collection] = kept  # the last in their order, which is that of their use
            if len(indexes) > _MOST:
                indexes.pop(next(iter(indexes))).index.close()
        if kept.loaded_to < math.inf:
            with kept.loading:
                while self._load_portion(collection, kept, read):
                    time.sleep(_PAUSE)
        return kept.index

    def _load_portion(self, collection: int, kept: _Kept, read: Callable[[int, float], _Portion]) -> bool:
        """Read the next embeddings into the index; whether there may be more."""
        with self._lock:
            if self._closed:
                return False
            positions, embeddings, loaded_to = read(collection, kept.loaded_to)
            kept.index.add(positions, embeddings)
            kept.loaded_to = loaded_to
        return loaded_to < math.inf

    def _read_faces(self, collection: int, after: float) -> _Portion:
        rows = self._db.execute(_FACES, (collection, self._model.name, after, _PORTION)).fetchall()
        loaded_to = rows[-1][0] if len(rows) == _PORTION else math.inf
        return [row[0] for row in rows], _matrix([row[1] for row in rows]), loaded_to

    def _read_means(self, collection: int, after: float) -> _Portion:
        rows = self._db.execute(_FACES_OF_USERS, (collection, after, _USERS_PORTION, self._model.name))
        faces = {user: [row[1] for row in group if row[1]] for user, group in groupby(rows, key=itemgetter(0))}
        means = {user: _matrix(some).mean(axis=0, dtype=np.float64) for user, some in faces.items() if some}
        loaded_to = max(faces) if len(faces) == _USERS_PORTION else math.inf
        return list(means), np.array(list(means.values()), np.float32).reshape(-1, DIMENSIONS), loaded_to

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
