"""How alike two faces are, from their embeddings."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.results import Embedding

_STEEPNESS = 18.0
_EVEN_DISTANCE = 0.68  # the L2 distance reported as 50: two people rarely come nearer, one person rarely goes further
_WHOLE = 1.0 + math.exp(-_STEEPNESS * _EVEN_DISTANCE)  # has the same embedding reported as 100, and not as 99.9995


def similarity(face: Embedding, others: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """How alike `face` (128,) is to each of `others` (n, 128): (n,) percentages.

    100 / (1 + exp(18 (d - 0.68))) with d the L2 distance, stretched by 0.0005 % so that identical is 100, which a
    threshold of 100 asks for; d = 0.6, dlib's usual limit for the same person, is 81.
    """
    distances = np.linalg.norm(np.atleast_2d(others).astype(np.float64) - face, axis=1)
    return np.asarray(100.0 * _WHOLE / (1.0 + np.exp(_STEEPNESS * (distances - _EVEN_DISTANCE))))


def reach(percentage: float) -> float:
    """The L2 distance at which two faces are alike by `percentage`; infinite for 0, which any two are."""
    if percentage <= 0:
        return math.inf
    return max(0.0, _EVEN_DISTANCE + math.log(100.0 * _WHOLE / percentage - 1.0) / _STEEPNESS)
