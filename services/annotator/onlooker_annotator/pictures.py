"""Bytes to an upright RGB picture no larger than needed, and back to JPEG."""

import io

import pi_heif  # type: ignore[import-untyped] # it ships no types
from PIL import ExifTags, Image, UnidentifiedImageError

from onlooker_annotator.geometry import Size

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
"""What is opened at all, by Pillow's names: what ingest lets in."""
GROUND = (255, 255, 255)
"""What shines through transparent pixels."""
DEPTH_16 = ("I;16", "I;16B", "I;16L")
"""Pillow's modes of grey in 16 bits. It would cut them off at 255 instead of scaling them."""

PROFILE = "icc_profile"
REDUCING_GAP = 1.1
"""A thumbnail is first reduced by a whole factor to at least 1.1 times its size, then resized: three times as fast as
resizing alone, and no eye can tell."""
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What sets a picture upright, by EXIF orientation (Exif 2.3, 4.6.4)."""


class UnreadablePictureError(Exception):
    """The bytes can not be decoded; the text says why, for the owner of the picture."""


def set_up_pillow() -> None:
    """Let Pillow open HEIC, and leave the judgement of a picture's size to `decode`.

    Pillow's own limit is one for the whole process, and only warns where ours refuses.
    """
    pi_heif.register_heif_opener()
    Image.init()  # loads every plugin now: done by the first two threads at once, one would miss some
    Image.MAX_IMAGE_PIXELS = None


def decode(data: bytes, *, longest: int, max_pixels: int) -> Image.Image:
    """Return the picture in `data`: RGB, EXIF orientation applied, its longest side at most `longest` pixels.

    A larger one is halved until it fits: a JPEG's decoder does so for less than nothing, and an exact fit would look no
    better. Of an animation, the first frame is taken.

    Raises:
        UnreadablePictureError: it is no picture, damaged, or its header announces more than `max_pixels`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            _refuse_larger(picture, max_pixels)
            factor = _factor(picture, longest)
            picture.draft("RGB", (max(1, picture.width // factor), max(1, picture.height // factor)))
            pixels = _upright(halved(_rgb(picture), longest), _orientation(picture))
            pixels.info = {PROFILE: picture.info.get(PROFILE)} if picture.mode == "RGB" else {}
            return pixels
    except UnidentifiedImageError as error:
        raise UnreadablePictureError("The bytes are no picture of a known format.") from error
    except (MemoryError, UnreadablePictureError):
        raise
    except Exception as error:  # Pillow's decoders raise whatever they meet in damaged bytes
        raise UnreadablePictureError(f"The picture is damaged and can not be decoded: {error}") from error


def _refuse_larger(picture: Image.Image, max_pixels: int) -> None:
    if picture.width * picture.height > max_pixels:
        raise UnreadablePictureError(
            f"The picture has {picture.width} x {picture.height} pixels; {max_pixels / 1e6:g} million are the most."
        )


def halved(pixels: Image.Image, longest: int) -> Image.Image:
    """Return a picture halved until its longest side is at most `longest` pixels; the picture itself if it is already.

    Ten times as fast as shrinking to an exact size that is not much smaller.
    """
    factor = _factor(pixels, longest)
    return pixels.reduce(factor) if factor > 1 else pixels


def _factor(picture: Image.Image, longest: int) -> int:
    """Return the least power of two by which a picture must be divided for no side to be over `longest` pixels."""
    factor = 1
    while max(picture.size) > factor * longest:
        factor *= 2
    return factor


def shrink(picture: Image.Image, longest: int) -> Image.Image:
    """Return a copy of a picture with its longest side at most `longest` pixels."""
    target = Size(*picture.size).within(longest)
    if target == picture.size:
        return picture.copy()
    return picture.resize(target, Image.Resampling.HAMMING, reducing_gap=REDUCING_GAP)


def encode(picture: Image.Image, quality: int) -> bytes:
    """Return a picture as JPEG, with its colour profile, without other metadata: EXIF may say where it was taken."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, icc_profile=picture.info.get(PROFILE))
    return out.getvalue()


def _rgb(picture: Image.Image) -> Image.Image:
    if picture.has_transparency_data:
        return _on_ground(picture.convert("RGBA"))
    if picture.mode == "RGB":
        picture.load()
        return picture
    if picture.mode in DEPTH_16:
        return picture.point(lambda level: level / 256).convert("L").convert("RGB")
    return picture.convert("RGB")


def _on_ground(picture: Image.Image) -> Image.Image:
    ground = Image.new("RGB", picture.size, GROUND)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation, 1 (upright) where there is none or it can not be read."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # noqa: BLE001 - metadata of strangers: a picture is not refused for it
        return 1


def _upright(pixels: Image.Image, orientation: int) -> Image.Image:
    return pixels.transpose(TURNS[orientation]) if orientation in TURNS else pixels
