"""Two pictures are drawn, each for its own size; into two others nothing is drawn."""

import io

import numpy as np
from PIL import Image, ImageCms

from onlooker_annotator.pictures import set_up_pillow
from onlooker_annotator.renditions import Encoded, Limits, annotate
from recognitions import a_face, a_recognition

LIMITS = Limits(
    longest=4096, thumbnail=480, screen=2560, preview=512, quality=90, plain_quality=82, max_pixels=100_000_000
)
GREY = (120, 120, 120)


def a_photo(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), GREY).save(out, "JPEG")
    return out.getvalue()


def height_of_letters(rendition: Encoded) -> int:
    """Rows with white in them: those of the first line and of the second."""
    with Image.open(io.BytesIO(rendition.data)) as picture:
        assert (picture.format, picture.size) == ("JPEG", rendition.size)
        return int((np.asarray(picture).min(axis=2) > 235).any(axis=1).sum())


def test_letters_are_drawn_for_each_size_and_not_shrunk_with_the_picture() -> None:
    set_up_pillow()
    renditions = annotate(a_photo(4000, 3000), a_recognition(a_face("CALM")), LIMITS)

    assert (renditions.annotated.size, renditions.thumbnail.size) == ((4000, 3000), (480, 360))
    large, small = height_of_letters(renditions.annotated), height_of_letters(renditions.thumbnail)
    assert 35 <= large <= 60
    assert 9 <= small <= 20


def test_a_picture_without_anything_in_it_gets_both_pictures_too() -> None:
    set_up_pillow()
    renditions = annotate(a_photo(640, 480), a_recognition(), LIMITS)

    with Image.open(io.BytesIO(renditions.annotated.data)) as picture:
        assert (np.abs(np.asarray(picture).astype(int) - GREY) <= 2).all()
    assert renditions.thumbnail.size == (480, 360)


def test_into_screen_and_preview_nothing_is_drawn() -> None:
    set_up_pillow()
    renditions = annotate(a_photo(4000, 3000), a_recognition(a_face("CALM")), LIMITS)

    assert (renditions.screen.size, renditions.preview.size) == ((2000, 1500), (512, 384))
    for plain in (renditions.screen, renditions.preview):
        with Image.open(io.BytesIO(plain.data)) as picture:
            assert (picture.format, picture.size) == ("JPEG", plain.size)
            assert (np.abs(np.asarray(picture).astype(int) - GREY) <= 2).all()


def test_a_small_picture_is_not_enlarged() -> None:
    set_up_pillow()
    renditions = annotate(a_photo(300, 200), a_recognition(a_face("CALM")), LIMITS)

    assert {rendition.size for rendition in renditions} == {(300, 200)}
    with Image.open(io.BytesIO(renditions.screen.data)) as picture:
        assert (np.abs(np.asarray(picture).astype(int) - GREY) <= 2).all(), "drawn into a copy"


def test_every_picture_keeps_the_colour_profile() -> None:
    """Phones take pictures in wider colours than sRGB: without their profile, these look pale."""
    set_up_pillow()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    out = io.BytesIO()
    Image.new("RGB", (3000, 2000), GREY).save(out, "JPEG", icc_profile=profile)

    for rendition in annotate(out.getvalue(), a_recognition(a_face("CALM")), LIMITS):
        with Image.open(io.BytesIO(rendition.data)) as picture:
            assert picture.info["icc_profile"] == profile
