"""Regions of interest: the parts of a picture that a request asks about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.protocol.errors import InvalidParameterError

Points = Sequence[tuple[float, float]]

_LEAST_CORNERS, _MOST_CORNERS = 3, 10
_SAMPLES = 16  # along each side of what is compared with a region


@dataclass(frozen=True, slots=True)
class Region:
    """A polygon (x, y), as ratios of the picture; it may have dents."""

    corners: tuple[tuple[float, float], ...]

    def holds(self, quadrangle: Points) -> bool:
        """Whether more than half of a quadrangle is inside, as Amazon counts."""
        return self._share(quadrangle) > 1 / 2

    def touches(self, quadrangle: Points) -> bool:
        """Whether any part of a quadrangle is inside."""
        return self._share(quadrangle) > 0

    def _share(self, quadrangle: Points) -> float:
        """How much of a quadrangle is inside, judged by a grid of points in it."""
        steps = (np.arange(_SAMPLES) + 0.5) / _SAMPLES
        start, right, end, down = np.array(quadrangle)
        across, along = steps[:, None, None], steps[None, :, None]
        grid = (1 - along) * ((1 - across) * start + across * right) + along * ((1 - across) * down + across * end)
        return float(self._inside(grid.reshape(-1, 2)).mean())

    def _inside(self, points: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
        """Which of `points` (n, 2) are inside: a ray to the right crosses the edge an odd number of times."""
        inside = np.zeros(len(points), np.bool_)
        for (x, y), (next_x, next_y) in zip(self.corners, self.corners[1:] + self.corners[:1], strict=True):
            if y == next_y:
                continue
            between = (points[:, 1] >= y) != (points[:, 1] >= next_y)
            crossing = x + (points[:, 1] - y) / (next_y - y) * (next_x - x)
            inside ^= between & (points[:, 0] < crossing)
        return inside


def region(described: Mapping[str, Any]) -> Region:
    """A RegionOfInterest. Raises InvalidParameterError unless it has one shape, and that is whole."""
    if len(described.keys() & {"BoundingBox", "Polygon"}) != 1:
        raise InvalidParameterError(
            "Request has invalid parameters: a RegionOfInterest needs either BoundingBox or Polygon, and not both."
        )
    return _box(described["BoundingBox"]) if "BoundingBox" in described else _polygon(described["Polygon"])


def _box(described: Mapping[str, float]) -> Region:
    if missing := [name for name in ("Left", "Top", "Width", "Height") if name not in described]:
        raise InvalidParameterError(
            f"Request has invalid parameters: the BoundingBox of a RegionOfInterest lacks {', '.join(missing)}."
        )
    left, top = described["Left"], described["Top"]
    right, bottom = left + described["Width"], top + described["Height"]
    return Region(((left, top), (right, top), (right, bottom), (left, bottom)))


def _polygon(described: Sequence[Mapping[str, float]]) -> Region:
    if not _LEAST_CORNERS <= len(described) <= _MOST_CORNERS:
        raise InvalidParameterError(
            "Request has invalid parameters: the Polygon of a RegionOfInterest needs "
            f"{_LEAST_CORNERS} to {_MOST_CORNERS} points, it has {len(described)}."
        )
    if not all(point.keys() >= {"X", "Y"} for point in described):
        raise InvalidParameterError("Request has invalid parameters: each Point of a Polygon needs X and Y.")
    return Region(tuple((point["X"], point["Y"]) for point in described))
