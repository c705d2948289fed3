"""Whether eyes are open, from the eyelids that the iris network draws."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.expressions import soft_step
from onlooker_rekognition.vision.geometry import square
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.mesh import (
    LEFT_EYE_INNER,
    LEFT_EYE_OUTER,
    RIGHT_EYE_INNER,
    RIGHT_EYE_OUTER,
    Mesh,
)
from onlooker_rekognition.vision.models import Floats, Network
from onlooker_rekognition.vision.resample import crop

_EYES = ((LEFT_EYE_OUTER, LEFT_EYE_INNER, 159), (RIGHT_EYE_OUTER, RIGHT_EYE_INNER, 386))  # corners, upper lid
_MARGIN = 2.3  # the crop's side over the eye's width, as in training
_CORNERS = (0, 8)
_LIDS = ((3, 11), (4, 12), (5, 13))  # facing points of the lower and the upper lid
_APERTURE, _SOFTNESS = 0.12, 0.03
"""Height over width at which an eye counts as half open: squinting laughter has 0.14 and more, most eyes 0.3."""


class Eyes:
    """Reads both eyes of each face; at least one."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def open(self, pixels: Pixels, meshes: list[Mesh]) -> list[float]:
        """How clearly (0..1) the eyes of each face are open, both on average."""
        size = self._network.size
        crops = []
        for mesh in meshes:
            for outer, inner, lid in _EYES:
                points = mesh.points[:, :2]
                side = float(np.linalg.norm(points[outer] - points[inner])) * _MARGIN
                crops.append(crop(pixels, square(points[lid], side, mesh.angle, size), size))
        contours = self._network.run(np.stack(crops))["points"].reshape(len(meshes), 2, -1, 3)
        return [soft_step(float(np.mean([_aperture(eye) for eye in eyes])), _APERTURE, _SOFTNESS) for eyes in contours]


def _aperture(contour: Floats) -> float:
    """The height of the opening over its width."""
    width = np.linalg.norm(contour[_CORNERS[0], :2] - contour[_CORNERS[1], :2])
    heights = [np.linalg.norm(contour[lower, :2] - contour[upper, :2]) for lower, upper in _LIDS]
    return float(np.mean(heights) / max(width, 1e-6))
