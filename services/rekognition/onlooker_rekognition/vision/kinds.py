"""What a picture shows as a whole: EfficientNet-Lite0, which tells the thousand classes of ImageNet apart."""

from __future__ import annotations

import numpy as np

from onlooker_rekognition.vision.geometry import Array
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import fit


class Classifier:
    """Looks at the square in the middle of a picture.

    The mean of a long picture's two end squares takes twice the time and is no better (docs/accuracy.md).
    """

    def __init__(self, efficientnet: Network) -> None:
        self._network = efficientnet

    def probabilities(self, image: Image) -> Array:
        """Of each class (1000,); they sum to 1, whatever is shown."""
        left, top, right, bottom = square(image)
        view = fit(image.pixels[top:bottom, left:right], self._network.size)
        return np.asarray(self._network.run(view.pixels[None])["probabilities"][0])


def square(image: Image) -> tuple[int, int, int, int]:
    """The largest square in the middle of the picture: left, top, right, bottom in pixels."""
    side = min(image.width, image.height)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return left, top, left + side, top + side


def share(boxes: Array, image: Image) -> Array:
    """How much of that square each box (n, 4), in ratios of the picture, covers: 0..1."""
    limits = np.array([image.width, image.height] * 2)
    left, top, right, bottom = square(image) / limits
    widths = np.clip(boxes[:, 2], left, right) - np.clip(boxes[:, 0], left, right)
    heights = np.clip(boxes[:, 3], top, bottom) - np.clip(boxes[:, 1], top, bottom)
    return np.asarray(widths * heights / ((right - left) * (bottom - top)))
