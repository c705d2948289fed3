"""Rectangles that are turned as the text in them is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.vision.geometry import Array

_TURN = np.array([[0.0, -1.0], [1.0, 0.0]])  # takes right to down: y points down


@dataclass(frozen=True, slots=True, eq=False)
class Rectangle:
    """A rectangle in pixels of the picture: where its text begins, at the top, and its two sides as vectors (2,).

    `across` is the way the text reads, `down` is the way from the letters' tops to their feet.
    """

    origin: Array
    across: Array
    down: Array

    @classmethod
    def around(cls, centre: Array, across: Array, down: Array) -> Rectangle:
        """The rectangle with these sides."""
        return cls(centre - (across + down) / 2, across, down)

    @property
    def width(self) -> float:
        """Along the text, in pixels."""
        return float(np.linalg.norm(self.across))

    @property
    def height(self) -> float:
        """Across the text, in pixels."""
        return float(np.linalg.norm(self.down))

    @property
    def thickness(self) -> float:
        """The shorter of both: how high the letters are, however the text is turned."""
        return min(self.width, self.height)

    @property
    def centre(self) -> Array:
        """Its middle (2,)."""
        return self.origin + (self.across + self.down) / 2

    @property
    def corners(self) -> Array:
        """The corners (4, 2), clockwise from where the text begins."""
        return self.origin + np.stack([0 * self.across, self.across, self.across + self.down, self.down])

    def holds(self, point: Array) -> bool:
        """Whether a point (2,) is inside."""
        along = np.linalg.solve(np.column_stack([self.across, self.down]), point - self.origin)
        return bool(np.all((along >= 0) & (along <= 1)))

    def turned(self, quarters: int) -> Rectangle:
        """The same place for text that reads so many quarter turns clockwise: 1 reads downwards, 3 upwards."""
        if quarters == 0:
            return self
        once = Rectangle(self.origin + self.across, self.down, -self.across)
        return once.turned(quarters - 1)

    def part(self, start: float, end: float) -> Rectangle:
        """What lies between two ratios of the width."""
        return Rectangle(self.origin + start * self.across, (end - start) * self.across, self.down)

    def grown(self, margin: float) -> Rectangle:
        """With so many pixels more on each side."""
        across, down = self.across / self.width, self.down / self.height
        return Rectangle.around(self.centre, self.across + 2 * margin * across, self.down + 2 * margin * down)

    def crop_transform(self, width: int, height: int) -> Array:
        """The transform (2, 3) from the pixels of a crop of that size to those of the picture."""
        return np.column_stack([self.across / width, self.down / height, self.origin])


def upright(centre: Array, width: float, height: float, degrees: float) -> Rectangle:
    """The rectangle turned clockwise by `degrees`, as text that is turned by 45 degrees at most would read in it."""
    quarters = round(degrees / 90)
    angle = np.radians(degrees - 90 * quarters)
    if quarters % 2:
        width, height = height, width
    direction = np.array([np.cos(angle), np.sin(angle)])
    return Rectangle.around(centre, width * direction, height * _TURN @ direction)
