"""Makes an upright 8-bit RGB JPEG of any picture that Pillow can decode."""

from dataclasses import dataclass
from io import BytesIO
from typing import cast

from PIL import Image

LONGER_SIDE = 2048
"""Pixels of a converted picture's longer side at most. Rekognition finds no smaller faces in larger pictures: the
smallest face grows with the picture (40 pixels in 1920 x 1080, "Guidelines and quotas in Amazon Rekognition")."""
QUALITY = 90
"""JPEG quality: at 2048 x 2048 pixels even noise stays under 5 MB."""
PADDING = (127, 127, 127)
"""Mid-grey around pictures that are too small: no edge that looks like a thing."""
BACKGROUND = (255, 255, 255)
"""Behind transparent parts, as most pages show them."""
SMOOTH = frozenset({"RGB", "RGBA", "L", "LA", "CMYK", "YCbCr"})
"""Modes that can be resized well as they are; of a palette's indexes, for one, no average can be taken."""

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns a picture upright, by its EXIF orientation (CIPA DC-008, tag 0x0112)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Which part of a sent picture is the original: as ratios of what was sent, from its top left corner."""

    width: float = 1.0
    height: float = 1.0


@dataclass(frozen=True, slots=True)
class Converted:
    """What is sent instead of a picture."""

    jpeg: bytes
    frame: Frame


def convert(image: Image.Image, orientation: int, *, min_side: int) -> Converted:
    """Return a picture as an upright JPEG, its longer side at most `LONGER_SIDE`; of an animation the first frame.

    Args:
        image: as Pillow opened it, not yet decoded.
        orientation: its EXIF orientation, 1 to 8.
        min_side: pixels; a shorter side is padded, not stretched.

    Raises:
        Exception: whatever Pillow's decoders raise when the data is damaged.
    """
    if image.mode in SMOOTH:
        _shrink(image)  # before any copy is made of it
    small = _rgb(image)
    _shrink(small)
    turned = _turned(small, orientation)
    padded = _pad(turned, min_side)
    out = BytesIO()
    padded.save(out, "JPEG", quality=QUALITY)
    return Converted(out.getvalue(), Frame(turned.width / padded.width, turned.height / padded.height))


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Return a decoded copy of a picture, turned upright, in 8-bit RGB; of an animation the first frame.

    Args:
        image: as Pillow opened it.
        orientation: its EXIF orientation, 1 to 8.

    Raises:
        Exception: whatever Pillow's decoders raise when the data is damaged.
    """
    return _turned(_rgb(image), orientation)


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def _shrink(image: Image.Image) -> None:
    """Reduce a picture in place to `LONGER_SIDE`; a JPEG is decoded at 1/2, 1/4 or 1/8 where that is enough."""
    image.thumbnail((LONGER_SIDE, LONGER_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _rgb(image: Image.Image) -> Image.Image:
    """Return a decoded copy in 8-bit RGB."""
    if image.mode.startswith("I") or image.mode == "F":
        return _eight_bits(image).convert("RGB")
    if image.has_transparency_data:
        flat = Image.new("RGBA", image.size, (*BACKGROUND, 255))
        flat.alpha_composite(image.convert("RGBA"))
        return flat.convert("RGB")
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Scale grey levels of more than 8 bits down: Pillow's own conversion would cut them off at 255."""
    if image.mode.startswith("I;16"):
        return image.convert("I").point(lambda level: level / 256).convert("L")
    low, high = cast("tuple[float, float]", image.getextrema())  # one channel, so one pair
    scale = 255 / ((high - low) or 1)
    return image.point(lambda level: level * scale - low * scale).convert("L")


def _pad(image: Image.Image, min_side: int) -> Image.Image:
    if min(image.size) >= min_side:
        return image
    padded = Image.new("RGB", (max(image.width, min_side), max(image.height, min_side)), PADDING)
    padded.paste(image)
    return padded
