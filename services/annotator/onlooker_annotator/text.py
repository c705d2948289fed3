"""Text in any script, set as one line and turned into pixels.

Pillow needs FriBidi of the machine it runs on to shape Arabic or Devanagari, and silently draws them wrong where there
is none. So the line is set here: ordered (`bidi`), split by font (`fonts`), shaped and rasterized by HarfBuzz,
which comes whole in a wheel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb  # type: ignore[import-untyped] # it ships no types

from onlooker_annotator import fonts
from onlooker_annotator.bidi import visual_runs
from onlooker_annotator.characters import continues
from onlooker_annotator.geometry import Extent

LINES_KEPT = 512
"""Set lines remembered: labels, percentages and names come again and again. The largest (40 letters of 59 pixels) have
100 kB."""


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line as pixels. `coverage` has a byte a pixel, `ink_width` x `ink_height`, top row first."""

    extent: Extent
    left: int
    """Of the ink, from the pen's start; negative where a letter leans out."""
    top: int
    """Of the ink, above the baseline."""
    ink_width: int
    ink_height: int
    coverage: bytes


def measure(text: str, size: int) -> Extent:
    """Return the room that `text` takes at `size` pixels per em."""
    return set_line(text, size).extent


@lru_cache(maxsize=LINES_KEPT)
def set_line(text: str, size: int) -> SetLine:
    """Set `text` at `size` pixels per em. A character that no font has is shown as the fonts' empty box."""
    raster = hb.RasterDraw()
    pen = 0.0
    for run, font_index, rightward in _pieces(text):
        font = fonts.font(font_index, size)
        for glyph, x, y, advance in _shape(run, font, rightward):
            raster.transform = (1 / fonts.SUBPIXELS, 0, 0, 1 / fonts.SUBPIXELS, pen + x, y)
            raster.draw_glyph(font, glyph)
            pen += advance
    image = raster.render()
    return _line_of(image, round(pen))


def font_runs(text: str) -> Iterator[tuple[str, int]]:
    """Yield `text` in pieces of one font each, with the font's place in the catalogue.

    What is no letter (a space, a digit, a mark) stays with the font before it if that is a script's and has it: marks
    must be shaped with their letter, and a word's spaces are its own script's. An emoji's space is as wide as an emoji.
    """
    start, current = 0, None
    for index, character in enumerate(text):
        chosen = _font_after(current, character)
        if current is not None and chosen != current:
            yield text[start:index], current
            start = index
        current = chosen
    if current is not None:
        yield text[start:], current


def _font_after(current: int | None, character: str) -> int:
    found = fonts.font_for(character)
    if current is None:
        return found or 0
    if continues(character) or found is None:
        return current
    stays = current in fonts.FOR_LETTERS and not character.isalpha() and fonts.covers(current, character)
    return current if stays else found


def _pieces(text: str) -> Iterator[tuple[str, int, bool]]:
    """Yield pieces of one direction and one font, from left to right as they are seen."""
    for start, end, leftward in visual_runs(text):
        runs = list(font_runs(text[start:end]))
        for run, index in reversed(runs) if leftward else runs:
            yield run, index, not leftward


def _shape(run: str, font: hb.Font, rightward: bool) -> Iterator[tuple[int, float, float, float]]:
    """Yield a run's glyphs from left to right: id, offset from the pen and advance, in pixels."""
    buffer = hb.Buffer()
    buffer.add_str(run)
    buffer.guess_segment_properties()
    buffer.direction = "ltr" if rightward else "rtl"
    buffer.language = _language(run)
    hb.shape(font, buffer)
    for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        x, y, advance = position.x_offset, position.y_offset, position.x_advance
        yield info.codepoint, x / fonts.SUBPIXELS, y / fonts.SUBPIXELS, advance / fonts.SUBPIXELS


def _language(run: str) -> str:
    """Return the language whose shapes of Han characters are meant, as far as the other letters tell.

    Unicode has one code for characters that China, Japan and Korea write differently; the font has all shapes.
    """
    if any("\u3040" <= character <= "\u30ff" for character in run):
        return "ja"
    if any("\uac00" <= character <= "\ud7af" for character in run):
        return "ko"
    return "zh-Hans" if any("\u4e00" <= character <= "\u9fff" for character in run) else "und"


def _line_of(image: hb.RasterImage | None, width: int) -> SetLine:
    extents = image.extents if image is not None else None
    if image is None or extents is None or not (extents.width and extents.height):
        return SetLine(Extent(max(width, 0), 0, 0), 0, 0, 0, 0, b"")
    rows = image.buffer  # bottom row first
    stride = extents.stride
    coverage = b"".join(
        rows[start : start + extents.width] for start in range((extents.height - 1) * stride, -1, -stride)
    )
    top, bottom = extents.y_origin + extents.height, extents.y_origin
    extent = Extent(max(width, extents.x_origin + extents.width), max(top, 0), max(-bottom, 0))
    return SetLine(extent, extents.x_origin, top, extents.width, extents.height, coverage)
