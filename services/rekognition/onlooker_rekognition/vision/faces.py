"""Finds the faces of a picture: the detector proposes, the mesh decides.

What speaks for a face is the detector's log-odds, twice, and the mesh's. Neither alone is enough: a flag's emblem has a
detector's score of 0.75, a letter of a sign a mesh at 1.00. A candidate that both leave in doubt is sharpened and
fitted again, which brings out blurred, dim and small faces but little else. docs/accuracy.md has the figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.detector import Candidates, FaceDetector
from onlooker_rekognition.vision.geometry import Array, overlaps
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.mesh import Mesh, MeshFitter
from onlooker_rekognition.vision.resample import lightened

Mask = npt.NDArray[np.bool_]

_SURE = 6.0
"""Enough: what is no face had 5.8 at most, an engine's cover; of 709 faces, most of them in bad copies, 645 have it."""

_WORTH_SHARPENING = 0.5  # a detector's score
_STEEPNESS, _OFFSET = 0.6, -0.85  # of the logistic function that tells, over the same candidates, how many are faces
_EXTREME = 1e-4  # probabilities beyond it say no more

_OWN_BOX = 0.9  # a mesh surer than this has the better box

_UNION, _SMALLER = 0.25, 0.5  # above either, two faces are one, or the worse is half of the other and its collar
_BESIDE = 0.12  # of the smaller box; more is allowed, cheek to cheek, to what both networks are sure of by themselves
_CLEAR_SCORE, _CLEAR_MESH = 0.7, 0.99
"""Beside small faces the detector now and then sees others, whose mesh then finds the neighbour's features: such ghosts
had scores of 0.59 and 0.65, or a mesh at 0.80."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face: its box (4,) in pixels, how likely (0..1) it is one, and its mesh."""

    box: Array
    score: float
    mesh: Mesh
    clear: bool
    """Whether both networks are sure of it."""


class FaceFinder:
    """See docs/accuracy.md for what it finds."""

    def __init__(self, detector: FaceDetector, mesh: MeshFitter) -> None:
        self._detector = detector
        self._mesh = mesh

    def find(self, pixels: Pixels) -> list[Face]:
        """All faces, largest first."""
        seen = lightened(pixels)
        candidates = self._detector.find(seen)
        faces, sure = self._judge(seen, candidates)
        doubtful = candidates.select(~sure & (candidates.scores >= _WORTH_SHARPENING))
        more, _ = self._judge(seen, doubtful, sharpen=True)
        return _distinct(faces + more)

    def _judge(self, pixels: Pixels, candidates: Candidates, *, sharpen: bool = False) -> tuple[list[Face], Mask]:
        """The faces among the candidates, and which of these (n,) they are."""
        first = self._mesh.fit(pixels, candidates.boxes, candidates.angles, sharpen=sharpen)
        are = _evidence(candidates, first) >= _SURE  # so far: refined, none becomes surer
        likely = candidates.select(are)
        meshes = self._mesh.refine(pixels, list(compress(first, are)), sharpen=sharpen)
        evidence = _evidence(likely, meshes)
        sure = evidence >= _SURE
        are[are] = sure
        return _faces(likely.select(sure), list(compress(meshes, sure)), evidence[sure]), are


def _evidence(candidates: Candidates, meshes: list[Mesh]) -> Array:
    """Log-odds (n,)."""
    return 2 * _log_odds(candidates.scores) + _log_odds(np.array([mesh.face for mesh in meshes]))


def _log_odds(probabilities: Array) -> Array:
    limited = np.clip(probabilities, _EXTREME, 1 - _EXTREME)
    return np.asarray(np.log(limited / (1 - limited)))


def _faces(candidates: Candidates, meshes: list[Mesh], evidence: Array) -> list[Face]:
    likely = 1 / (1 + np.exp(-_STEEPNESS * evidence - _OFFSET))
    return [
        Face(
            box=mesh.box if mesh.face >= _OWN_BOX else box,
            score=float(score),
            mesh=mesh,
            clear=bool(seen >= _CLEAR_SCORE and mesh.face >= _CLEAR_MESH),
        )
        for box, seen, score, mesh in zip(candidates.boxes, candidates.scores, likely, meshes, strict=True)
    ]


def _distinct(faces: list[Face]) -> list[Face]:
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: (face.clear, face.score), reverse=True):
        others = np.array([other.box for other in kept]).reshape(-1, 4)
        of_union, of_smaller = overlaps(face.box[None], others)
        if np.all(of_union <= _UNION) and np.all(of_smaller <= (_SMALLER if face.clear else _BESIDE)):
            kept.append(face)
    return sorted(kept, key=lambda face: -float(np.prod(face.box[2:] - face.box[:2])))
