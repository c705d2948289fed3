"""What the first bytes of a JPEG or PNG say, without decoding it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

from onlooker_rekognition.vision.errors import UnreadableImageError

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND"
_JPEG_START = b"\xff\xd8\xff"
_JPEG_END = b"\xff\xd9"
_FILL = 0xFF
_START_OF_SCAN = 0xDA
_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # less Huffman tables, a reserved one, arithmetic tables
_BARE = {0x01, *range(0xD0, 0xD8)}  # markers without a length


@dataclass(frozen=True, slots=True)
class Header:
    """The format and the size in pixels, as stored: before any EXIF orientation."""

    format: Literal["jpeg", "png"]
    width: int
    height: int


def read_header(data: bytes) -> Header:
    """The picture's header.

    Raises UnreadableImageError if it is neither JPEG nor PNG, has no size, or ends before its end marker: a cut-off
    upload would otherwise be decoded with a grey rest, and answered for as if it were whole.
    """
    if data.startswith(_PNG_SIGNATURE):
        return _png(data)
    if data.startswith(_JPEG_START):
        return _jpeg(data)
    raise UnreadableImageError("The image is neither a JPEG nor a PNG.")


def _png(data: bytes) -> Header:
    if len(data) < 24 or data[12:16] != b"IHDR":  # noqa: PLR2004 (signature 8, length 4, IHDR 4, size 8)
        raise UnreadableImageError("The PNG has no header.")
    if _PNG_END not in data[24:]:
        raise UnreadableImageError("The PNG is cut off.")
    width, height = struct.unpack(">II", data[16:24])
    return _sized("png", width, height)


def _jpeg(data: bytes) -> Header:
    header: Header | None = None
    position = 2
    try:
        while (marker := _marker(data, position)) != _START_OF_SCAN:
            if marker in _FRAMES:
                height, width = struct.unpack(">HH", data[position + 5 : position + 9])
                header = _sized("jpeg", width, height)
            position += _length(data, position, marker)
    except (IndexError, struct.error) as error:
        raise UnreadableImageError("The JPEG is cut off.") from error
    if header is None:
        raise UnreadableImageError("The JPEG has no header.")
    if data.find(_JPEG_END, position) < 0:
        raise UnreadableImageError("The JPEG is cut off.")
    return header


def _marker(data: bytes, position: int) -> int:
    if data[position] != _FILL:
        raise UnreadableImageError("The JPEG is damaged.")
    return data[position + 1]


def _length(data: bytes, position: int, marker: int) -> int:
    """How far it is to the next marker: one byte for fill, two for bare markers, else as the segment states."""
    if marker == _FILL:
        return 1
    if marker in _BARE:
        return 2
    (length,) = struct.unpack(">H", data[position + 2 : position + 4])
    return 2 + int(length)


def _sized(kind: Literal["jpeg", "png"], width: int, height: int) -> Header:
    if not (width and height):
        raise UnreadableImageError("The image has no pixels.")
    return Header(kind, width, height)
