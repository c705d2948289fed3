"""A picture is decoded as Rekognition sees it, upright, and no larger than it has to be."""

from io import BytesIO

import pytest
from PIL import ExifTags, Image

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.pictures import decoded

RED, BLUE = (200, 30, 30), (30, 30, 200)


def stored(orientation: int, kind: str = "JPEG", size: tuple[int, int] = (800, 400)) -> bytes:
    """A picture whose stored left half is red, with an EXIF orientation."""
    picture = Image.new("RGB", size, BLUE)
    picture.paste(RED, (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    out = BytesIO()
    picture.save(out, kind, exif=exif)
    return out.getvalue()


def is_red(picture: Image.Image, x: float, y: float) -> bool:
    red, _, blue = picture.getpixel((int(x * picture.width), int(y * picture.height)))
    return bool(red > blue)


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (800, 400), (0.25, 0.5)),
        (2, (800, 400), (0.75, 0.5)),
        (3, (800, 400), (0.75, 0.5)),
        (5, (400, 800), (0.5, 0.25)),
        (6, (400, 800), (0.5, 0.25)),
        (8, (400, 800), (0.5, 0.75)),
    ],
)
def test_a_turned_photo_is_upright(orientation: int, size: tuple[int, int], red: tuple[float, float]) -> None:
    picture = decoded(stored(orientation))
    assert picture.size == size
    assert is_red(picture, *red)
    assert not is_red(picture, 1 - red[0], 1 - red[1])


@pytest.mark.parametrize(("reduction", "size"), [(1, (400, 800)), (2, (200, 400)), (4, (100, 200)), (8, (50, 100))])
def test_a_jpeg_is_decoded_smaller_where_that_is_enough(reduction: int, size: tuple[int, int]) -> None:
    picture = decoded(stored(6), reduction=reduction)
    assert picture.size == size
    assert is_red(picture, 0.5, 0.25)


def test_what_cannot_be_decoded_smaller_is_decoded_whole() -> None:
    assert decoded(stored(1, "PNG"), reduction=4).size == (800, 400)


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_any_picture_is_rgb(mode: str) -> None:
    out = BytesIO()
    Image.new(mode, (100, 90)).save(out, "TIFF" if mode == "CMYK" else "PNG")
    assert decoded(out.getvalue()).mode == "RGB"


def test_a_damaged_picture_is_refused_with_words() -> None:
    data = bytearray(stored(1))
    data[data.index(b"\xff\xc4") + 4] = 9  # a Huffman table that there cannot be
    with pytest.raises(PictureRefusedError, match="damaged"):
        decoded(bytes(data))
