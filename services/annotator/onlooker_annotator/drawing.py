"""Draws a layout into a picture.

Only the pixels that change are touched: straight edges lie on whole pixels and need no anti-aliasing, corners are
small masks made once for each radius, text comes as coverage. Drawing costs about the same on 2 and on 24 megapixels.
"""

from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageDraw

from onlooker_annotator import palette
from onlooker_annotator.captions import Kind
from onlooker_annotator.geometry import Rect
from onlooker_annotator.layout import Frame, Layout
from onlooker_annotator.palette import Colour
from onlooker_annotator.pills import Pill, PlacedText
from onlooker_annotator.text import set_line

SUPERSAMPLING = 8
"""Corners are drawn this many times larger and reduced: 64 steps of grey."""
CORNERS_KEPT = 256
"""Sets of masks, a few kilobytes each: a picture needs about five, pictures of one size the same ones."""
OPAQUE = 255
ARM_SHARE = 0.22
"""Of an object's shorter side: the length of its corners' arms."""


def draw(picture: Image.Image, layout: Layout) -> None:
    """Draw `layout` into `picture` (RGB, of the canvas' size)."""
    for frame in layout.frames:
        _draw_frame(picture, frame)
    for pill in layout.pills:
        _draw_pill(picture, pill)


def _draw_frame(picture: Image.Image, frame: Frame) -> None:
    """Draw a frame inside its box, so that one around the whole picture is seen, and its halo on both sides of it."""
    halo, arm = frame.halo, max(frame.rect.width, frame.rect.height)
    if frame.kind is Kind.OBJECT:
        side = min(frame.rect.width, frame.rect.height)
        arm = max(round(side * ARM_SHARE), 2 * max(frame.radius, frame.stroke))
    around, width = frame.rect.grown(halo), frame.stroke + 2 * halo
    _paint_outline(picture, around, frame.radius + halo, width, _HALO, arm + 2 * halo)
    _paint_outline(picture, frame.rect, frame.radius, frame.stroke, _Paint(palette.ACCENT[frame.kind]), arm)


def _draw_pill(picture: Image.Image, pill: Pill) -> None:
    _paint_plate(picture, pill.rect, pill.radius, _PLATE)
    _paint_plate(picture, pill.bar, pill.bar.width // 2, _Paint(palette.ACCENT[pill.kind]))
    for text in pill.texts:
        _draw_text(picture, text)


def _draw_text(picture: Image.Image, text: PlacedText) -> None:
    line = set_line(text.text, text.size)
    if line.coverage:
        mask = Image.frombytes("L", (line.ink_width, line.ink_height), line.coverage)
        colour = palette.STRONG_TEXT if text.strong else palette.DIM_TEXT
        picture.paste(colour, (text.x + line.left, text.baseline - line.top), mask)


class _Paint(NamedTuple):
    colour: Colour
    opacity: float = 1.0


_HALO = _Paint(palette.HALO, palette.HALO_OPACITY)
_PLATE = _Paint(palette.PLATE, palette.PLATE_OPACITY)


def _paint_outline(picture: Image.Image, rect: Rect, radius: int, width: int, paint: _Paint, arm: int) -> None:
    """Paint a rounded outline of `width` pixels inside `rect`, of each edge only `arm` from its ends."""
    corner = max(radius, width)
    _paint_corners(picture, rect, radius, width, paint)
    for start, end in _stretches(rect.left, rect.right, corner, arm):
        _fill(picture, Rect(start, rect.top, end, rect.top + width), paint)
        _fill(picture, Rect(start, rect.bottom - width, end, rect.bottom), paint)
    for start, end in _stretches(rect.top, rect.bottom, corner, arm):
        _fill(picture, Rect(rect.left, start, rect.left + width, end), paint)
        _fill(picture, Rect(rect.right - width, start, rect.right, end), paint)


def _stretches(start: int, end: int, corner: int, arm: int) -> list[tuple[int, int]]:
    """Return the straight parts of an edge between its two corners."""
    if 2 * arm >= end - start:
        return [(start + corner, end - corner)]
    return [(start + corner, start + arm), (end - arm, end - corner)]


def _paint_plate(picture: Image.Image, rect: Rect, radius: int, paint: _Paint) -> None:
    """Fill a rounded rectangle."""
    if radius:
        _paint_corners(picture, rect, radius, radius, paint)
    _fill(picture, Rect(rect.left + radius, rect.top, rect.right - radius, rect.top + radius), paint)
    _fill(picture, Rect(rect.left, rect.top + radius, rect.right, rect.bottom - radius), paint)
    _fill(picture, Rect(rect.left + radius, rect.bottom - radius, rect.right - radius, rect.bottom), paint)


def _paint_corners(picture: Image.Image, rect: Rect, radius: int, width: int, paint: _Paint) -> None:
    top_left, top_right, bottom_left, bottom_right = _corners(radius, width, paint.opacity)
    right, bottom = rect.right - top_left.width, rect.bottom - top_left.height
    picture.paste(paint.colour, (rect.left, rect.top), top_left)
    picture.paste(paint.colour, (right, rect.top), top_right)
    picture.paste(paint.colour, (rect.left, bottom), bottom_left)
    picture.paste(paint.colour, (right, bottom), bottom_right)


def _fill(picture: Image.Image, rect: Rect, paint: _Paint) -> None:
    if rect.width <= 0 or rect.height <= 0:
        return
    if paint.opacity == 1:
        picture.paste(paint.colour, rect)
    else:
        mask = Image.new("L", (rect.width, rect.height), round(OPAQUE * paint.opacity))
        picture.paste(paint.colour, rect, mask)


@lru_cache(maxsize=CORNERS_KEPT)
def _corners(radius: int, width: int, opacity: float) -> tuple[Image.Image, Image.Image, Image.Image, Image.Image]:
    """Return the masks of a rounded outline's corners, top ones first; of a plate's, if the width is the radius."""
    side = max(radius, width)
    large = Image.new("L", (side * SUPERSAMPLING, side * SUPERSAMPLING))
    pen, reach = ImageDraw.Draw(large), 2 * large.width
    pen.rounded_rectangle((0, 0, reach, reach), radius * SUPERSAMPLING, fill=round(OPAQUE * opacity))
    if width < radius:
        inset = width * SUPERSAMPLING
        pen.rounded_rectangle((inset, inset, reach, reach), (radius - width) * SUPERSAMPLING, fill=0)
    left = large.reduce(SUPERSAMPLING)
    right = left.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    down = Image.Transpose.FLIP_TOP_BOTTOM
    return left, right, left.transpose(down), right.transpose(down)
