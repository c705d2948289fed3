"""Every JPEG and PNG becomes the upright RGB picture that a viewer shows; bombs and damage are refused."""

import io
import struct
import tracemalloc
from collections.abc import Callable

import cv2
import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from onlooker_rekognition.vision.errors import ImageTooLargeError, ImageTooSmallError, UnreadableImageError
from onlooker_rekognition.vision.image import Pixels, decode
from vision_samples import SCENES, jpeg, png, scene

MAX_PIXELS = 100_000_000
ASTRONAUT = scene("astronaut.png")
BGR = ASTRONAUT[..., ::-1]


def difference(data: bytes, expected: NDArray[np.uint8] = ASTRONAUT) -> float:
    pixels = decode(data, max_pixels=MAX_PIXELS).pixels
    assert pixels.shape == expected.shape
    assert pixels.dtype == np.uint8
    return float(np.abs(pixels.astype(float) - expected).mean())


def with_orientation(data: bytes, orientation: int) -> bytes:
    """A JPEG with an EXIF segment that says how to turn it."""
    entry = struct.pack("<HHIHH", 0x112, 3, 1, orientation, 0)
    exif = b"Exif\0\0" + b"II*\0" + struct.pack("<IH", 8, 1) + entry + bytes(4)
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]


def stored(upright: Pixels, orientation: int) -> Pixels:
    """How a camera stores an upright picture whose EXIF says `orientation` (EXIF 2.3, tag 274)."""
    back = {
        1: lambda x: x,
        2: np.fliplr,
        3: lambda x: np.rot90(x, 2),
        4: np.flipud,
        5: lambda x: x.swapaxes(0, 1),
        6: lambda x: np.rot90(x, 1),
        7: lambda x: np.rot90(x.swapaxes(0, 1), 2),
        8: lambda x: np.rot90(x, -1),
    }
    return np.ascontiguousarray(back[orientation](upright))


def test_png_is_exact_and_jpeg_nearly() -> None:
    assert difference((SCENES / "astronaut.png").read_bytes()) == 0
    assert difference(jpeg(ASTRONAUT, 95)) < 3


def test_grey_and_deep_and_transparent_pictures_become_rgb() -> None:
    grey = cv2.cvtColor(ASTRONAUT, cv2.COLOR_RGB2GRAY)
    three = np.repeat(grey[..., None], 3, axis=2)
    opaque = np.dstack([BGR, np.full(grey.shape, 255, np.uint8)])
    assert difference(png(grey), three) == 0
    assert difference(png(BGR.astype(np.uint16) * 257)) == 0
    assert difference(png(opaque)) == 0
    assert difference(png(opaque.astype(np.uint16) * 257)) == 0
    assert difference(cv2.imencode(".jpg", grey)[1].tobytes(), three) < 3


def test_cmyk_jpeg_keeps_its_colours() -> None:
    data = io.BytesIO()
    PIL.Image.fromarray(ASTRONAUT).convert("CMYK").save(data, "JPEG", quality=95)
    assert difference(data.getvalue()) < 3


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(orientation: int) -> None:
    upright = ASTRONAUT[:300]
    data = with_orientation(jpeg(stored(upright, orientation)), orientation)
    assert difference(data, upright) < 4


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_large_jpeg_is_decoded_smaller_but_not_below_2048(orientation: int) -> None:
    upright = np.asarray(cv2.resize(ASTRONAUT[:256], (4400, 2200)), np.uint8)
    data = with_orientation(jpeg(stored(upright, orientation)), orientation)
    half = np.asarray(cv2.resize(upright, (2200, 1100), interpolation=cv2.INTER_AREA), np.uint8)
    assert difference(data, half) < 4


def test_a_bomb_is_refused_by_its_header_without_decoding() -> None:
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    bomb = png(ASTRONAUT)[:16] + header + png(ASTRONAUT)[29:]
    tracemalloc.start()
    with pytest.raises(ImageTooLargeError, match="20000 x 20000"):
        decode(bomb, max_pixels=MAX_PIXELS)
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()


def test_the_limit_itself_is_accepted() -> None:
    data = png(ASTRONAUT)
    assert decode(data, max_pixels=512 * 512).width == 512
    with pytest.raises(ImageTooLargeError):
        decode(data, max_pixels=512 * 512 - 1)


def test_damage_inside_a_png_is_noticed() -> None:
    data = bytearray(png(ASTRONAUT))
    data[len(data) // 2] ^= 0xFF
    with pytest.raises(UnreadableImageError):
        decode(bytes(data), max_pixels=MAX_PIXELS)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (79, 500), (500, 79)])
def test_a_side_under_80_pixels_is_too_small_as_on_amazon(width: int, height: int) -> None:
    with pytest.raises(ImageTooSmallError, match=f"{width} x {height} pixels; 80 are the least"):
        decode(png(np.zeros((height, width, 3), np.uint8)), max_pixels=MAX_PIXELS)


@pytest.mark.parametrize("kind", [jpeg, png])
def test_sides_of_80_and_of_10000_pixels_are_accepted_and_no_longer_ones(kind: Callable[..., bytes]) -> None:
    image = decode(kind(np.zeros((80, 10_000, 3), np.uint8)), max_pixels=MAX_PIXELS)
    assert image.width >= 2048
    with pytest.raises(ImageTooLargeError, match="10001 x 80 pixels; 10000 are the most"):
        decode(kind(np.zeros((80, 10_001, 3), np.uint8)), max_pixels=MAX_PIXELS)
