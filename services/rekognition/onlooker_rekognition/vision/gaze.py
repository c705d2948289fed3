"""Where the eyes look, as seen from the head: how far the irises are from the middle of the eyes.

An eye that turns by an angle moves its iris by the sine of it, times the eye's radius. But the corners of the eye lie
in front of its centre too, so that they move when the head turns: eyes kept on the camera seem to look the other way.
The figures come from 59 faces that look at the camera, their heads turned by up to 29 degrees, and from nine whose
irises were moved by retouching; docs/accuracy.md says how well they do.
"""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision import pose
from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.mesh import LEFT_EYE, RIGHT_EYE
from onlooker_rekognition.vision.results import EyeDirection

# All lengths in widths of the eye, between its corners in the mesh.
_RADIUS = 0.4  # from the eye's centre to its iris: 10.5 mm, where the iris' 11.7 mm are 0.45
_CORNERS_DEPTH = 0.25  # how far the corners are in front of the eye's centre
_ACROSS, _DOWN = 0.68, 0.4  # the share of an iris' move that the network reports
_AT_EASE = -0.06  # where an iris is that looks straight ahead: above the line through the corners
_DISAGREEMENT = 0.12  # the two eyes' offsets usually differ by 0.06


def measure(points: Array, irises: Array, opened: float) -> EyeDirection:
    """The direction from mesh points (468, 3), the irises' centres (2, 2), and how clearly (0..1) the eyes are open.

    Signs are those of `pose.measure`. The confidence falls to 50 as the eyes close or disagree.
    """
    offsets = np.stack([_offset(points, *eye) for eye in zip((LEFT_EYE, RIGHT_EYE), irises, strict=True)])
    across, down = offsets.mean(axis=0)
    turned = np.radians(pose.measure(points).yaw)
    sideways = _angle(across / _ACROSS + _CORNERS_DEPTH * np.sin(turned)) - turned
    upwards = _angle((_AT_EASE - down) / _DOWN)
    agreement = np.exp(-(((offsets[0, 0] - offsets[1, 0]) / _DISAGREEMENT) ** 2) / 2)
    return EyeDirection(
        yaw=float(np.degrees(sideways)),
        pitch=float(np.degrees(upwards)),
        confidence=float(50 + 50 * opened * agreement),
    )


def _offset(points: Array, corners: tuple[int, int], iris: Array) -> Array:
    """How far the iris (2,) is across and down from the middle of its eye, in the eye's width."""
    first, last = points[list(corners), :2]
    width = max(float(np.linalg.norm(last - first)), 1e-6)
    across = (last - first) / width
    offset = (iris - (first + last) / 2) / width
    return np.array([offset @ across, offset @ np.array([-across[1], across[0]])])


def _angle(offset: float) -> float:
    return float(np.arcsin(np.clip(offset / _RADIUS, -1, 1)))
