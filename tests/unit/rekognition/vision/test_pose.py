"""The angles of a head whose turn is known, with Rekognition's signs."""

import numpy as np
import pytest

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.pose import measure

FOREHEAD, CHIN, LEFT_EAR, RIGHT_EAR = 10, 152, 234, 454


def head(roll: float = 0, yaw: float = 0, pitch: float = 0) -> Array:
    """Four points of a mesh: x to the right, y down, z away from the viewer. Pitched first, rolled last."""
    points = np.zeros((468, 3))
    points[[FOREHEAD, CHIN, LEFT_EAR, RIGHT_EAR]] = [[0, -10, 0], [0, 10, 0], [-7, 0, 0], [7, 0, 0]]
    r, y, p = np.radians([roll, yaw, pitch])
    clockwise = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    to_the_right = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    up = np.array([[1, 0, 0], [0, np.cos(p), np.sin(p)], [0, -np.sin(p), np.cos(p)]])
    return points @ (clockwise @ to_the_right @ up).T + [300, 200, 5]


def test_the_turns_used_here_are_what_they_are_called() -> None:
    assert (head(yaw=30)[RIGHT_EAR] - head()[RIGHT_EAR])[2] > 0  # the viewer's right side goes away
    assert (head(pitch=30)[CHIN] - head()[CHIN])[2] < 0  # the chin comes nearer
    assert (head(roll=30)[RIGHT_EAR] - head()[RIGHT_EAR])[1] > 0  # the viewer's right side goes down


@pytest.mark.parametrize(
    ("roll", "yaw", "pitch"), [(0, 0, 0), (25, 0, 0), (0, 40, 0), (0, 0, 20), (-10, -60, 15), (170, 20, -30)]
)
def test_each_angle_is_measured_by_itself(roll: float, yaw: float, pitch: float) -> None:
    found = measure(head(roll, yaw, pitch))
    assert (found.roll, found.yaw, found.pitch) == pytest.approx((roll, yaw, pitch))
