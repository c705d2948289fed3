"""A face that somebody draws on a picture: where its box is at first, and which face came of it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIRST = 0.28
"""Of the picture's shorter side: a box's side at first."""
WHOLE = 100.0
ROUNDED = 0.02
"""Percent by which two numbers that are rounded may be too much together."""


@dataclass(frozen=True, slots=True)
class Place:
    """A box in percent of the upright picture's width and height, as a form has it."""

    left: float
    top: float
    width: float
    height: float

    @property
    def sticks_out(self) -> bool:
        """Whether it is not within the picture, by more than its numbers are rounded."""
        return max(self.left + self.width, self.top + self.height) > WHOLE + ROUNDED

    @property
    def ratios(self) -> dict[str, float]:
        """What the recognizer takes: never outside of the picture."""
        left, top = self.left / WHOLE, self.top / WHOLE
        width, height = min(self.width / WHOLE, 1 - left), min(self.height / WHOLE, 1 - top)
        return {"left": left, "top": top, "width": width, "height": height}


def first_place(width: int, height: int) -> Place:
    """Return a square in the middle of a picture of so many pixels."""
    side = FIRST * min(width, height)
    across, down = WHOLE * side / width, WHOLE * side / height
    return Place(round((WHOLE - across) / 2, 1), round((WHOLE - down) / 2, 1), round(across, 1), round(down, 1))


def drawn_face(faces: Sequence[Mapping[str, Any]], box: Mapping[str, float]) -> int:
    """Return the number, from 1, of the face that is where somebody drew one: the one whose box is most like it."""
    distances = [sum(abs(face["bounding_box"][side] - box[side]) for side in box) for face in faces]
    return distances.index(min(distances)) + 1
