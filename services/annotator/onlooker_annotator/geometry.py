"""Rectangles and lines in whole pixels."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from onlooker_shared.recognition import BoundingBox


class Size(NamedTuple):
    """Of a picture, in pixels."""

    width: int
    height: int

    def within(self, longest: int) -> "Size":
        """Return this size, made smaller in proportion if a side is longer than `longest`; never under a pixel."""
        factor = longest / max(self)
        if factor >= 1:
            return self
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))


class Extent(NamedTuple):
    """How much room a line of text takes: from pen start to pen end, and of ink above and below its baseline."""

    width: int
    ascent: int
    descent: int


class Rect(NamedTuple):
    """A rectangle in pixels; right and bottom are outside of it, as Pillow counts."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels across."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels down."""
        return self.bottom - self.top

    def grown(self, by: int) -> "Rect":
        """Return this rectangle with every side moved outwards."""
        return Rect(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def moved(self, right: int, down: int) -> "Rect":
        """Return this rectangle at another place."""
        return Rect(self.left + right, self.top + down, self.right + right, self.bottom + down)

    def overlaps(self, other: "Rect") -> bool:
        """Whether the two share a pixel."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def is_inside(self, canvas: Size) -> bool:
        """Whether all of it is on the canvas."""
        return self.left >= 0 and self.top >= 0 and self.right <= canvas.width and self.bottom <= canvas.height


class Taken:
    """Rectangles that are in the way of others, found by the squares of a grid that they lie in.

    Args:
        cell: a square's side in pixels: about as large as what is asked about.
    """

    def __init__(self, cell: int) -> None:
        self._cell = cell
        self._squares: defaultdict[tuple[int, int], list[Rect]] = defaultdict(list)

    def add(self, rect: Rect) -> None:
        """Let a rectangle be in the way."""
        for square in self._touched(rect):
            self._squares[square].append(rect)

    def blocks(self, rect: Rect, *, but: Rect | None = None) -> bool:
        """Whether anything is in the way of `rect`, `but` aside."""
        return any(
            rect.overlaps(other)
            for square in self._touched(rect)
            for other in self._squares.get(square, ())
            if other is not but
        )

    def _touched(self, rect: Rect) -> Iterator[tuple[int, int]]:
        for column in range(rect.left // self._cell, (rect.right - 1) // self._cell + 1):
            for row in range(rect.top // self._cell, (rect.bottom - 1) // self._cell + 1):
                yield column, row


def on_canvas(box: BoundingBox, canvas: Size) -> Rect:
    """Return a box of ratios in pixels, cut to the canvas and at least a pixel large."""
    left = min(max(round(box.left * canvas.width), 0), canvas.width - 1)
    top = min(max(round(box.top * canvas.height), 0), canvas.height - 1)
    right = min(max(round((box.left + box.width) * canvas.width), left + 1), canvas.width)
    bottom = min(max(round((box.top + box.height) * canvas.height), top + 1), canvas.height)
    return Rect(left, top, right, bottom)
