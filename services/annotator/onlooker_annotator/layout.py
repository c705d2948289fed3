"""Where boxes and pills go: from subjects and a canvas to shapes in pixels. Knows nothing of fonts or pixels' colours.

A pill covers no face, no other pill, and nothing outside of the picture. Where its longest caption has no such place,
a shorter one is tried; at last the box stays alone.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from onlooker_annotator.captions import Caption, Kind, Line, Span, Subject
from onlooker_annotator.geometry import Extent, Rect, Size, Taken, on_canvas
from onlooker_annotator.sizes import Sizes

Measure = Callable[[str, int], Extent]
"""Returns the room that a text takes at a size in pixels per em."""

CAP_ROOM = 0.76
"""Of an em, above the baseline: Noto Sans' capitals are 0.714 high. Taller letters get what they need."""
DESCENT_ROOM = 0.2
"""Of an em, below the baseline."""
EVEN_SHARE = 0.6
"""Of the faces that must have room for a length of caption if any is to have it: a crowd in which a few faces have
much to say and the others numbers looks as if those were different."""
SPACE = 0.5
"""Of an em, between two pieces of a line: they differ in brightness, so they need no mark between them."""
BAR = 0.16
"""Of an em: the width of a pill's bar."""
INSIDE_SHARE = 0.3
"""Of a box's height that a pill may cover from within, where there is no room around it."""


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


class Frame(NamedTuple):
    """A rounded frame around a face, or an object's four corners."""

    kind: Kind
    rect: Rect
    radius: int
    stroke: int
    halo: int


class Layout(NamedTuple):
    """What to draw, in this order."""

    frames: tuple[Frame, ...]
    pills: tuple[Pill, ...]


class _Block(NamedTuple):
    """A caption that is set but not placed: its pill stands at the origin."""

    width: int
    height: int
    bar: Rect
    texts: tuple[PlacedText, ...]


def arrange(subjects: Sequence[Subject], canvas: Size, measure: Measure) -> Layout:
    """Return the shapes for the subjects on a canvas."""
    faces = sum(subject.kind is Kind.FACE for subject in subjects)
    sizes = Sizes.of(canvas, faces)
    boxes = [on_canvas(subject.box, canvas) for subject in subjects]
    frames = [_frame(subject.kind, box, sizes) for subject, box in zip(subjects, boxes, strict=True)]
    frames.sort(key=lambda frame: (frame.kind is Kind.FACE, -frame.rect.width * frame.rect.height))
    pills = _Placing(canvas, sizes, measure, subjects, boxes).pills() if sizes.text else []
    return Layout(tuple(frames), tuple(pills))


