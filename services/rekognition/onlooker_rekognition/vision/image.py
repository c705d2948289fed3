"""Bytes to an upright picture, within limits."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.errors import ImageTooLargeError, ImageTooSmallError, UnreadableImageError
from onlooker_rekognition.vision.header import Header, read_header

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 3), RGB; or (n, height, width, 3)."""

_MIN_SIDE, _MAX_SIDE = 80, 10_000
"""Pixels of either side, by "Guidelines and quotas in Amazon Rekognition", which states the upper bound for labels and
moderation only, and none for faces."""

ENOUGH = 2048
"""A JPEG is decoded at a half, quarter or eighth while its longer side keeps this many pixels: the smallest face
that the detectors find, 2 % of the side, is then still 40 pixels wide; embeddings are as good down to 24."""

_REDUCED = {
    1: cv2.IMREAD_COLOR_RGB,
    2: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_REDUCED_GRAYSCALE_2,  # of the two, RGB says the colours
    4: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_REDUCED_GRAYSCALE_4,
    8: cv2.IMREAD_COLOR_RGB | cv2.IMREAD_REDUCED_GRAYSCALE_8,
}


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A decoded picture, its EXIF orientation applied, without transparency; perhaps smaller than stored."""

    pixels: Pixels
    reduced: int = 1
    """How many times smaller than stored."""

    @property
    def width(self) -> int:
        """In pixels, upright."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels, upright."""
        return int(self.pixels.shape[0])


def decode(data: bytes, *, max_pixels: int, enough: int = ENOUGH) -> Image:
    """The upright picture; of a JPEG perhaps a smaller copy, whose longer side has `enough` pixels at least.

    Raises ImageTooLargeError and ImageTooSmallError by the header, before anything is decoded; UnreadableImageError.
    """
    header = read_header(data)
    _check_size(header, max_pixels)
    reduction = _reduction(header, enough)
    try:
        decoded = cv2.imdecode(np.frombuffer(data, np.uint8), _REDUCED[reduction])
    except cv2.error as error:
        raise UnreadableImageError("The image is damaged.") from error
    if decoded is None:
        raise UnreadableImageError("The image is damaged.")
    return Image(np.asarray(decoded, np.uint8), reduction)


def _check_size(header: Header, max_pixels: int) -> None:
    size = f"The image has {header.width} x {header.height} pixels"
    if header.width * header.height > max_pixels:
        raise ImageTooLargeError(f"{size}; {max_pixels} are the most that are accepted.")
    if max(header.width, header.height) > _MAX_SIDE:
        raise ImageTooLargeError(f"{size}; {_MAX_SIDE} are the most that are accepted for width and height.")
    if min(header.width, header.height) < _MIN_SIDE:
        raise ImageTooSmallError(f"{size}; {_MIN_SIDE} are the least that are accepted for width and height.")


def _reduction(header: Header, enough: int) -> int:
    """How many times smaller to decode; only JPEG's decoder saves work by it."""
    if header.format != "jpeg":
        return 1
    longer = max(header.width, header.height)
    return max(factor for factor in _REDUCED if factor == 1 or longer // factor >= enough)
