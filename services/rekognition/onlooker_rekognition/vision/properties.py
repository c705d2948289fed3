"""A picture's properties: its colours, and how bright, sharp and rich in contrast it is; all of it and its parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.colors import ColorMap, DominantColor, dominant, name_colors, to_lab
from onlooker_rekognition.vision.foreground import Mask, find_foreground
from onlooker_rekognition.vision.image import Image
from onlooker_rekognition.vision.quality import Detail, laplacian, sharpness
from onlooker_rekognition.vision.resample import shrink
from onlooker_rekognition.vision.results import Box

_DETAILED = 512  # pixels of the longer side at which sharpness is measured: the same photo, larger, is no sharper
_SMALL = 64  # pixels of the longer side at which colours are counted

_SOFT = 16.0
"""The deviation of the Laplacian of a soft photo at that size; crisp ones have 20 to 35, blurred ones 2 to 8."""

_FULL_CONTRAST = 50.0  # the standard deviation of lightness when half of the picture is black and the rest white


@dataclass(frozen=True, slots=True)
class RegionProperties:
    """What is seen in a region; brightness, sharpness and contrast are 0..100.

    Brightness is the mean of CIELAB's lightness, contrast twice its standard deviation.
    """

    colors: tuple[DominantColor, ...]
    brightness: float
    sharpness: float
    contrast: float


@dataclass(frozen=True, slots=True)
class ImageProperties:
    """The properties of a picture and of its parts.

    `foreground` or `background` is None for a picture of a few pixels, which has no such part. `boxes` has the
    dominant colours of the boxes that were asked about, in their order.
    """

    image: RegionProperties
    foreground: RegionProperties | None
    background: RegionProperties | None
    boxes: tuple[tuple[DominantColor, ...], ...] = ()


def measure(image: Image, boxes: Sequence[Box] = ()) -> ImageProperties:
    """The properties of a picture, and the colours in `boxes` of it."""
    detailed = shrink(image.pixels, _DETAILED)
    lab = to_lab(shrink(detailed, _SMALL))
    colors = name_colors(lab)
    lightness = lab[:, :, 0]
    detail = laplacian(detailed)

    def region(mask: Mask) -> RegionProperties | None:
        if not mask.any():
            return None
        size = detail.shape[1], detail.shape[0]
        in_detail = cv2.resize(mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST).astype(np.bool_)
        return _region(colors[mask], lightness[mask], detail[in_detail])

    foreground = find_foreground(colors)
    return ImageProperties(
        image=_region(colors, lightness, detail),
        foreground=region(foreground),
        background=region(~foreground),
        boxes=tuple(dominant(_inside(colors, box)) for box in boxes),
    )


def _region(colors: ColorMap, lightness: npt.NDArray[np.float32], detail: Detail) -> RegionProperties:
    return RegionProperties(
        colors=dominant(colors),
        brightness=float(np.clip(lightness.mean(), 0, 100)),
        sharpness=sharpness(detail, soft=_SOFT),
        contrast=float(min(100.0, 100 * lightness.std() / _FULL_CONTRAST)),
    )


def _inside(colors: ColorMap, box: Box) -> ColorMap:
    """The pixels in `box`: at least one, unless it is wholly outside of the picture."""
    height, width = colors.shape
    left, top = max(0, int(box.left * width)), max(0, int(box.top * height))
    right, bottom = round((box.left + box.width) * width), round((box.top + box.height) * height)
    return colors[top : max(bottom, top + 1), left : max(right, left + 1)]
