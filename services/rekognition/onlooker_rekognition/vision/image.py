"""Bytes to an upright picture, within limits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
"""Shape (height, width, 3), RGB."""


@dataclass(frozen=True, slots=True, eq=False)
class Image:
    """A decoded picture: its EXIF orientation is applied, its transparency laid over white."""

    pixels: Pixels

    @property
    def width(self) -> int:
        """In pixels, upright."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In pixels, upright."""
        return int(self.pixels.shape[0])


def decode(data: bytes, *, max_pixels: int) -> Image:
    """The upright picture. Raises UnreadableImageError, or ImageTooLargeError by its header."""
    raise NotImplementedError
