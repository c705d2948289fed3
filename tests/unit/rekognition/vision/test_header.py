"""A picture's format and size are read from its header; what has no sound one, or no end, is refused."""

import struct
import zlib

import numpy as np
import pytest

from onlooker_rekognition.vision.errors import UnreadableImageError
from onlooker_rekognition.vision.header import read_header
from vision_samples import jpeg, png

PICTURE = np.random.default_rng(0).integers(0, 256, (40, 70, 3), np.uint8)
JPEG, PNG = jpeg(PICTURE), png(PICTURE)


def test_a_jpeg_and_a_png_state_their_size() -> None:
    for data, kind in ((JPEG, "jpeg"), (PNG, "png")):
        header = read_header(data)
        assert (header.format, header.width, header.height) == (kind, 70, 40)


def test_fill_bytes_and_bare_markers_before_the_frame_are_passed_over() -> None:
    assert read_header(JPEG[:2] + b"\xff\x01" + b"\xff\xff\xff" + JPEG[2:]).width == 70


def test_a_thumbnail_inside_does_not_stand_for_the_picture() -> None:
    """Its size comes earlier in the file than the picture's, and so does its end."""
    thumbnail = jpeg(PICTURE[:8, :8])
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    whole = JPEG[:2] + segment + JPEG[2:]
    assert read_header(whole).width == 70
    with pytest.raises(UnreadableImageError, match="cut off"):
        read_header(whole[: len(whole) // 2])


@pytest.mark.parametrize("data", [JPEG, PNG], ids=["jpeg", "png"])
def test_a_cut_off_picture_is_refused_wherever_it_is_cut(data: bytes) -> None:
    for length in (4, 12, 20, len(data) // 4, len(data) // 2, len(data) - 9):
        with pytest.raises(UnreadableImageError):
            read_header(data[:length])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello, this is no picture",
        b"GIF89a" + bytes(100),
        b"\xff\xd8" + b"\xff" * 100,
        b"\xff\xd8\xff\xe0\0\x04abc",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableImageError):
        read_header(data)


def test_a_picture_without_pixels_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 0, 10, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    with pytest.raises(UnreadableImageError, match="no pixels"):
        read_header(PNG[:8] + chunk + PNG[33:])


def test_a_jpeg_without_a_frame_is_refused() -> None:
    scan = JPEG[JPEG.index(b"\xff\xda") :]
    with pytest.raises(UnreadableImageError, match="no header"):
        read_header(b"\xff\xd8" + scan)
