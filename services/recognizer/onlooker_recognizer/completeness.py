"""Whether a JPEG or PNG is all there, found by its markers, without decoding it.

An upload that was cut off decodes to a picture whose rest is grey, and would be recognized as if it were whole.
"""

import struct

JPEG_START = b"\xff\xd8"
JPEG_END = b"\xff\xd9"
SCAN = 0xDA
BARE = frozenset({0x01, *range(0xD0, 0xD9)})
"""JPEG markers that no length follows."""
FILL = 0xFF
PNG_SIGNATURE_LENGTH = 8
PNG_CHUNK_FRAME = 12
"""Bytes of a PNG chunk around its data: length, type, checksum."""


def jpeg_is_whole(data: bytes) -> bool:
    """Whether a JPEG's end marker follows its first scan.

    An embedded thumbnail has an end marker of its own, but lies before the scan, and inside a scan the marker's two
    bytes cannot occur (ISO/IEC 10918-1, B.1.1.5: 0xFF is followed by a zero byte there).
    """
    scan = _scan_position(data)
    return scan is not None and data.rfind(JPEG_END) > scan


def png_is_whole(data: bytes) -> bool:
    """Whether a PNG's chunks lead to its end chunk."""
    position = PNG_SIGNATURE_LENGTH
    while position + PNG_CHUNK_FRAME <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind == b"IEND":
            return True
        position += PNG_CHUNK_FRAME + length
    return False


def _scan_position(data: bytes) -> int | None:
    """Return where the first scan begins, or None if the segments before it are damaged or cut off."""
    position = len(JPEG_START)
    while position + 4 <= len(data) and data[position] == FILL:
        marker = data[position + 1]
        if marker == SCAN:
            return position
        if marker == FILL:
            position += 1
        elif marker in BARE:
            position += 2
        else:
            position += 2 + int(struct.unpack_from(">H", data, position + 2)[0])
    return None
