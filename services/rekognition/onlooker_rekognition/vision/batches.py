"""Batches made of what many threads ask of one device at the same time.

A graphics card takes little longer for eight pictures than for one. Nothing is waited for: whoever finds the device
free takes along what has come in meanwhile, and those whose pictures it took find their results. On a processor
nothing is gained (docs/performance.md), so there each thread computes for itself.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

import numpy as np
import numpy.typing as npt

from onlooker_rekognition.vision.image import Pixels

Outputs = dict[str, npt.NDArray[np.float32]]
"""A network's named results, each with a row for each picture."""


class Batcher:
    """Calls `compute`, one call at a time, with pictures of one or more callers. Thread-safe."""

    def __init__(self, compute: Callable[[Pixels], Outputs], *, largest: int) -> None:
        self._compute = compute
        self._largest = largest
        self._device = threading.Lock()
        self._waiting: deque[tuple[Pixels, Future[Outputs]]] = deque()

    def __call__(self, pictures: Pixels) -> Outputs:
        """The outputs for these pictures (n, height, width, 3); raises what computing them raised."""
        mine: Future[Outputs] = Future()
        self._waiting.append((pictures, mine))
        while not mine.done():
            with self._device:
                if not mine.done():  # nobody took it along while this thread waited for the device
                    self._run(self._next())
        return mine.result()

    def _next(self) -> list[tuple[Pixels, Future[Outputs]]]:
        """The first that waits, and those after it that are of its size and still fit in."""
        batch = [self._waiting.popleft()]
        first, count = batch[0][0], len(batch[0][0])
        while self._waiting:
            pictures = self._waiting[0][0]
            count += len(pictures)
            if pictures.shape[1:] != first.shape[1:] or count > self._largest:
                break
            batch.append(self._waiting.popleft())
        return batch

    def _run(self, batch: list[tuple[Pixels, Future[Outputs]]]) -> None:
        try:
            outputs = self._compute(np.concatenate([pictures for pictures, _ in batch]))
        except Exception as error:  # noqa: BLE001 (it is raised to everybody whose pictures these were)
            for _, result in batch:
                result.set_exception(error)
            return
        start = 0
        for pictures, result in batch:
            end = start + len(pictures)
            result.set_result({name: values[start:end] for name, values in outputs.items()})
            start = end
