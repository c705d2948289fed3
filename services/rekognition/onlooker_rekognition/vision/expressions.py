"""What the mesh itself says about a face: are the corners of the mouth lifted, is the mouth open."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.mesh import LEFT_EYE_OUTER, RIGHT_EYE_OUTER

_MOUTH_LEFT, _MOUTH_RIGHT, _UPPER_LIP, _LOWER_LIP = 61, 291, 13, 14
_INNER_LEFT, _INNER_RIGHT = 78, 308
_FOREHEAD, _CHIN, _LEFT_EAR, _RIGHT_EAR = 10, 152, 234, 454

# Where the verdict tips, and how softly. Over some thirty faces smiles lift the corners by 0.047 or more (of the
# distance of the eyes' outer corners), other faces by 0.025 at most; parted lips are 0.13 or more of the mouth's
# width apart, closed ones 0.10 at most.
_LIFT, _LIFT_SOFTNESS = 0.025, 0.008
_GAP, _GAP_SOFTNESS = 0.12, 0.02


def smiling(points: Array) -> float:
    """How clearly (0..1) the corners of the mouth are above its middle, in the head's own frame (468, 3)."""
    across = points[_RIGHT_EAR] - points[_LEFT_EAR]
    across /= np.linalg.norm(across)
    down = points[_CHIN] - points[_FOREHEAD]
    down = down - across * (down @ across)
    down /= np.linalg.norm(down)
    corners = (points[_MOUTH_LEFT] + points[_MOUTH_RIGHT]) / 2
    middle = (points[_UPPER_LIP] + points[_LOWER_LIP]) / 2
    eyes = np.linalg.norm(points[RIGHT_EYE_OUTER] - points[LEFT_EYE_OUTER])
    return soft_step((middle - corners) @ down / eyes, _LIFT, _LIFT_SOFTNESS)


def mouth_open(points: Array) -> float:
    """How clearly (0..1) the lips are apart."""
    gap = np.linalg.norm(points[_UPPER_LIP] - points[_LOWER_LIP])
    width = np.linalg.norm(points[_INNER_LEFT] - points[_INNER_RIGHT])
    return soft_step(float(gap / width), _GAP, _GAP_SOFTNESS)


def soft_step(value: float, middle: float, softness: float) -> float:
    """0 far below `middle`, 0.5 at it, 1 far above: the logistic function."""
    return float(1 / (1 + np.exp(-(value - middle) / softness)))
