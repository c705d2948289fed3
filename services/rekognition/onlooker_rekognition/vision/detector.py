"""Finds what looks like a face, with one small network that looks at the picture closer and closer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.geometry import Array, suppress
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.models import Floats, Network
from onlooker_rekognition.vision.resample import View, cut, fit, pad
from onlooker_rekognition.vision.together import ahead, together

_LOW = 0.4
_CLEAR = 0.8
_STEP_BACK = 1.8  # the window over the picture, for a face that fills the picture
_UNION, _SMALLER = 0.3, 0.6  # above either, two boxes are one face
_LONG = 3  # times its shorter side: a longer picture, a panorama, is looked at as closely as if it were no longer
_CLOSEST = 6  # windows per side; a face of 1.5 % of the picture's side is then found
_EVERYWHERE = 4  # closer than this only where small faces were seen
_ALWAYS = 2
_PORTRAIT, _BYSTANDER = 0.3, 0.12
"""Shares of the picture's side: a face of the first and none below the second, and nothing smaller is looked for."""
_OVERLAP = 0.3  # of neighbouring windows: a face smaller than this is whole in one of them
_LARGEST_IN_WINDOW = 0.45  # larger faces are the business of the coarser look; here they are parts of things
_SMALLEST_IN_WINDOW = 0.055  # of its side; smaller faces are mostly missed
_SPREAD, _SPREAD_NEARBY = 2.5, 1.4  # how many times smaller than one that was found a face may be: anywhere, beside it
_BORDER = 2  # pixels; a box that ends here at a window's inner border is cut off


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What may be faces, best first: boxes (n, 4) in pixels, scores (n,) 0..1, roll (n,) in radians."""

    boxes: Array
    scores: Array
    angles: Array

    def __len__(self) -> int:
        return len(self.scores)

    def select(self, which: npt.NDArray[np.bool_ | np.intp]) -> Candidates:
        """Those that a mask (n,) or indices name."""
        return Candidates(self.boxes[which], self.scores[which], self.angles[which])

    @property
    def sides(self) -> Array:
        """The boxes' longer sides (n,)."""
        return np.asarray((self.boxes[:, 2:] - self.boxes[:, :2]).max(axis=1))


class FaceDetector:
    """BlazeFace on the whole picture, on four windows of it, and on more while there are small faces.

    The network sees 256 pixels. Anchors: 2 at each 16th pixel, 6 at each 32nd.
    """

    def __init__(self, blazeface: Network, helpers: Executor | None = None) -> None:
        """`helpers` look at windows while the caller looks at others."""
        self._network = blazeface
        self._helpers = helpers
        self._anchors = np.concatenate(
            [_grid(blazeface.size, stride).repeat(count, axis=0) for stride, count in ((16, 2), (32, 6))]
        )

    def find(self, pixels: Pixels) -> Candidates:
        """Candidates with a score of at least 0.4."""
        shorter, longest = sorted(pixels.shape[:2])
        side = min(longest, _LONG * max(shorter, self._network.size))
        with ahead(lambda: self._scaled(pixels, side, _ALWAYS), self._helpers) as closer:
            found = self._look(pixels, self._scaled(pixels, longest, 1), 1)
            if not np.any(found.scores >= _CLEAR):
                found = _best([found, self._look(pixels, self._scaled(pixels, longest, 0), 0)])
            if _is_portrait(found, longest):
                return found
            for level in range(2, _CLOSEST + 1):
                if _window(side, level) < self._network.size or not _worthwhile(found, side, level):
                    break
                picture = closer() if level == _ALWAYS else self._scaled(pixels, side, level)
                near = _small(found, side, level) if level > _EVERYWHERE else None
                found = _best([found, self._look(pixels, picture, level, near)])
        return found

    def _scaled(self, pixels: Pixels, side: float, level: int) -> View:
        """The picture as large as the network sees it through a level's windows."""
        return fit(pixels, round(self._network.size * max(pixels.shape[:2]) / _window(side, level)))

    def _look(self, pixels: Pixels, picture: View, level: int, near: Candidates | None = None) -> Candidates:
        """All faces in a level's windows on `picture`, which is scaled for them; if `near`, in those around it."""
        size = self._network.size

        def show(view: View) -> Candidates:
            faces = self._faces(pad(view, size))
            if level > 1:
                faces = faces.select(faces.sides * view.scale.max() < _LARGEST_IN_WINDOW * size)
                faces = faces.select(_inside(faces.boxes, view, pixels))
            return faces

        places = _windows(picture.pixels.shape[1], picture.pixels.shape[0], size)
        views = [cut(picture, left, top, size) for left, top in places]
        return _best(together(show, [each for each in views if not near or _shows(each, near)], self._helpers))

    def _faces(self, view: View) -> Candidates:
        output = self._network.run(view.pixels[None])
        scores = _sigmoid(np.concatenate([output["fine_scores"][0], output["coarse_scores"][0]])[:, 0])
        sure = scores > _LOW
        regression = np.concatenate([output["fine_boxes"][0], output["coarse_boxes"][0]])[sure]
        centres, half = regression[:, :2] + self._anchors[sure], regression[:, 2:4] / 2
        eyes = regression[:, 4:8].reshape(-1, 2, 2)  # the first two of six points, relative to the anchor
        across = eyes[:, 1] - eyes[:, 0]
        corners = view.to_picture(np.stack([centres - half, centres + half], axis=1))
        return Candidates(corners.reshape(-1, 4), scores[sure], np.arctan2(across[:, 1], across[:, 0]))


