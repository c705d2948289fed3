"""Looks into pictures, and makes of each what Rekognition takes.

What Rekognition takes as it is, is sent as it is: found by the header and the end marker, nothing is decoded. The rest
is decoded by Pillow, in a small pool of threads, and sent as an upright 8-bit JPEG.

Rekognition's limits are Amazon's ("Guidelines and quotas in Amazon Rekognition", set quotas).
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from typing import Self, TypeVar

import pi_heif  # type: ignore[import-untyped] # it ships no types
from PIL import ExifTags, Image, UnidentifiedImageError

from onlooker_recognizer.completeness import jpeg_is_whole, png_is_whole
from onlooker_recognizer.conversion import Frame, convert, upright
from onlooker_recognizer.errors import PictureRefusedError
from onlooker_shared.errors import describe

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
"""What is opened at all, by Pillow's names (a JPEG with several pictures comes back as MPO); what ingest lets in."""
KNOWN = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
MAX_INLINE_BYTES = 5 * 1024 * 1024
"""Of a picture inside a request."""
MAX_REFERRED_BYTES = 15 * 1024 * 1024
"""Of a picture that Rekognition fetches from S3."""
MIN_SIDE, MAX_SIDE = 80, 10_000
"""Pixels of a side."""
PNG_DEPTH_AT, BITS = 24, 8
"""Where a PNG's header says how many bits a channel has, and how many are plain."""
PNG_EXIF = b"eXIf"
"""The name of the chunk with a PNG's EXIF."""
SIDEWAYS = frozenset({5, 6, 7, 8})
"""EXIF orientations that swap width and height."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A picture, ready for Rekognition."""

    format: str
    """As its bytes say: JPEG, PNG, WEBP, ..."""
    width: int
    """Pixels of the upright picture."""
    height: int
    body: bytes | None
    """What to send; None where Rekognition should fetch the object itself."""
    frame: Frame
    """Which part of what is sent is the picture."""


class Pictures:
    """Prepares pictures in a pool of threads. Use as a context manager.

    Args:
        max_pixels: width times height that is taken; more is refused by the header, before anything is decoded.
        inline_bytes: of a picture that goes inside the request; what Rekognition takes as it is and is larger, it
            fetches itself. That spares encoding it twice in base64: 17 ms of processor time for each megabyte.
        threads: pictures in preparation at the same time, which bounds the memory for decoded ones.
    """

    def __init__(self, *, max_pixels: int, inline_bytes: int, threads: int) -> None:
        self._max_pixels = max_pixels
        self._inline_bytes = inline_bytes
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="pictures")
        pi_heif.register_heif_opener()
        Image.init()  # loads every plugin now: done by the first two threads at once, one would miss some
        Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit warns and is the process's; ours refuses, for each picture

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    async def prepare(self, data: bytes) -> Prepared:
        """Return what Rekognition is to be sent.

        Raises:
            PictureRefusedError: no picture, a damaged one, or too large a one.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, prepare, data, self._max_pixels, self._inline_bytes
        )

    async def look(self, data: bytes, work: Callable[[Image.Image], T], *, reduction: int = 1) -> T:
        """Return what some work, done in one of the threads, makes of the decoded picture, upright and in RGB.

        Args:
            data: of a picture that was prepared before, so that it is known to be of a size that is taken.
            work: what is done with it; it may not keep it.
            reduction: by how much a JPEG may be smaller: 1, 2, 4 or 8, which spares the time to decode all of it.

        Raises:
            PictureRefusedError: it cannot be decoded.
        """
        return await asyncio.get_running_loop().run_in_executor(
            self._pool, lambda: work(decoded(data, reduction=reduction))
        )


def prepare(data: bytes, max_pixels: int, inline_bytes: int) -> Prepared:
    """Return what Rekognition is to be sent; see `Pictures.prepare`."""
    if not data:
        raise PictureRefusedError("The file is empty.")
    with _open(data) as image:
        kind = "JPEG" if image.format == "MPO" else str(image.format)
        _refuse_unfit(kind, image.size, data, max_pixels)
        orientation = _orientation(kind, image, data)
        width, height = reversed(image.size) if orientation in SIDEWAYS else image.size
        if _goes_as_it_is(kind, image, orientation, data):
            return Prepared(kind, width, height, data if len(data) <= inline_bytes else None, Frame())
        try:
            converted = convert(image, orientation, min_side=MIN_SIDE)
        except MemoryError:
            raise  # ours to mend, not the picture's fault
        except Exception as error:
            raise _undecodable(error) from error
    return Prepared(kind, width, height, converted.jpeg, converted.frame)


def decoded(data: bytes, *, reduction: int = 1) -> Image.Image:
    """Return the picture itself, upright and in RGB; see `Pictures.look`."""
    with _open(data) as image:
        orientation = _orientation("JPEG" if image.format == "MPO" else str(image.format), image, data)
        if reduction > 1:
            image.draft(None, (image.width // reduction, image.height // reduction))
        try:
            return upright(image, orientation)
        except MemoryError:
            raise  # ours to mend, not the picture's fault
        except Exception as error:
            raise _undecodable(error) from error


def _open(data: bytes) -> Image.Image:
    """Return a picture whose header alone was read."""
    try:
        return Image.open(BytesIO(data), formats=FORMATS)
    except UnidentifiedImageError as error:
        raise PictureRefusedError(f"The file is not a picture, or a damaged one; {KNOWN} is expected.") from error
    except Exception as error:
        raise _undecodable(error) from error


def _refuse_unfit(kind: str, size: tuple[int, int], data: bytes, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise PictureRefusedError(
            f"The picture has {width} x {height} pixels; at most {max_pixels / 1e6:g} million are taken."
        )
    if (kind == "JPEG" and not jpeg_is_whole(data)) or (kind == "PNG" and not png_is_whole(data)):
        raise PictureRefusedError(f"The {kind} is truncated: it ends before its end marker.")


def _goes_as_it_is(kind: str, image: Image.Image, orientation: int, data: bytes) -> bool:
    """Whether Rekognition takes these very bytes and means the same picture by them.

    Of a JPEG it applies the EXIF orientation, of a PNG not (`DetectFaces`, `OrientationCorrection`). What it makes of
    transparency, 16 bits a channel and animation is not documented, so those are converted.
    """
    fits = len(data) <= MAX_REFERRED_BYTES and min(image.size) >= MIN_SIDE and max(image.size) <= MAX_SIDE
    if kind == "JPEG":
        return fits and image.mode in {"RGB", "L"}
    if kind == "PNG":
        plain = image.mode in {"RGB", "L", "P"} and "transparency" not in image.info
        return (
            fits
            and plain
            and data[PNG_DEPTH_AT] <= BITS
            and orientation == 1
            and not getattr(image, "is_animated", False)
        )
    return False


def _orientation(kind: str, image: Image.Image, data: bytes) -> int:
    """Return the EXIF orientation, 1 to 8; 1 (upright) where there is none or it cannot be read."""
    if kind == "TIFF":
        return 1  # Pillow opens it upright
    if kind == "PNG" and PNG_EXIF not in data:
        return 1  # else Pillow would decode the whole picture to find none behind it
    try:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - metadata of strangers: a picture is not refused for it
        return 1
    return orientation if orientation in range(1, 9) else 1


def _undecodable(error: Exception) -> PictureRefusedError:
    return PictureRefusedError(f"The picture is damaged and cannot be decoded ({describe(error)}).")
