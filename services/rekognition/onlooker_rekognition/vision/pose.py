"""How a head is turned, from the depth of its mesh."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.results import Pose

_FOREHEAD, _CHIN, _LEFT_EAR, _RIGHT_EAR = 10, 152, 234, 454  # left is the viewer's


def measure(points: Array) -> Pose:
    """The pose from mesh points (468, 3), with Rekognition's signs (read off published answers of it).

    Roll is positive clockwise, yaw when the face looks to the viewer's right, pitch when it looks up.
    """
    across, down = frame(points)
    away = np.cross(across, down)
    roll = np.arctan2(across[1], across[0])
    yaw = np.arctan2(across[2], np.hypot(across[0], across[1]))
    pitch = np.arctan2(-down[2], away[2])
    return Pose(*(float(np.degrees(angle)) for angle in (roll, yaw, pitch)))


def frame(points: Array) -> tuple[Array, Array]:
    """The head's own directions: from its viewer's left to its right, and down; unit vectors (3,) at right angles."""
    across = _unit(points[_RIGHT_EAR] - points[_LEFT_EAR])
    down = points[_CHIN] - points[_FOREHEAD]
    return across, _unit(down - across * (down @ across))


def _unit(vector: Array) -> Array:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
