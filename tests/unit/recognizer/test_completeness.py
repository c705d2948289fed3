"""A picture that was cut off is told from one that is whole, wherever the cut is."""

from io import BytesIO

import pytest
from PIL import Image

from onlooker_recognizer.completeness import jpeg_is_whole, png_is_whole


def encoded(kind: str, **options: object) -> bytes:
    out = BytesIO()
    Image.effect_mandelbrot((320, 240), (-2.0, -1.5, 1.0, 1.5), 60).convert("RGB").save(out, kind, **options)
    return out.getvalue()


def with_thumbnail(jpeg: bytes) -> bytes:
    """A JPEG with another whole one in a segment before its scan, as cameras write."""
    thumbnail = encoded("JPEG", quality=20)
    segment = b"\xff\xe1" + (len(thumbnail) + 2).to_bytes(2, "big") + thumbnail
    return jpeg[:2] + segment + jpeg[2:]


JPEGS = {
    "baseline": encoded("JPEG"),
    "progressive": encoded("JPEG", progressive=True),
    "restart markers": encoded("JPEG", restart_marker_rows=1),
    "thumbnail": with_thumbnail(encoded("JPEG")),
}


@pytest.mark.parametrize("name", JPEGS)
def test_a_whole_jpeg(name: str) -> None:
    assert jpeg_is_whole(JPEGS[name])
    assert jpeg_is_whole(JPEGS[name] + b"\0" * 1000)  # some cameras pad


@pytest.mark.parametrize("name", JPEGS)
@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_jpeg_that_was_cut_off(name: str, part: float) -> None:
    jpeg = JPEGS[name]
    assert not jpeg_is_whole(jpeg[: int(len(jpeg) * part)])


def test_a_jpeg_that_ends_one_byte_early() -> None:
    assert not jpeg_is_whole(JPEGS["baseline"][:-1])


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\x00\x00", b"\xff\xd8" + b"\xff" * 50]
)
def test_damaged_segments_end_the_search(data: bytes) -> None:
    assert not jpeg_is_whole(data)


def test_a_png_is_whole_up_to_its_end_chunk_only() -> None:
    png = encoded("PNG")
    assert png_is_whole(png)
    assert png_is_whole(png + b"trailing")
    assert not any(png_is_whole(png[:length]) for length in range(0, len(png), 97))
    assert not png_is_whole(png[:-1])


def test_the_end_chunks_name_inside_other_data_ends_nothing() -> None:
    png = encoded("PNG")
    text = b"IEND" * 10
    chunk = len(text).to_bytes(4, "big") + b"tEXt" + text + b"\0" * 4
    assert not png_is_whole(png[:33] + chunk + png[33:-12])
