"""Captions set as pills: how large each is and where its words stand, before it has a place in the picture."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from onlooker_annotator.captions import Caption, Kind, Line, Span
from onlooker_annotator.geometry import Extent, Rect
from onlooker_annotator.sizes import Sizes

Measure = Callable[[str, int], Extent]
"""Returns the room that a text takes at a size in pixels per em."""

CAP_ROOM = 0.76
"""Of an em, above the baseline: Noto Sans' capitals are 0.714 high. Taller letters get what they need."""
DESCENT_ROOM = 0.2
"""Of an em, below the baseline."""
SPACE = 0.5
"""Of an em, between two pieces of a line: they differ in brightness, so they need no mark between them."""
BAR = 0.16
"""Of an em: the width of a pill's bar."""
BAR_ROOM = 0.75
"""Of the padding, between a pill's bar and its words."""


class PlacedText(NamedTuple):
    """A piece of text on the canvas."""

    text: str
    size: int
    x: int
    baseline: int
    strong: bool


class Pill(NamedTuple):
    """A rounded plate with text and a bar in its kind's colour."""

    kind: Kind
    rect: Rect
    radius: int
    bar: Rect
    texts: tuple[PlacedText, ...]

    def moved(self, right: int, down: int) -> "Pill":
        """Return this pill at another place."""
        return self._replace(
            rect=self.rect.moved(right, down),
            bar=self.bar.moved(right, down),
            texts=tuple(text._replace(x=text.x + right, baseline=text.baseline + down) for text in self.texts),
        )


def set_pill(kind: Kind, caption: Caption, sizes: Sizes, measure: Measure) -> Pill:
    """Return a caption's pill at the origin: its lines under one another, right of the bar."""
    bar_width = max(1, round(sizes.text * BAR))
    left = sizes.padding + bar_width + round(sizes.padding * BAR_ROOM)
    top, right = sizes.padding, left
    texts: list[PlacedText] = []
    for number, line in enumerate(caption):
        spans = [(span, size, measure(span.text, size)) for span, size in _sized(line, sizes)]
        top += sizes.gap if number else 0
        baseline = top + max(max(extent.ascent, round(size * CAP_ROOM)) for _, size, extent in spans)
        x = left
        for span, size, extent in spans:
            texts.append(PlacedText(span.text, size, x, baseline, span.strong))
            right = max(right, x + extent.width)
            x += extent.width + round(size * SPACE)
        top = baseline + max(max(extent.descent, round(size * DESCENT_ROOM)) for _, size, extent in spans)
    bar = Rect(sizes.padding, sizes.padding, sizes.padding + bar_width, top)
    plate = Rect(0, 0, right + sizes.padding, top + sizes.padding)
    return Pill(kind, plate, min(sizes.radius, plate.height // 2), bar, tuple(texts))


def _sized(line: Line, sizes: Sizes) -> Iterator[tuple[Span, int]]:
    for span in line:
        yield span, sizes.text if span.strong else sizes.small_text
