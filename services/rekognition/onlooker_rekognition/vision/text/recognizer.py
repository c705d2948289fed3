"""Reads lines of text: many at once, as their widths allow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.vision.resample import crop_rectangle
from onlooker_rekognition.vision.text.readings import Character, decode
from onlooker_rekognition.vision.text.rectangles import Rectangle

_STEP = 8  # pixels of a crop for each step of the network
_NARROWEST, _WIDEST = 320, 3072  # pixels of a crop; wider lines are squeezed
_BATCH = 1920  # pixels of all crops of a batch side by side, which bounds its memory to some 100 MB
_GREY = 128  # fills a narrower crop up: 0 to the network


class TextRecognizer:
    """Reads Latin, Chinese and Japanese script."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._alphabet = ["", *network.metadata("character").split("\n"), " "]

    def read(self, pixels: Pixels, lines: Sequence[Rectangle]) -> list[list[Character]]:
        """The characters of each line, in the order of the lines; none where none is likely."""
        widths = [self._width(line) for line in lines]
        read: list[list[Character]] = [[]] * len(lines)
        for batch in _batches(widths):
            crops = self._crops(pixels, [(lines[index], widths[index]) for index in batch])
            outputs = self._network.run(crops)
            for index, classes, probabilities in zip(
                batch, outputs["characters"], outputs["probabilities"], strict=True
            ):
                read[index] = decode(classes, probabilities, self._alphabet, widths[index] / _STEP)
        return read

    def _width(self, line: Rectangle) -> int:
        return int(np.clip(np.ceil(self._network.size * line.width / line.height), 1, _WIDEST))

    def _crops(self, pixels: Pixels, lines: Sequence[tuple[Rectangle, int]]) -> Pixels:
        height, widest = self._network.size, max(_NARROWEST, *(-(-width // _STEP) * _STEP for _, width in lines))
        crops = np.full((len(lines), height, widest, 3), _GREY, np.uint8)
        for crop, (line, width) in zip(crops, lines, strict=True):
            crop[:, :width] = crop_rectangle(pixels, line.crop_transform(width, height), width, height)
        return crops


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Indices of crops of similar widths that are read together."""
    batch: list[int] = []
    for index in sorted(range(len(widths)), key=lambda index: widths[index]):
        if batch and (len(batch) + 1) * max(widths[index], _NARROWEST) > _BATCH:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch
