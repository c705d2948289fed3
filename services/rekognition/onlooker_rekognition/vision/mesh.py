"""468 points on each face: what landmarks, pose, alignment and the crops for other models are taken from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.vision.geometry import Array, apply, scale_of, square, turned_bounds
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import crop, sharpened

LEFT_EYE_OUTER, LEFT_EYE_INNER, RIGHT_EYE_INNER, RIGHT_EYE_OUTER = 33, 133, 362, 263  # left is the viewer's
LEFT_EYE, RIGHT_EYE = (LEFT_EYE_OUTER, LEFT_EYE_INNER), (RIGHT_EYE_INNER, RIGHT_EYE_OUTER)
NOSE_BASE = 2
_MARGIN = 1.5  # the crop's side over the face's, as in training
_BLUR, _SHARPENING = 6.0, 1.5  # pixels of the crop, and how many times what such a blur takes away is added


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """A fitted mesh. `points` (468, 3) are pixels of the picture; z, of the same unit, grows away from the viewer."""

    points: Array
    face: float
    """How sure the model is, 0..1, that there is a face: the less sure of its passes."""

    @property
    def angle(self) -> float:
        """The roll, in radians, from the line through the eyes' outer corners; clockwise is positive."""
        across = self.points[RIGHT_EYE_OUTER] - self.points[LEFT_EYE_OUTER]
        return float(np.arctan2(across[1], across[0]))

    @property
    def box(self) -> Array:
        """The upright box (4,) around all points."""
        return np.concatenate([self.points[:, :2].min(axis=0), self.points[:, :2].max(axis=0)])

    def crop_transform(self, margin: float, size: int) -> Array:
        """The transform of a crop in which the face is upright and fills all but the margin."""
        centre, side = turned_bounds(self.points[:, :2], self.angle)
        return square(centre, side * margin, self.angle, size)


class MeshFitter:
    """Fits meshes: first to a detector's box, then, where it is worth it, to the upright square of the first mesh."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def fit(self, pixels: Pixels, boxes: Array, angles: Array, *, sharpen: bool = False) -> list[Mesh]:
        """A mesh for each box (n, 4) with its roll (n,) in radians; `sharpen` brings out what is blurred or dim."""
        size = self._network.size
        transforms = [
            square((box[:2] + box[2:]) / 2, float((box[2:] - box[:2]).max()) * _MARGIN, angle, size)
            for box, angle in zip(boxes, angles, strict=True)
        ]
        return self._pass(pixels, transforms, sharpen)

    def refine(self, pixels: Pixels, meshes: Sequence[Mesh], *, sharpen: bool = False) -> list[Mesh]:
        """The meshes fitted again; of none is the network surer than before."""
        again = self._pass(pixels, [mesh.crop_transform(_MARGIN, self._network.size) for mesh in meshes], sharpen)
        return [Mesh(late.points, min(early.face, late.face)) for early, late in zip(meshes, again, strict=True)]

    def _pass(self, pixels: Pixels, transforms: list[Array], sharpen: bool) -> list[Mesh]:
        if not transforms:
            return []
        size = self._network.size
        crops = [crop(pixels, transform, size) for transform in transforms]
        if sharpen:
            crops = [sharpened(each, _BLUR, _SHARPENING) for each in crops]
        output = self._network.run(np.stack(crops))
        meshes = []
        for transform, points, face in zip(transforms, output["points"], output["face"], strict=True):
            local = points.reshape(-1, 3).astype(np.float64)
            depth = local[:, 2:] * scale_of(transform)
            meshes.append(Mesh(np.hstack([apply(transform, local[:, :2]), depth]), float(face[0])))
        return meshes
