"""Who is the same person in the frames of one video: the `Index` of GetFaceSearch."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.results import Embedding
from onlooker_rekognition.vision.similarity import similarity

SAME_PERSON = 80.0
"""Similarity (0..100) from which two faces of one video are taken for one person: FaceMatchThreshold's default."""

_MOST_FACES = 8  # of a person; the head turns, and each new view is worth keeping, but not without end


class People:
    """Numbers people in the order in which they appear, from 0."""

    def __init__(self) -> None:
        self._views: list[list[Embedding]] = []

    def index_of(self, embedding: Embedding) -> int:
        """The number of the person with this face, a new one for a face like nobody's so far."""
        likenesses = [float(np.max(similarity(embedding, np.stack(views)))) for views in self._views]
        best = int(np.argmax(likenesses)) if likenesses else -1
        if best < 0 or likenesses[best] < SAME_PERSON:
            self._views.append([embedding])
            return len(self._views) - 1
        if len(self._views[best]) < _MOST_FACES:
            self._views[best].append(embedding)
        return best
