"""The two face detectors: one good at large faces and free of false ones, one good at small faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onlooker_rekognition.vision.geometry import Array, suppress
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.models import Floats, Network
from onlooker_rekognition.vision.resample import letterbox


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What a detector takes for faces, best first: boxes (n, 4) in pixels, scores (n,) 0..1, roll (n,) in radians."""

    boxes: Array
    scores: Array
    angles: Array

    def __len__(self) -> int:
        return len(self.scores)


class BlazeFace:
    """Sees the picture at 256 pixels. Anchors: 2 at each 16th pixel, 6 at each 32nd."""

    _LOW = 0.4
    _UNION, _SMALLER = 0.3, 0.6

    def __init__(self, network: Network) -> None:
        self._network = network
        self._anchors = np.concatenate(
            [_grid(network.size, stride).repeat(count, axis=0) for stride, count in ((16, 2), (32, 6))]
        )

    def find(self, pixels: Pixels) -> Candidates:
        """Faces with a score of at least 0.4; their roll comes from the eyes."""
        view = letterbox(pixels, self._network.size)
        output = self._network.run(view.pixels[None])
        scores = _sigmoid(np.concatenate([output["fine_scores"][0], output["coarse_scores"][0]])[:, 0])
        sure = scores > self._LOW
        regression = np.concatenate([output["fine_boxes"][0], output["coarse_boxes"][0]])[sure]
        centres, half = regression[:, :2] + self._anchors[sure], regression[:, 2:4] / 2
        eyes = regression[:, 4:8].reshape(-1, 2, 2)  # of six points; relative to the anchor, as the centre
        across = eyes[:, 1] - eyes[:, 0]
        corners = np.stack([centres - half, centres + half], axis=1)
        boxes = view.to_picture(corners).reshape(-1, 4)
        return _best(boxes, scores[sure], np.arctan2(across[:, 1], across[:, 0]), (self._UNION, self._SMALLER))


class Ssd:
    """Sees the picture at 512 pixels."""

    _LOW = 0.3
    _UNION, _SMALLER = 0.5, 1.0

    def __init__(self, network: Network) -> None:
        self._network = network

    def find(self, pixels: Pixels) -> Candidates:
        """Faces with a score of at least 0.3 (0.5, its authors' choice, loses some); their roll is not known: 0."""
        view = letterbox(pixels, self._network.size)
        output = self._network.run(view.pixels[None])
        sure = output["scores"][0] > self._LOW
        corners = output["boxes"][0][sure][:, [1, 0, 3, 2]].reshape(-1, 2, 2) * self._network.size
        limits = np.array(pixels.shape[1::-1])
        boxes = np.clip(view.to_picture(corners), 0, limits).reshape(-1, 4)
        return _best(boxes, output["scores"][0][sure], np.zeros(len(boxes)), (self._UNION, self._SMALLER))


def _best(boxes: Array, scores: Array, angles: Array, limits: tuple[float, float]) -> Candidates:
    kept = suppress(boxes, scores, union=limits[0], smaller=limits[1])
    return Candidates(boxes[kept], scores[kept], angles[kept])


def _grid(size: int, stride: int) -> Array:
    """The centres (n, 2) of a grid's cells, row by row."""
    centres = (np.arange(size // stride) + 0.5) * stride
    across, down = np.meshgrid(centres, centres)
    return np.stack([across, down], axis=-1).reshape(-1, 2)


def _sigmoid(values: Floats) -> Array:
    return np.asarray(1 / (1 + np.exp(-np.clip(values.astype(np.float64), -60, 60))))
