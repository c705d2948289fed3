"""What is taken as a picture, and what is said of everything else."""

import io

import pi_heif
import pytest
from PIL import Image

from onlooker_ingest import formats
from onlooker_ingest.formats import describe, identify

WRITTEN = {
    "JPEG": "JPEG",
    "PNG": "PNG",
    "GIF": "GIF",
    "WEBP": "WebP",
    "BMP": "BMP",
    "TIFF": "TIFF",
    "AVIF": "AVIF",
}
"""Pillow's name of a format, and ours."""


def ftyp(major: bytes, *compatible: bytes) -> bytes:
    """A file type box as ISO/IEC 14496-12 has it."""
    body = b"ftyp" + major + bytes(4) + b"".join(compatible)
    return (len(body) + 4).to_bytes(4, "big") + body


@pytest.mark.parametrize(("written", "name"), WRITTEN.items())
def test_takes_what_an_independent_library_writes(written: str, name: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (1, 1), "red").save(out, written)

    found = identify(out.getvalue()[: formats.HEAD_BYTES])

    assert found is not None
    assert found.name == name
    assert found.media_type == Image.MIME[written]


@pytest.mark.parametrize("brand", [b"heic", b"heix", b"heim", b"heis", b"hevc"])
def test_agrees_with_a_decoder_about_heic(brand: bytes) -> None:
    head = ftyp(brand, b"mif1", brand)

    assert identify(head) is formats.HEIC
    assert pi_heif.get_file_mimetype(head).startswith("image/hei")


def test_reads_the_compatible_brands_where_the_major_one_is_general() -> None:
    assert identify(ftyp(b"mif1", b"mif1", b"heic", b"hevc")) is formats.HEIC
    assert identify(ftyp(b"mif1", b"miaf", b"avif")) is formats.AVIF


@pytest.mark.parametrize("head", [b"II+\0\x08\0\0\0", b"MM\0+\0\x08\0\0", b"II*\0", b"MM\0*"])
def test_takes_tiff_in_both_byte_orders_and_big(head: bytes) -> None:
    assert identify(head + bytes(8)) is formats.TIFF


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"hello, I am named photo.jpg", "text"),
        ("Grüße".encode(), "text"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"PK\x03\x04\x14\0", "a ZIP archive (or an office document)"),
        (ftyp(b"isom", b"isom", b"mp41"), "a video or other ISO media file (brand 'isom')"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "a RIFF file (AVI or WAV)"),
        (b"\x00\x01\x02\x03", "unknown (it begins with the bytes 00 01 02 03)"),
    ],
)
def test_says_what_else_it_is(head: bytes, words: str) -> None:
    assert identify(head) is None
    assert describe(head) == words


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"\xff",
        b"\xff\xd8",
        b"\x89PNG",
        b"GIF88a",
        b"RIFF\0\0\0\0WEBP",  # cut off before the first chunk
        b"BM, said the bookmaker",  # text
        b"\0\0\0\x10ftyp",
        b"\0\0\0\x0cftypheic",  # shorter than any file type box
    ],
)
def test_does_not_guess(head: bytes) -> None:
    assert identify(head) is None
