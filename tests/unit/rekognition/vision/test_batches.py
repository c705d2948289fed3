"""What many threads ask of one device at the same time is computed together, and each gets its own."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from onlooker_rekognition.vision.batches import Batcher, Outputs
from onlooker_rekognition.vision.image import Pixels

LARGEST = 4


def pictures(*values: int, side: int = 2) -> Pixels:
    """Pictures that are each of one value."""
    return np.stack([np.full((side, side, 3), value, np.uint8) for value in values])


class Device:
    """Says what the value of each picture is. The first computation takes until `free` is set."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.busy, self.free = threading.Event(), threading.Event()

    def __call__(self, batch: Pixels) -> Outputs:
        self.batches.append([int(picture[0, 0, 0]) for picture in batch])
        self.busy.set()
        assert self.free.wait(20)
        if batch.max() == 255:
            raise ValueError("the device broke")
        return {"value": batch[:, 0, 0, :1].astype(np.float32)}


class Meanwhile:
    """Asks a batcher from many threads while its device is busy with another picture."""

    def __init__(self, device: Device, threads: ThreadPoolExecutor) -> None:
        self._threads = threads
        self.batcher = Batcher(device, largest=LARGEST)
        self.first = threads.submit(self.batcher, pictures(0))
        assert device.busy.wait(20)

    def ask(self, *asked: Pixels) -> list[Future[Any]]:
        """In this order; returns once all of them wait."""
        futures = []
        for number, each in enumerate(asked, start=1):
            futures.append(self._threads.submit(self.batcher, each))
            while len(self.batcher._waiting) < number:
                pass
        return futures


@pytest.fixture
def device() -> Device:
    return Device()


@pytest.fixture
def meanwhile(device: Device) -> Any:
    with ThreadPoolExecutor(8) as threads:
        yield lambda: Meanwhile(device, threads)
        device.free.set()


def values(future: Future[Outputs]) -> list[float]:
    return future.result(20)["value"][:, 0].tolist()


def test_alone_it_is_computed_at_once(device: Device) -> None:
    device.free.set()
    assert Batcher(device, largest=LARGEST)(pictures(7, 8))["value"].tolist() == [[7], [8]]


def test_what_comes_in_meanwhile_is_one_batch_and_each_gets_its_own(
    device: Device, meanwhile: Callable[[], Meanwhile]
) -> None:
    asked = meanwhile().ask(pictures(1), pictures(2, 3), pictures(4))
    device.free.set()
    assert [values(future) for future in asked] == [[1], [2, 3], [4]]
    assert device.batches == [[0], [1, 2, 3, 4]]


def test_no_batch_is_larger_than_the_largest(device: Device, meanwhile: Callable[[], Meanwhile]) -> None:
    asked = meanwhile().ask(pictures(1, 2, 3), pictures(4, 5), pictures(6))
    device.free.set()
    assert [values(future) for future in asked] == [[1, 2, 3], [4, 5], [6]]
    assert device.batches == [[0], [1, 2, 3], [4, 5, 6]]


def test_pictures_of_another_size_are_another_batch(device: Device, meanwhile: Callable[[], Meanwhile]) -> None:
    asked = meanwhile().ask(pictures(1), pictures(2, side=3), pictures(3))
    device.free.set()
    assert [values(future) for future in asked] == [[1], [2], [3]]
    assert device.batches == [[0], [1], [2], [3]]


def test_a_failure_is_raised_to_all_whose_pictures_it_was_and_to_nobody_else(
    device: Device, meanwhile: Callable[[], Meanwhile]
) -> None:
    others = meanwhile()
    asked = others.ask(pictures(1), pictures(255))
    device.free.set()
    for future in asked:
        with pytest.raises(ValueError, match="the device broke"):
            future.result(20)
    assert values(others.first) == [0]
    assert others.batcher(pictures(9))["value"].tolist() == [[9]], "it goes on"
