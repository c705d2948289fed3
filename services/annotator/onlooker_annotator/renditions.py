"""From a picture's bytes and what was recognized in it to the pictures that are stored: all the CPU's work."""

from typing import NamedTuple

from PIL import Image

from onlooker_annotator.captions import Subject, subjects
from onlooker_annotator.drawing import draw
from onlooker_annotator.geometry import Size
from onlooker_annotator.layout import arrange
from onlooker_annotator.pictures import decode, encode, halved, shrink
from onlooker_annotator.text import measure
from onlooker_shared.recognition import Recognition


class Limits(NamedTuple):
    """How large what is made may be."""

    longest: int
    """Pixels of the annotated copy's longer side."""
    thumbnail: int
    """Pixels of the thumbnail's longer side."""
    screen: int
    """Pixels of the longer side of the large picture without drawing, at most: it is halved until it fits."""
    preview: int
    """Pixels of the longer side of the small picture without drawing."""
    quality: int
    """JPEG's, 1..95, of what is drawn: letters and strokes have sharp edges."""
    plain_quality: int
    """JPEG's, of what nothing is drawn into."""
    max_pixels: int
    """Of an original."""


class Encoded(NamedTuple):
    """A JPEG and its size in pixels."""

    data: bytes
    size: Size


class Renditions(NamedTuple):
    """What is stored of an annotated picture."""

    annotated: Encoded
    thumbnail: Encoded
    preview: Encoded
    screen: Encoded


def annotate(data: bytes, recognition: Recognition, limits: Limits) -> Renditions:
    """Return what is stored of the picture in `data`: two pictures with drawing, two without.

    Each is drawn for its own size: letters that were shrunk with the picture could not be read. Those without drawing
    are for whoever draws over them, in a page: browsers show neither every original nor large ones with ease.

    Raises:
        UnreadablePictureError: the picture can not be decoded, or is larger than the limits allow.
    """
    picture = decode(data, longest=limits.longest, max_pixels=limits.max_pixels)
    large = halved(picture, limits.screen)
    small = shrink(large, limits.preview)
    thumbnail = shrink(small if limits.thumbnail <= limits.preview else large, limits.thumbnail)
    preview = _encoded(small, limits.plain_quality)
    screen = _encoded(large, limits.plain_quality)  # before anything is drawn: it may be the picture itself
    found = subjects(recognition)
    return Renditions(
        annotated=_drawn(picture, found, limits.quality),
        thumbnail=_drawn(thumbnail, found, limits.quality),
        preview=preview,
        screen=screen,
    )


def _drawn(picture: Image.Image, found: list[Subject], quality: int) -> Encoded:
    draw(picture, arrange(found, Size(*picture.size), measure))
    return _encoded(picture, quality)


def _encoded(picture: Image.Image, quality: int) -> Encoded:
    return Encoded(encode(picture, quality), Size(*picture.size))
