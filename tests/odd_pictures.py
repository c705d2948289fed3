"""Pictures that are odd or broken, each with what Rekognition says of it: OK, or the code of an error."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

OK, FORMAT = "OK", "InvalidImageFormatException"
LARGE, SMALL = "ImageTooLargeException", "InvalidParameterException"


def odd_pictures() -> dict[str, tuple[bytes, str]]:
    """By what is odd about them."""
    noise = np.random.default_rng(7).integers(0, 256, (120, 160, 3), np.uint8)
    photo = Image.fromarray(noise)
    jpeg, png = _saved(photo, "JPEG"), _saved(photo, "PNG")
    deep = Image.fromarray(np.full((90, 90), 40_000, np.uint16))
    return {
        "a JPEG": (jpeg, OK),
        "a PNG": (png, OK),
        "one pixel": (_saved(Image.new("RGB", (1, 1)), "PNG"), SMALL),
        "one pixel as JPEG": (_saved(Image.new("L", (1, 1)), "JPEG"), SMALL),
        "79 pixels high": (_saved(Image.new("RGB", (500, 79)), "JPEG"), SMALL),
        "80 pixels high": (_saved(Image.new("RGB", (500, 80)), "JPEG"), OK),
        "30,000 pixels wide": (_saved(Image.new("RGB", (30_000, 90)), "PNG"), LARGE),
        "30,000 pixels wide as JPEG": (_saved(Image.new("RGB", (30_000, 90)), "JPEG"), LARGE),
        "10,000 pixels wide": (_saved(Image.new("RGB", (10_000, 80)), "JPEG"), OK),
        "30,000 pixels wide and high, by its header": (_png_of(30_000, 30_000, b""), LARGE),
        "30,000 pixels wide and high as JPEG, by its header": (_resized_jpeg(jpeg, 30_000, 30_000), LARGE),
        "a bomb: pixels that pack well": (_png_of(9_000, 9_000, bytes(9_000 * 9_000)), LARGE),
        "a size of nothing": (_png_of(0, 0, b""), FORMAT),
        "the largest size that can be stated": (_png_of(2**31 - 1, 2**31 - 1, b""), LARGE),
        "CMYK": (_saved(photo.convert("CMYK"), "JPEG"), OK),
        "grey": (_saved(photo.convert("L"), "JPEG"), OK),
        "grey with alpha": (_saved(photo.convert("LA"), "PNG"), OK),
        "palette": (_saved(photo.convert("P"), "PNG"), OK),
        "black and white": (_saved(photo.convert("1"), "PNG"), OK),
        "16 bits": (_saved(deep, "PNG"), OK),
        "progressive": (_saved(photo, "JPEG", progressive=True), OK),
        "animated PNG": (_saved(photo, "PNG", save_all=True, append_images=[photo.rotate(90)]), OK),
        "turned by EXIF": (_saved(photo, "JPEG", exif=_exif(6)), OK),
        "EXIF of no known orientation": (_saved(photo, "JPEG", exif=_exif(77)), OK),
        "garbage for EXIF": (_with_exif(jpeg, b"Exif\0\0" + b"\xff" * 300), OK),
        "EXIF that points beyond its end": (_with_exif(jpeg, b"Exif\0\0II*\0" + b"\xf0\xff\xff\xff" * 4), OK),
        "rubbish after its end": (jpeg + b"rubbish" * 100, OK),
        "GIF": (_saved(photo, "GIF"), FORMAT),
        "WebP": (_saved(photo, "WEBP"), FORMAT),
        "BMP": (_saved(photo, "BMP"), FORMAT),
        "TIFF": (_saved(photo, "TIFF"), FORMAT),
        "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', FORMAT),
        "text": (b"this is no picture", FORMAT),
        "a zero": (b"\0", FORMAT),
        "JPEG's first bytes alone": (jpeg[:3], FORMAT),
        "PNG's signature alone": (png[:8], FORMAT),
        "JPEG, half of it": (jpeg[: len(jpeg) // 2], FORMAT),
        "PNG, half of it": (png[: len(png) // 2], FORMAT),
        "JPEG without its tables": (jpeg[:20] + jpeg[-500:], FORMAT),
        "PNG with other bytes inside": (png[:60] + bytes(200) + png[260:], FORMAT),
    }


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    written = io.BytesIO()
    picture.save(written, kind, **options)
    return written.getvalue()


def _png_of(width: int, height: int, pixels: bytes) -> bytes:
    """A grey PNG of `height` lines, which states a size whatever is in it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    lines = b"".join(b"\0" + pixels[i * width : (i + 1) * width] for i in range(height)) if pixels else b""
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _resized_jpeg(jpeg: bytes, width: int, height: int) -> bytes:
    """The same bytes with another size in the frame's header."""
    frame = jpeg.index(b"\xff\xc0")
    return jpeg[: frame + 5] + struct.pack(">HH", height, width) + jpeg[frame + 9 :]


def _exif(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def _with_exif(jpeg: bytes, exif: bytes) -> bytes:
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]
