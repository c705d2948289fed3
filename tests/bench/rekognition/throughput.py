"""Full analyses a second through the served API, against the bare forward passes that they are made of.

A full analysis is DetectFaces with all attributes and DetectLabels of one picture with one face. The passes are
recorded from the engine and run again with nothing around them, by as many threads as the server has workers. Both
take turns in one run, so that what else the machine does meets both. Processor time is printed too: on a machine that
does other work it says more than the clock.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import cv2

import samples
from calls import ask_for_each, full_analysis
from onlooker_rekognition.vision import Engine, ModelStore
from onlooker_rekognition.vision.image import Pixels
from onlooker_rekognition.vision.models import Network
from onlooker_rekognition.weights.lock import default_cache
from rekognition_server import REAL, RekognitionServer, running_server

WORKERS, CLIENTS, ROUNDS = 2, 4, 5
PICTURES = 24  # of each round

Pass = Callable[[], Any]


class RecordingStore(ModelStore):
    """Keeps each forward pass that is asked for, to be run again."""

    def __init__(self, cache: Path) -> None:
        super().__init__(cache)
        self.passes: list[Pass] = []

    def network(self, name: str) -> Network:
        network = super().network(name)
        return _Recorder(network, self.passes)


class _Recorder(Network):
    def __init__(self, network: Network, passes: list[Pass]) -> None:
        self._network, self._passes = network, passes

    @property
    def size(self) -> int:
        return self._network.size

    def metadata(self, key: str) -> str:
        return self._network.metadata(key)

    def run(self, pictures: Pixels) -> Any:
        self._passes.append(lambda: self._network.run(pictures))
        return self._network.run(pictures)


def main(photos: Path) -> None:
    """Print both rates and their ratio."""
    cv2.setNumThreads(1)
    store = RecordingStore(default_cache())
    engine = Engine(store)
    pictures = samples.jpegs(samples.one_face(photos, engine))
    passes = _passes_of(engine, store, list(islice(pictures, PICTURES)))
    served, raw = [], []
    with tempfile.TemporaryDirectory() as scratch, _server(Path(scratch)) as server:
        ask_for_each(server.url, list(islice(pictures, CLIENTS)), full_analysis, clients=CLIENTS)  # loads the models
        for _ in range(ROUNDS):
            batch = list(islice(pictures, PICTURES))
            ask = partial(ask_for_each, server.url, batch, full_analysis, clients=CLIENTS)
            served.append(_cost(ask, partial(_processor_seconds, server)))
            raw.append(_cost(partial(_run_all, passes), time.process_time))
    _print("full analyses served", served, f"{WORKERS} workers, {CLIENTS} clients")
    _print("their forward passes alone", raw, f"{len(passes[0])} passes a picture")
    ratio = median(alone.clock / whole.clock for whole, alone in zip(served, raw, strict=True))
    by_processor = median(alone.processor / whole.processor for whole, alone in zip(served, raw, strict=True))
    print(f"throughput  ratio                         {ratio:6.2f}     (at least 0.85)")
    print(f"throughput  ratio of processor time       {by_processor:6.2f}")


class Cost(NamedTuple):
    """Seconds a picture, by the clock and of processors."""

    clock: float
    processor: float


def _print(name: str, costs: list[Cost], how: str) -> None:
    rate = 1 / median(cost.clock for cost in costs)
    milliseconds = 1000 * median(cost.processor for cost in costs)
    print(f"throughput  {name:29s} {rate:6.1f} /s  ({how}; {milliseconds:.0f} ms of processor time each)")


def _cost(work: Callable[[], object], processor: Callable[[], float]) -> Cost:
    spent, began = processor(), time.perf_counter()
    work()
    return Cost((time.perf_counter() - began) / PICTURES, (processor() - spent) / PICTURES)


def _processor_seconds(server: RekognitionServer) -> float:
    """What the server's process has used so far."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")  # in user code and in the kernel


def _passes_of(engine: Engine, store: RecordingStore, pictures: list[bytes]) -> list[list[Pass]]:
    """The passes of each picture's full analysis."""
    passes = []
    for picture in pictures:
        store.passes.clear()
        image = engine.decode(picture)
        engine.detect_faces(image, attributes=True)
        engine.detect_labels(image)
        passes.append(list(store.passes))
    return passes


def _run_all(passes: list[list[Pass]]) -> None:
    with ThreadPoolExecutor(WORKERS) as threads:
        list(threads.map(lambda of_picture: [run() for run in of_picture], passes))


@contextmanager
def _server(scratch: Path) -> Iterator[RekognitionServer]:
    with running_server(REAL, scratch / "data", "--workers", str(WORKERS), "--log-level", "ERROR") as server:
        yield server
