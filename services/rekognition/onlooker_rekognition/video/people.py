"""Who is the same person in the frames of one video: the `Index` of GetFaceSearch."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.store import DIMENSIONS
from onlooker_rekognition.vision.results import Embedding
from onlooker_rekognition.vision.similarity import similarity

SAME_PERSON = 80.0
"""Similarity (0..100) from which two faces of one video are taken for one person: FaceMatchThreshold's default."""

_MOST_FACES = 8  # of a person; the head turns, and each new view is worth keeping, but not without end


class People:
    """Numbers people in the order in which they appear, from 0."""

    def __init__(self) -> None:
        self._views = np.empty((0, DIMENSIONS), np.float32)
        self._whose: list[int] = []  # of each view
        self._people = 0

    def index_of(self, embedding: Embedding) -> int:
        """The number of the person with this face, a new one for a face like nobody's so far."""
        person = self._most_alike(embedding)
        if person is None:
            person = self._people
            self._people += 1
        if self._whose.count(person) < _MOST_FACES:
            self._views = np.vstack((self._views, embedding))
            self._whose.append(person)
        return person

    def _most_alike(self, embedding: Embedding) -> int | None:
        if not self._whose:
            return None
        likenesses = similarity(embedding, self._views)
        best = int(np.argmax(likenesses))
        return self._whose[best] if likenesses[best] >= SAME_PERSON else None
