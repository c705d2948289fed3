"""Where a pill may stand beside its box, best place first. Whether a place is free is the layout's to say."""

from collections.abc import Iterator

from onlooker_annotator.geometry import Rect, Size
from onlooker_annotator.sizes import Sizes

INSIDE_SHARE = 0.3
"""Of a box's height that a pill may cover from within, where there is no room around it."""


def around_face(box: Rect, plate: Rect, sizes: Sizes, canvas: Size) -> Iterator[Rect]:
    """Yield places for a face's pill, best first: under it, like a name tag; over it; beside it; on its chin."""
    width, height, gap = plate.width, plate.height, sizes.gap + sizes.halo
    centre, middle = (box.left + box.right - width) // 2, (box.top + box.bottom - height) // 2
    for top in (box.bottom + gap, box.top - gap - height):
        for left in (centre, box.left, box.right - width):
            yield _rect(_slid(left, width, canvas.width), top, width, height)
    for top in (box.top, box.bottom - height, middle):
        slid = _slid(top, height, canvas.height)
        yield _rect(box.right + gap, slid, width, height)
        yield _rect(box.left - gap - width, slid, width, height)
    if height + 2 * gap <= INSIDE_SHARE * box.height:
        yield _rect(_slid(centre, width, canvas.width), box.bottom - sizes.stroke - gap - height, width, height)


def around_object(box: Rect, plate: Rect, sizes: Sizes, canvas: Size) -> Iterator[Rect]:
    """Yield places for an object's pill, best first: in its corners, where the box is large enough, else outside."""
    width, height, inset = plate.width, plate.height, sizes.stroke + sizes.gap
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
