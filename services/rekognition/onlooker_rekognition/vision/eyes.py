"""Whether eyes are open, from the eyelids that the iris network draws."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.certainty import soft_step
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

_EYES = (  # outer and inner corner, upper lid, and whether to mirror it: the network knows one side only
    (LEFT_EYE_OUTER, LEFT_EYE_INNER, 159, False),
    (RIGHT_EYE_OUTER, RIGHT_EYE_INNER, 386, True),
)
_MARGIN = 2.3  # the crop's side over the eye's width, as in training
_CORNERS = (0, 8)
_LIDS = ((3, 11), (4, 12), (5, 13))  # facing points of the lower and the upper lid
_APERTURE, _SOFTNESS = 0.15, 0.02
"""Height over width at which open and closed are even: eyes that squint with laughter have 0.155, others 0.23 and
more; the same eyes closed by retouching have 0.10 at the median."""


class Eyes:
    """Reads both eyes of each face."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def open(self, pixels: Pixels, meshes: list[Mesh]) -> list[float]:
        """How clearly (0..1) the eyes of each face are open, both on average; at least one face."""
        crops = [self._crop(pixels, mesh, *eye) for mesh in meshes for eye in _EYES]
        contours = self._network.run(np.stack(crops))["points"].reshape(len(meshes), len(_EYES), -1, 3)
        apertures = (float(np.mean([_aperture(eye) for eye in eyes])) for eyes in contours)
        return [soft_step(aperture, _APERTURE, _SOFTNESS) for aperture in apertures]

    def _crop(self, pixels: Pixels, mesh: Mesh, outer: int, inner: int, lid: int, mirrored: bool) -> Pixels:
        size, points = self._network.size, mesh.points[:, :2]
        side = float(np.linalg.norm(points[outer] - points[inner])) * _MARGIN
        eye = crop(pixels, square(points[lid], side, mesh.angle, size), size)
        return eye[:, ::-1] if mirrored else eye


def _aperture(contour: Floats) -> float:
    """The height of the opening over its width."""
    width = np.linalg.norm(contour[_CORNERS[0], :2] - contour[_CORNERS[1], :2])
    heights = [np.linalg.norm(contour[lower, :2] - contour[upper, :2]) for lower, upper in _LIDS]
    return float(np.mean(heights) / max(width, 1e-6))
