"""Finds the faces of a picture: the detector proposes, the mesh decides where it is not sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.vision.detector import FaceDetector
from onlooker_rekognition.vision.geometry import Array, suppress
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.mesh import Mesh, MeshFitter

_SURE = 0.9
"""A detector's score, or a mesh's, that needs no confirmation by the other. Real faces, small ones too, have a mesh at
0.99 and more; emblems and raised hands were seen with a mesh at up to 0.85, a cat with a score of 0.80."""

_LIKELY, _NOT_DENIED = 0.8, 0.2
"""A score that is enough where the mesh does not deny the face, as it does a cat's (0.00): blurred faces are so."""

_UNION, _SMALLER = 0.25, 0.5  # above either, two faces are one, or the worse is half of the other and its collar


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face: its box (4,) in pixels, score 0..1, and mesh."""

    box: Array
    score: float
    mesh: Mesh


class FaceFinder:
    """See docs/accuracy.md for what it finds."""

    def __init__(self, detector: FaceDetector, mesh: MeshFitter) -> None:
        self._detector = detector
        self._mesh = mesh

    def find(self, pixels: Pixels) -> list[Face]:
        """All faces, largest first."""
        candidates = self._detector.find(pixels)
        meshes = self._mesh.fit(pixels, candidates.boxes, candidates.angles)
        faces = [
            Face(mesh.box if mesh.face >= _SURE else box, float(score), mesh)
            for box, score, mesh in zip(candidates.boxes, candidates.scores, meshes, strict=True)
            if max(score, mesh.face) >= _SURE or (score >= _LIKELY and mesh.face >= _NOT_DENIED)
        ]
        return _distinct(faces)


def _distinct(faces: list[Face]) -> list[Face]:
    if not faces:
        return []
    boxes, scores = np.array([face.box for face in faces]), np.array([face.score for face in faces])
    kept = [faces[index] for index in suppress(boxes, scores, union=_UNION, smaller=_SMALLER)]
    return sorted(kept, key=lambda face: -float(np.prod(face.box[2:] - face.box[:2])))