def _is_portrait(found: Candidates, longest: int) -> bool:
    clear = found.sides[found.scores >= _CLEAR] / longest
    return bool(len(clear) and clear.max() >= _PORTRAIT and clear.min() >= _BYSTANDER)


def _worthwhile(found: Candidates, side: float, level: int) -> bool:
    """Whether to look as close as `level`: if small faces were found, or as yet none."""
    if not len(found):
        return level <= _ALWAYS + 1
    return level <= _ALWAYS or len(_small(found, side, level)) > 0


def _small(found: Candidates, side: float, level: int) -> Candidates:
    """Those near whom there may be faces that are too small for the level before `level`."""
    spread = _SPREAD if level <= _EVERYWHERE else _SPREAD_NEARBY
    return found.select(found.sides < spread * _SMALLEST_IN_WINDOW * _window(side, level - 1))


def _window(side: float, level: int) -> float:
    """The side, in pixels, of a level's windows on a picture whose longer side is `side`, or counts as no longer."""
    if level == 0:
        return side * _STEP_BACK
    return side if level == 1 else side / level * (1 + _OVERLAP)


def _windows(width: int, height: int, size: int) -> Iterator[tuple[int, int]]:
    for top in _starts(height, size):
        for left in _starts(width, size):
            yield left, top


def _starts(length: int, size: int) -> list[int]:
    """Where windows begin that cover `length` evenly with at least the overlap."""
    if length <= size:
        return [0]
    count = int(np.ceil((length - size * _OVERLAP) / (size * (1 - _OVERLAP))))
    return [int(start) for start in np.linspace(0, length - size, max(count, 2)).round()]


def _shows(view: View, candidates: Candidates) -> bool:
    """Whether the middle of any candidate is in the view."""
    first, last = view.to_picture(np.zeros(2)), view.to_picture(np.array(view.pixels.shape[1::-1]))
    middles = (candidates.boxes[:, :2] + candidates.boxes[:, 2:]) / 2
    return bool(np.any(np.all((middles >= first) & (middles <= last), axis=1)))


def _inside(boxes: Array, view: View, picture: Pixels) -> npt.NDArray[np.bool_]:
    """Which boxes (n, 4) do not end at a border of the view that is not the picture's border."""
    limits = np.array(picture.shape[1::-1])
    low = view.to_picture(np.array([_BORDER, _BORDER]))
    high = view.to_picture(np.array(view.pixels.shape[1::-1]) - _BORDER)
    first, last = view.to_picture(np.zeros(2)), view.to_picture(np.array(view.pixels.shape[1::-1]))
    cut_low = (boxes[:, :2] < low) & (first > 1)
    cut_high = (boxes[:, 2:] > high) & (last < limits - 1 / view.scale)
    return np.asarray(~(cut_low | cut_high).any(axis=1))


def _best(parts: list[Candidates]) -> Candidates:
    boxes = np.concatenate([part.boxes for part in parts])
    scores = np.concatenate([part.scores for part in parts])
    angles = np.concatenate([part.angles for part in parts])
    kept = suppress(boxes, scores, union=_UNION, smaller=_SMALLER)
    return Candidates(boxes, scores, angles).select(np.array(kept, np.intp))


def _grid(size: int, stride: int) -> Array:
    """The centres (n, 2) of a grid's cells, row by row."""
    centres = (np.arange(size // stride) + 0.5) * stride
    across, down = np.meshgrid(centres, centres)
    return np.stack([across, down], axis=-1).reshape(-1, 2)


def _sigmoid(values: Floats) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values.astype(np.float64), -60, 60))))
