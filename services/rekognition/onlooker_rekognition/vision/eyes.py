"""Whether eyes are open and where they look, from the eyelids and irises that the iris network draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.vision import gaze
from onlooker_rekognition.vision.certainty import soft_step
from onlooker_rekognition.vision.geometry import Array, apply, square
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.mesh import LEFT_EYE, RIGHT_EYE, Mesh
from onlooker_rekognition.vision.models import Floats, Network
from onlooker_rekognition.vision.resample import crop
from onlooker_rekognition.vision.results import EyeDirection

_EYES = (  # corners, upper lid, and whether to mirror it: the network knows one side only
    (LEFT_EYE, 159, False),
    (RIGHT_EYE, 386, True),
)
_MARGIN = 2.3  # the crop's side over the eye's width, as in training
_CORNERS = (0, 8)
_LIDS = ((3, 11), (4, 12), (5, 13))  # facing points of the lower and the upper lid
_IRIS = 71  # its centre; the points before are of lids and brow, the four after it are on its rim
_APERTURE, _SOFTNESS = 0.15, 0.02
"""Height over width at which open and closed are even: eyes that squint with laughter have 0.155, others 0.23 and
more; the same eyes closed by retouching have 0.10 at the median."""


@dataclass(frozen=True, slots=True)
class EyesReading:
    """How clearly (0..1) the eyes are open, both on average, and where they look."""

    open: float
    direction: EyeDirection


_UNSEEN = EyesReading(0.5, EyeDirection(yaw=0.0, pitch=0.0, confidence=50.0))  # undecided


class Eyes:
    """Reads both eyes of each face."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def read(self, pixels: Pixels, meshes: list[Mesh]) -> list[EyesReading]:
        """What both eyes of each face do; at least one face."""
        size = self._network.size
        transforms = [_transform(mesh, *eye[:2], size) for mesh in meshes for eye in _EYES]
        mirrored = [mirror for _ in meshes for *_, mirror in _EYES]
        crops = [crop(pixels, transform, size) for transform in transforms]
        shown = [eye[:, ::-1] if mirror else eye for eye, mirror in zip(crops, mirrored, strict=True)]
        contours = self._network.run(np.stack(shown))["points"].reshape(len(shown), -1, 3)[..., :2]
        apertures = [_aperture(contour) for contour in contours]
        irises = [_iris(*eye, size) for eye in zip(contours, transforms, mirrored, strict=True)]
        return [
            _reading(mesh, apertures[first : first + 2], irises[first : first + 2])
            if _shows_eyes(pixels, mesh)
            else _UNSEEN
            for mesh, first in zip(meshes, range(0, len(shown), 2), strict=True)
        ]


def _shows_eyes(pixels: Pixels, mesh: Mesh) -> bool:
    """Whether both eyes are in the picture: the network draws eyes beyond its end all the same."""
    eyes = mesh.points[[*LEFT_EYE, *RIGHT_EYE], :2]
    return bool(np.all((eyes >= 0) & (eyes < pixels.shape[1::-1])))


def _transform(mesh: Mesh, corners: tuple[int, int], lid: int, size: int) -> Array:
    points = mesh.points[:, :2]
    side = float(np.linalg.norm(points[corners[0]] - points[corners[1]])) * _MARGIN
    return square(points[lid], side, mesh.angle, size)


def _aperture(contour: Floats) -> float:
    """The height of the opening over its width."""
    width = np.linalg.norm(contour[_CORNERS[0]] - contour[_CORNERS[1]])
    heights = [np.linalg.norm(contour[lower] - contour[upper]) for lower, upper in _LIDS]
    return float(np.mean(heights) / max(width, 1e-6))


def _iris(contour: Floats, transform: Array, mirrored: bool, size: int) -> Array:
    """The iris' centre (2,) in the picture."""
    x, y = contour[_IRIS].astype(np.float64)
    return apply(transform, np.array([size - x if mirrored else x, y]))


def _reading(mesh: Mesh, apertures: list[float], irises: list[Array]) -> EyesReading:
    opened = soft_step(float(np.mean(apertures)), _APERTURE, _SOFTNESS)
    return EyesReading(opened, gaze.measure(mesh.points, np.stack(irises), opened))
