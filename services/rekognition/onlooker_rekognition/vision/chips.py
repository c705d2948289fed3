"""Chips: faces cut out and aligned, as the embedding network sees them, kept as small pictures.

JPEG at quality 95 with full colour is 13 kB a face, a third of a PNG. It moves an embedding by 0.02, at most by 0.03,
where the faces of one person lie 0.4 apart and the scale of similarities turns at 0.68.
"""

from __future__ import annotations

import cv2
import numpy as np

from onlooker_rekognition.vision.errors import UnreadableImageError
from onlooker_rekognition.vision.image import Pixels

_AS_JPEG = [
    *(cv2.IMWRITE_JPEG_QUALITY, 95),
    *(cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444),
]


def encode_chip(chip: Pixels) -> bytes:
    """A chip (size, size, 3) as JPEG."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(chip, cv2.COLOR_RGB2BGR), _AS_JPEG)
    return data.tobytes()


def decode_chip(data: bytes) -> Pixels:
    """The chip that was encoded. Raises UnreadableImageError."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB) if data else None
    if pixels is None:
        raise UnreadableImageError("The chip is not a picture.")
    return np.asarray(pixels, np.uint8)
