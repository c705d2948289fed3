"""Which font can show a character.

The fonts are Noto Sans (SIL Open Font License 1.1) in a weight between bold and regular, from the packages
`manimgx-fonts` and `manimgx-fonts-cjk`. Files are mapped into memory, not read, so a font nobody's name needs costs
nothing but its address space.
"""

from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import uharfbuzz as hb  # type: ignore[import-untyped] # it ships no types

WEIGHT = 600.0
"""SemiBold: light text on a dark ground looks thinner than it is."""

SUBPIXELS = 64
"""HarfBuzz's units in a pixel: advances are rounded to these and not to pixels, so that letters stay evenly spaced."""

_NOTO = "manimgx_fonts"
_NOTO_CJK = "manimgx_fonts_cjk"
_SCRIPTS = (
    "Arabic", "Hebrew", "Devanagari", "Thai", "Bengali", "Tamil", "Telugu", "Gujarati", "Gurmukhi", "Kannada",
    "Malayalam", "Oriya", "Sinhala", "Lao", "Khmer", "Myanmar", "Armenian", "Georgian", "Ethiopic",
)  # fmt: skip
CATALOGUE: tuple[tuple[str, str], ...] = (
    (_NOTO, "NotoSans[wght].ttf"),
    *((_NOTO, f"NotoSans{script}[wght].ttf") for script in _SCRIPTS),
    (_NOTO_CJK, "NotoSansCJK-VF.otf.ttc"),
    (_NOTO, "NotoSansSymbols[wght].ttf"),
    (_NOTO, "NotoEmoji[wght].ttf"),
)
"""Package and file of every font, in the order they are asked: Latin, Greek and Cyrillic first."""
FOR_LETTERS = range(len(CATALOGUE) - 2)
"""Places of the fonts of scripts; the two after them have symbols and emoji."""


@cache
def face(index: int) -> hb.Face:
    """Return a font of the catalogue, opened once a process."""
    package, name = CATALOGUE[index]
    return hb.Face(hb.Blob.from_file_path(str(Path(str(files(package))) / name)))


@lru_cache(maxsize=512)
def font(index: int, size: int) -> hb.Font:
    """Return a font of the catalogue at `size` pixels per em."""
    sized = hb.Font(face(index))
    sized.set_variations({"wght": WEIGHT})
    sized.scale = (size * SUBPIXELS, size * SUBPIXELS)
    return sized


def covers(index: int, character: str) -> bool:
    """Whether a font of the catalogue has a glyph for a character."""
    return ord(character) in _coverage(index)


@lru_cache(maxsize=4096)
def font_for(character: str) -> int | None:
    """Return the first font of the catalogue that has a glyph for a character; None if none has."""
    return next((index for index in range(len(CATALOGUE)) if covers(index, character)), None)


@cache
def _coverage(index: int) -> hb.Set:
    return face(index).unicodes
