"""Cuts faces out of a picture, one by one: Rekognition searches by the largest face of what it is sent.

Pure: boxes are ratios of the upright picture, crops are JPEGs, and each knows which part of the picture it is.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from onlooker_recognizer.conversion import PADDING
from onlooker_shared.recognition import BoundingBox

MARGINS = (0.25, 0.05)
"""Around a face, in shares of its box, on each side: the usual one, and the one for when another face is in that."""
MIN_SIDE, MAX_SIDE = 80, 512
"""Pixels of a crop's sides: the least that Rekognition takes, and what is more than enough to tell a face."""
QUALITY = 90
"""JPEG quality."""
ENOUGH = 160
"""Pixels of a face's shorter side that tell as much as more would: a larger JPEG is decoded at a half, or less."""
SAME_FACE = 0.3
"""The least share of the union of two boxes that is in both, if both are of the same face."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A part of a picture."""

    jpeg: bytes
    part: BoundingBox
    """Which part it is, in ratios of the upright picture; it sticks out where it was padded."""

    def in_picture(self, box: BoundingBox) -> BoundingBox:
        """Return where something in the crop is in the picture."""
        return BoundingBox(
            left=self.part.left + box.left * self.part.width,
            top=self.part.top + box.top * self.part.height,
            width=box.width * self.part.width,
            height=box.height * self.part.height,
        )

    def shows(self, found: BoundingBox, meant: BoundingBox) -> bool:
        """Whether a face that was found in the crop is the one that is meant in the picture."""
        return overlap(self.in_picture(found), meant) >= SAME_FACE


def cut(upright: Image.Image, box: BoundingBox, *, margin: float = MARGINS[0]) -> Crop:
    """Return a face with a margin.

    Args:
        upright: the picture, or a smaller copy of it, in RGB.
        box: the face's.
        margin: on each side, in shares of the box.
    """
    left, top, right, bottom = _region(box, margin, upright.size)
    piece = upright.crop((left, top, right, bottom))
    if right > upright.width or bottom > upright.height:  # a picture that is smaller than a crop has to be
        padded = Image.new("RGB", piece.size, PADDING)
        padded.paste(upright.crop((left, top, min(right, upright.width), min(bottom, upright.height))))
        piece = padded
    if max(piece.size) > MAX_SIDE:
        ratio = MAX_SIDE / max(piece.size)
        size = (max(MIN_SIDE, round(piece.width * ratio)), max(MIN_SIDE, round(piece.height * ratio)))
        piece = piece.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)
    out = BytesIO()
    piece.save(out, "JPEG", quality=QUALITY)
    width, height = upright.size
    part = BoundingBox(
        left=left / width, top=top / height, width=(right - left) / width, height=(bottom - top) / height
    )
    return Crop(out.getvalue(), part)


def reduction(boxes: Sequence[BoundingBox], width: int, height: int) -> int:
    """Return by how much a picture may be shrunk before its faces are cut out: 1, 2, 4 or 8, as JPEGs are decoded.

    Args:
        boxes: of the faces that matter.
        width: pixels of the upright picture.
        height: likewise.
    """
    spare = min((shorter_side(box, width, height) for box in boxes), default=0.0) / ENOUGH
    return int(2 ** min(3, math.floor(math.log2(spare)))) if spare >= 1 else 1


def shorter_side(box: BoundingBox, width: int, height: int) -> float:
    """Return the pixels of a box's shorter side."""
    return min(box.width * width, box.height * height)


def overlap(first: BoundingBox, second: BoundingBox) -> float:
    """Return what two boxes have in common, as a share of their union."""
    common = _common(first, second)
    union = first.width * first.height + second.width * second.height - common
    return common / union if union > 0 else 0.0


def touches(first: BoundingBox, second: BoundingBox) -> bool:
    """Whether two boxes have anything in common."""
    return _common(first, second) > 0


def _common(first: BoundingBox, second: BoundingBox) -> float:
    across = min(first.left + first.width, second.left + second.width) - max(first.left, second.left)
    down = min(first.top + first.height, second.top + second.height) - max(first.top, second.top)
    return max(0.0, across) * max(0.0, down)


def _region(box: BoundingBox, margin: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom in pixels, within the picture unless that is too small."""
    left, right = _span(box.left, box.width, margin, size[0])
    top, bottom = _span(box.top, box.height, margin, size[1])
    return left, top, right, bottom


def _span(start: float, length: float, margin: float, pixels: int) -> tuple[int, int]:
    low = max(0, math.floor((start - margin * length) * pixels))
    high = min(pixels, math.ceil((start + (1 + margin) * length) * pixels))
    if (short := MIN_SIDE - (high - low)) > 0:
        low = max(0, min(low - short // 2, pixels - MIN_SIDE))
        high = low + MIN_SIDE
    return low, high
