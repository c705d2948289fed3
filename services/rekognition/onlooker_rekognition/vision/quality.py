"""How bright and how sharp a face is, or a picture."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.results import Quality

Detail = npt.NDArray[np.float32]

SIZE = 112
"""The side of the aligned crop that is measured, so that the same face in a larger picture is no sharper."""

_SOFT = 12.0
"""The deviation of the Laplacian, in grey levels, of a soft photo's face; crisp ones have 20 and more."""


def measure(face: Pixels) -> Quality:
    """Brightness is the mean grey level of the crop, sharpness the strength of its finest detail."""
    grey = cv2.cvtColor(face, cv2.COLOR_RGB2GRAY)
    return Quality(float(grey.mean()) / 255 * 100, sharpness(laplacian(face), soft=_SOFT))


def laplacian(pixels: Pixels) -> Detail:
    """The finest detail at each pixel (height, width), in grey levels."""
    return np.asarray(cv2.Laplacian(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.CV_32F), np.float32)


def sharpness(detail: Detail, *, soft: float) -> float:
    """How strong the finest detail is, 0..100, from the Laplacian; 63 where its standard deviation is `soft`."""
    return float(100 * (1 - np.exp(-((np.std(detail) / soft) ** 2))))
