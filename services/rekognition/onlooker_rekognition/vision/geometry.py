"""Boxes and transforms, as arrays of pixels.

A box is (left, top, right, bottom); points are (x, y); a transform is a 2 x 3 matrix that takes the pixels of a
crop to those of the picture.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.floating]


def overlaps(boxes: Array, others: Array) -> tuple[Array, Array]:
    """What each of `boxes` (n, 4) shares with each of `others` (m, 4): of their union, and of the smaller of the two.

    Both (n, m), 0..1.
    """
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], others[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    area, areas = _area(boxes)[:, None], _area(others)[None]
    tiny = np.finfo(np.float32).tiny
    return shared / np.maximum(area + areas - shared, tiny), shared / np.maximum(np.minimum(area, areas), tiny)


def suppress(boxes: Array, scores: Array, *, union: float, smaller: float = 1.0) -> list[int]:
    """Indices of the boxes (n, 4) to keep, best first: those that overlap no better one by more than the limits."""
    of_union, of_smaller = overlaps(boxes, boxes)
    rivals = (of_union > union) | (of_smaller > smaller)
    kept: list[int] = []
    for index in np.argsort(-scores, kind="stable"):
        if not rivals[index, kept].any():
            kept.append(int(index))
    return kept


def _area(boxes: Array) -> Array:
    return np.asarray(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0, None), axis=1))


def square(centre: Array, side: float, angle: float, size: int) -> Array:
    """The transform of a `size` pixels wide crop that shows a square of the picture, turned by `angle` radians."""
    cos, sin = np.cos(angle) * side / size, np.sin(angle) * side / size
    turn = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([turn, centre - turn @ [size / 2, size / 2]])


def similarity_transform(source: Array, target: Array) -> Array:
    """The rotation, scale and shift that takes `source` (n, 2) to `target` best, by least squares (Umeyama 1991)."""
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    centred = source - source_mean
    u, singular, v = np.linalg.svd((target - target_mean).T @ centred / len(source))
    signs = np.array([1.0, np.sign(np.linalg.det(u @ v))])
    turn = u @ np.diag(signs) @ v * (singular @ signs / centred.var(axis=0).sum())
    return np.column_stack([turn, target_mean - turn @ source_mean])


def apply(transform: Array, points: Array) -> Array:
    """`points` (..., 2) of the crop, in the picture."""
    return points @ transform[:, :2].T + transform[:, 2]


def scale_of(transform: Array) -> float:
    """How many of the picture's pixels one pixel of the crop is wide."""
    return float(np.sqrt(abs(np.linalg.det(transform[:, :2]))))


def turned_bounds(points: Array, angle: float) -> tuple[Array, float]:
    """Centre and side of the smallest square that is turned by `angle` and holds `points` (n, 2)."""
    cos, sin = np.cos(angle), np.sin(angle)
    upright = points @ np.array([[cos, -sin], [sin, cos]])
    low, high = upright.min(axis=0), upright.max(axis=0)
    centre = np.array([[cos, -sin], [sin, cos]]) @ ((low + high) / 2)
    return centre, float((high - low).max())
