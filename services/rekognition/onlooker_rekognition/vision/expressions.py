"""What the mesh itself says about a face: are the corners of the mouth lifted, is the mouth open."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.certainty import soft_step
from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.mesh import LEFT_EYE_OUTER, RIGHT_EYE_OUTER
from onlooker_rekognition.vision.pose import frame

_MOUTH_LEFT, _MOUTH_RIGHT, _UPPER_LIP, _LOWER_LIP = 61, 291, 13, 14
_INNER_LEFT, _INNER_RIGHT = 78, 308

# Where the verdict tips, and how softly. Over some thirty faces smiles lift the corners by 0.047 or more (of the
# distance of the eyes' outer corners), other faces by 0.025 at most; parted lips are 0.13 or more of the mouth's
# width apart, closed ones 0.10 at most.
_LIFT, _LIFT_SOFTNESS = 0.025, 0.008
_GAP, _GAP_SOFTNESS = 0.12, 0.02


def smiling(points: Array) -> float:
    """How clearly (0..1) the corners of the mouth are above its middle, in the head's own frame (468, 3)."""
    _, down = frame(points)
    corners = (points[_MOUTH_LEFT] + points[_MOUTH_RIGHT]) / 2
    middle = (points[_UPPER_LIP] + points[_LOWER_LIP]) / 2
    lift = (middle - corners) @ down / _distance(points, LEFT_EYE_OUTER, RIGHT_EYE_OUTER)
    return soft_step(float(lift), _LIFT, _LIFT_SOFTNESS)


def mouth_open(points: Array) -> float:
    """How clearly (0..1) the lips are apart."""
    gap = _distance(points, _UPPER_LIP, _LOWER_LIP) / _distance(points, _INNER_LEFT, _INNER_RIGHT)
    return soft_step(gap, _GAP, _GAP_SOFTNESS)


def _distance(points: Array, first: int, second: int) -> float:
    """Never 0, so that a mesh that collapsed on what is hardly a face is no division by it."""
    return max(float(np.linalg.norm(points[first] - points[second])), 1e-6)
