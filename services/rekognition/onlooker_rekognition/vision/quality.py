"""How bright and how sharp a face is."""

from __future__ import annotations

import cv2
import numpy as np

from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.results import Quality

SIZE = 112
"""The side of the aligned crop that is measured, so that the same face in a larger picture is no sharper."""

_DETAIL = 12.0
"""The Laplacian's standard deviation, in grey levels, reported as 63: a soft photo; crisp ones have 20 and more."""


def measure(face: Pixels) -> Quality:
    """Brightness is the mean grey level of the crop, sharpness the strength of its finest detail."""
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    detail = float(np.std(cv2.Laplacian(grey, cv2.CV_32F)))
    return Quality(float(grey.mean()) / 255 * 100, float(100 * (1 - np.exp(-((detail / _DETAIL) ** 2)))))