def _frame(kind: Kind, box: Rect, sizes: Sizes) -> Frame:
    side = min(box.width, box.height)
    stroke = max(1, min(sizes.stroke, side // 6))
    return Frame(kind, box, min(sizes.radius, side // 3), stroke, sizes.halo)


class _Placing:
    """The search for the pills' places."""

    def __init__(
        self, canvas: Size, sizes: Sizes, measure: Measure, subjects: Sequence[Subject], boxes: Sequence[Rect]
    ) -> None:
        self._canvas = canvas
        self._sizes = sizes
        self._measure = measure
        self._subjects = list(zip(subjects, boxes, strict=True))
        self._blocks: dict[tuple[Kind, Caption], _Block] = {}
        self._cell = 4 * sizes.text
        self._faces = Taken(self._cell)
        for subject, box in self._subjects:
            if subject.kind is Kind.FACE:
                self._faces.add(box)

    def pills(self) -> list[Pill]:
        """Return the pills, with the longest captions that most faces have room for."""
        faces = sum(subject.kind is Kind.FACE for subject, _ in self._subjects)
        longest = max((len(subject.captions) for subject, _ in self._subjects), default=0)
        placed: list[Pill] = []
        for skipped in range(longest):
            placed, whole = self._place_all(skipped)
            if whole >= EVEN_SHARE * faces:
                break
        return placed

    def _place_all(self, skipped: int) -> tuple[list[Pill], int]:
        """Place all pills, none with one of the first `skipped` lengths of its captions.

        Returns:
            the pills, and how many faces got the longest caption that was left.
        """
        placed: list[Pill] = []
        taken = Taken(self._cell)
        whole = 0
        for subject, box in self._subjects:
            lengths = subject.captions[min(skipped, max(len(subject.captions) - 1, 0)) :]
            pills = (self._place(subject.kind, box, caption, taken) for caption in lengths)
            position, pill = next(((n, pill) for n, pill in enumerate(pills) if pill is not None), (0, None))
            if pill is not None:
                placed.append(pill)
                taken.add(pill.rect)
                whole += position == 0 and subject.kind is Kind.FACE
        return placed, whole

    def _place(self, kind: Kind, box: Rect, caption: Caption, taken: Taken) -> Pill | None:
        """Return a pill that covers no face but, on its chin, its own, and keeps a little distance to other pills."""
        block = self._block(kind, caption)
        around = _around_face if kind is Kind.FACE else _around_object
        for rect in around(box, block.width, block.height, self._sizes, self._canvas):
            if (
                rect.is_inside(self._canvas)
                and not self._faces.blocks(rect, but=box)
                and not taken.blocks(rect.grown(self._sizes.halo))
            ):
                return _pill(kind, rect, block, self._sizes)
        return None

    def _block(self, kind: Kind, caption: Caption) -> _Block:
        """Set a caption, once; an object's words are smaller than a face's."""
        if (kind, caption) not in self._blocks:
            sizes = self._sizes if kind is Kind.FACE else self._sizes.lesser
            self._blocks[kind, caption] = _set(caption, sizes, self._measure)
        return self._blocks[kind, caption]


def _around_face(box: Rect, width: int, height: int, sizes: Sizes, canvas: Size) -> Iterator[Rect]:
    """Yield places for a face's pill, best first: under it, like a name tag; over it; beside it; on its chin."""
    gap = sizes.gap + sizes.halo
    centre, middle = (box.left + box.right - width) // 2, (box.top + box.bottom - height) // 2
    for left in (centre, box.left, box.right - width):
        slid = _slid(left, width, canvas.width)
        yield _rect(slid, box.bottom + gap, width, height)
        yield _rect(slid, box.top - gap - height, width, height)
    for top in (box.top, box.bottom - height, middle):
        slid = _slid(top, height, canvas.height)
        yield _rect(box.right + gap, slid, width, height)
        yield _rect(box.left - gap - width, slid, width, height)
    if height + 2 * gap <= INSIDE_SHARE * box.height:
        yield _rect(_slid(centre, width, canvas.width), box.bottom - sizes.stroke - gap - height, width, height)


def _around_object(box: Rect, width: int, height: int, sizes: Sizes, canvas: Size) -> Iterator[Rect]:
    """Yield places for an object's pill, best first: in its corners, where the box is large enough, else outside."""
    inset = sizes.stroke + sizes.gap
    if width + 2 * inset <= box.width and height + 2 * inset <= box.height:
        for left in (box.left + inset, box.right - inset - width):
            yield _rect(left, box.top + inset, width, height)
            yield _rect(left, box.bottom - inset - height, width, height)
    gap, left = sizes.gap + sizes.halo, _slid(box.left, width, canvas.width)
    yield _rect(left, box.top - gap - height, width, height)
    yield _rect(left, box.bottom + gap, width, height)


def _rect(left: int, top: int, width: int, height: int) -> Rect:
    return Rect(left, top, left + width, top + height)


def _slid(start: int, length: int, limit: int) -> int:
    """Return a start from which `length` stays within 0..`limit`, if it can."""
    return max(0, min(start, limit - length))


def _set(caption: Caption, sizes: Sizes, measure: Measure) -> _Block:
    """Set a caption: its lines under one another, right of the bar."""
    bar_width = max(1, round(sizes.text * BAR))
    left = sizes.padding + bar_width + round(sizes.padding * 0.75)
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
    return _Block(right + sizes.padding, top + sizes.padding, bar, tuple(texts))


def _sized(line: Line, sizes: Sizes) -> Iterator[tuple[Span, int]]:
    for span in line:
        yield span, sizes.text if span.strong else sizes.small_text


def _pill(kind: Kind, rect: Rect, block: _Block, sizes: Sizes) -> Pill:
    bar = block.bar.moved(rect.left, rect.top)
    texts = tuple(text._replace(x=text.x + rect.left, baseline=text.baseline + rect.top) for text in block.texts)
    return Pill(kind, rect, min(sizes.radius, rect.height // 2), bar, texts)
