"""What a file is, by its first bytes: neither its name nor its declared type is believed.

Sources of the signatures:
    JPEG, PNG, GIF, WebP   WHATWG, MIME Sniffing Standard, section 6.1 "Matching an image type pattern"
    BMP                    Microsoft, "Bitmap Storage": "BM", then at byte 14 the size of one of the known DIB headers
    TIFF                   Adobe, TIFF 6.0, section 2: byte order, then 42; BigTIFF: 43, then an offset size of 8
    AVIF                   AOMedia, AV1 Image File Format 1.1, section 6: brands `avif`, `avis`
    HEIC                   ISO/IEC 23008-12, annex B.4: brands `heic`, `heix`, `heim`, `heis`; sequences: `hevc`, ...
"""

from dataclasses import dataclass

HEAD_BYTES = 256
"""How many first bytes decide: all brands of any file type box that cameras write are within them."""

TAKEN = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"


@dataclass(frozen=True, slots=True)
class ImageFormat:
    """A format that is taken."""

    name: str
    media_type: str


JPEG = ImageFormat("JPEG", "image/jpeg")
PNG = ImageFormat("PNG", "image/png")
GIF = ImageFormat("GIF", "image/gif")
WEBP = ImageFormat("WebP", "image/webp")
BMP = ImageFormat("BMP", "image/bmp")
TIFF = ImageFormat("TIFF", "image/tiff")
AVIF = ImageFormat("AVIF", "image/avif")
HEIC = ImageFormat("HEIC", "image/heic")

MEDIA_TYPES = frozenset(taken.media_type for taken in (JPEG, PNG, GIF, WEBP, BMP, TIFF, AVIF, HEIC))

_PREFIXES = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"II+\0\x08\0", TIFF),
    (b"MM\0+\0\x08", TIFF),
)
_DIB_HEADER_SIZES = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_BRANDS = {
    **dict.fromkeys((b"avif", b"avis"), AVIF),
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"), HEIC),
}

_BINARY = frozenset({*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)})
"""WHATWG, MIME Sniffing Standard, "binary data byte": what text does not contain."""
_FTYP_BYTES = 16
"""Of the shortest file type box: size, type, major brand, its version."""
_OTHERS = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"8BPS", "a Photoshop file"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM video"),
    (b"RIFF", "a RIFF file (AVI or WAV)"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


def identify(head: bytes) -> ImageFormat | None:
    """Return the format of a file; None if it is none that is taken.

    Args:
        head: its first `HEAD_BYTES`, or all of it if it is shorter.
    """
    for prefix, found in _PREFIXES:
        if head.startswith(prefix):
            return found
    if head.startswith(b"RIFF") and head[8:14] == b"WEBPVP":
        return WEBP
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in _DIB_HEADER_SIZES:
        return BMP
    return next((_BRANDS[brand] for brand in _brands(head) if brand in _BRANDS), None)


def describe(head: bytes) -> str:
    """Return in words what a file is that `identify` does not take."""
    for prefix, name in _OTHERS:
        if head.startswith(prefix):
            return name
    brands = _brands(head)
    if brands:
        return f"a video or other ISO media file (brand '{brands[0].decode('latin-1').strip()}')"
    if not _BINARY.intersection(head):
        return "an SVG drawing" if b"<svg" in head.lower() else "text"
    return f"unknown (it begins with the bytes {head[:8].hex(' ')})"


def _brands(head: bytes) -> list[bytes]:
    """The brands in the leading file type box (ISO/IEC 14496-12, 4.3), the major one first; none without such a box."""
    size = int.from_bytes(head[:4], "big")
    if head[4:8] != b"ftyp" or size < _FTYP_BYTES:
        return []
    major, compatible = head[8:12], head[16:size]
    return [major, *(compatible[at : at + 4] for at in range(0, len(compatible) - 3, 4))]
