"""Every picture that may be uploaded becomes an upright RGB picture of a bounded size, or is refused with a reason."""

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onlooker_annotator.pictures import UnreadablePictureError, decode, encode, set_up_pillow, shrink

MANY = 100_000_000


@pytest.fixture(autouse=True)
def pillow() -> Iterator[None]:
    limit = Image.MAX_IMAGE_PIXELS
    set_up_pillow()
    yield
    Image.MAX_IMAGE_PIXELS = limit


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def left_red(width: int = 64, height: int = 32, mode: str = "RGB") -> Image.Image:
    """A picture whose left half is red and whose right half is blue."""
    picture = Image.new("RGB", (width, height), (0, 0, 255))
    picture.paste((255, 0, 0), (0, 0, width // 2, height))
    return picture.convert(mode)


def read(data: bytes, *, longest: int = 4096, max_pixels: int = MANY) -> Image.Image:
    return decode(data, longest=longest, max_pixels=max_pixels)


def colour(picture: Image.Image, x: float, y: float) -> str:
    pixel = picture.getpixel((int(x * picture.width), int(y * picture.height)))
    assert isinstance(pixel, tuple)
    names = {(1, 0, 0): "red", (0, 0, 1): "blue", (1, 1, 1): "white", (0, 0, 0): "black", (0, 1, 0): "green"}
    return names.get(tuple(int(part > 127) for part in pixel), str(pixel))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("PNG", "RGB"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("WEBP", "RGB"),
        ("GIF", "P"),
        ("BMP", "RGB"),
        ("TIFF", "CMYK"),
        ("AVIF", "RGB"),
    ],
)
def test_every_format_is_read(kind: str, mode: str) -> None:
    picture = read(encoded(left_red(mode=mode), kind))

    assert (picture.mode, picture.size) == ("RGB", (64, 32))
    assert (colour(picture, 0.2, 0.5), colour(picture, 0.8, 0.5)) == ("red", "blue")


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_16_bits_are_scaled_and_not_cut_off(kind: str) -> None:
    levels = np.array([[0, 16_384, 32_768, 65_535]], np.uint16)
    picture = read(encoded(Image.fromarray(levels), kind))

    assert [picture.getpixel((x, 0)) for x in range(4)] == [(n, n, n) for n in (0, 64, 128, 255)]


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode: str) -> None:
    picture = read(encoded(Image.new(mode, (8, 8)), "PNG"))

    assert picture.getpixel((4, 4)) == (255, 255, 255)


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [left_red(), left_red().transpose(Image.Transpose.FLIP_LEFT_RIGHT)]
    picture = read(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))

    assert colour(picture, 0.2, 0.5) == "red"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_set_upright(orientation: int) -> None:
    # What a camera stores so that a viewer which applies the orientation shows `left_red`: the inverse turn.
    stored: dict[int, Callable[[Image.Image], Image.Image]] = {
        1: lambda picture: picture,
        2: lambda picture: picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: lambda picture: picture.transpose(Image.Transpose.ROTATE_180),
        4: lambda picture: picture.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: lambda picture: picture.transpose(Image.Transpose.TRANSPOSE),
        6: lambda picture: picture.transpose(Image.Transpose.ROTATE_90),
        7: lambda picture: picture.transpose(Image.Transpose.TRANSVERSE),
        8: lambda picture: picture.transpose(Image.Transpose.ROTATE_270),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = read(encoded(stored[orientation](left_red()), "JPEG", exif=exif))

    assert picture.size == (64, 32)
    assert (colour(picture, 0.2, 0.5), colour(picture, 0.8, 0.5)) == ("red", "blue")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "longest", "expected"),
    [
        ((640, 480), 640, (640, 480)),
        ((640, 480), 639, (320, 240)),
        ((641, 480), 640, (321, 240)),
        ((1000, 10), 100, (63, 1)),
        ((300, 2000), 300, (38, 250)),
    ],
)
def test_what_is_too_large_is_halved_until_it_fits(
    kind: str, size: tuple[int, int], longest: int, expected: tuple[int, int]
) -> None:
    assert read(encoded(left_red(*size), kind), longest=longest).size == expected


def test_a_thumbnail_fits_exactly_and_is_never_enlarged() -> None:
    assert shrink(left_red(1600, 1200), 480).size == (480, 360)
    assert shrink(left_red(1, 5000), 480).size == (1, 480)
    small = left_red()
    assert shrink(small, 480).size == (64, 32)
    assert shrink(small, 480) is not small, "both are drawn into"


def test_a_bomb_is_refused_by_its_header() -> None:
    chunks = (b"IHDR", struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(bytes(9)))
    body = b"".join(
        struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        for name, content in chunks
    )
    with pytest.raises(UnreadablePictureError, match="20000 x 20000 pixels; 100 million are the most"):
        read(b"\x89PNG\r\n\x1a\n" + body)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"Dear Sir or Madam,", id="text"),
        pytest.param(encoded(left_red(640, 480), "JPEG")[:2000], id="half a JPEG"),
        pytest.param(encoded(left_red(640, 480), "PNG")[:200], id="half a PNG"),
        pytest.param(encoded(left_red(), "PPM"), id="a format that nobody may upload"),
    ],
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadablePictureError):
        read(data)


def test_a_jpeg_keeps_its_colours_meaning_and_not_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    original = encoded(left_red(), "JPEG", exif=exif, icc_profile=b"a profile")
    with Image.open(io.BytesIO(encode(read(original), 90))) as stored:
        assert stored.info["icc_profile"] == b"a profile"
        assert dict(stored.getexif()) == {}


def test_a_profile_for_ink_is_not_kept_for_light() -> None:
    original = encoded(left_red(mode="CMYK"), "JPEG", icc_profile=b"a printer's")
    with Image.open(io.BytesIO(encode(read(original), 90))) as stored:
        assert "icc_profile" not in stored.info
