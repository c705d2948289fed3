"""From a picture's bytes and what was recognized in it to the two pictures that are stored: all the CPU's work."""

from typing import NamedTuple

from PIL import Image

from onlooker_annotator.captions import Subject, subjects
from onlooker_annotator.drawing import draw
from onlooker_annotator.geometry import Size
from onlooker_annotator.layout import arrange
from onlooker_annotator.pictures import decode, encode, shrink
from onlooker_annotator.text import measure
from onlooker_shared.recognition import Recognition


class Limits(NamedTuple):
    """How large what is made may be."""

    longest: int
    """Pixels of the annotated copy's longer side."""
    thumbnail: int
    """Pixels of the thumbnail's longer side."""
    quality: int
    """JPEG's, 1..95."""
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


def annotate(data: bytes, recognition: Recognition, limits: Limits) -> Renditions:
    """Return the annotated copy and the thumbnail of the picture in `data`.

    Each is drawn for its own size: letters that were shrunk with the picture could not be read.

    Raises:
        UnreadablePictureError: the picture can not be decoded, or is larger than the limits allow.
    """
    picture = decode(data, longest=limits.longest, max_pixels=limits.max_pixels)
    thumbnail = shrink(picture, limits.thumbnail)
    found = subjects(recognition)
    return Renditions(_finished(picture, found, limits.quality), _finished(thumbnail, found, limits.quality))


def _finished(picture: Image.Image, found: list[Subject], quality: int) -> Encoded:
    size = Size(*picture.size)
    draw(picture, arrange(found, size, measure))
    return Encoded(encode(picture, quality), size)
