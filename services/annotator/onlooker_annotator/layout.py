"""Where boxes and pills go: from subjects and a canvas to shapes in pixels. Knows nothing of fonts or pixels' colours.

A pill covers no face, no other pill, and nothing outside of the picture. Where its longest caption has no such place,
a shorter one is tried; at last the box stays alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

from onlooker_annotator.captions import Caption, Kind, Subject
from onlooker_annotator.geometry import Rect, Size, Taken, on_canvas
from onlooker_annotator.pills import Measure, Pill, set_pill
from onlooker_annotator.places import around_face, around_object
from onlooker_annotator.sizes import Sizes

EVEN_SHARE = 0.6
"""Of the faces that must have room for a length of caption if any is to have it: a crowd in which a few faces have
much to say and the others numbers looks as if those were different."""


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
        self._set_pills: dict[tuple[Kind, Caption], Pill] = {}
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
        pill = self._set(kind, caption)
        around = around_face if kind is Kind.FACE else around_object
        for rect in around(box, pill.rect, self._sizes, self._canvas):
            if (
                rect.is_inside(self._canvas)
                and not self._faces.blocks(rect, but=box)
                and not taken.blocks(rect.grown(self._sizes.halo))
            ):
                return pill.moved(rect.left, rect.top)
        return None

    def _set(self, kind: Kind, caption: Caption) -> Pill:
        """Set a caption, once; an object's words are smaller than a face's."""
        if (kind, caption) not in self._set_pills:
            sizes = self._sizes if kind is Kind.FACE else self._sizes.lesser
            self._set_pills[kind, caption] = set_pill(kind, caption, sizes, self._measure)
        return self._set_pills[kind, caption]
