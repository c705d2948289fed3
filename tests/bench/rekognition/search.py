"""Searches among a million synthetic faces (or as many as FACES says): by the index alone, and by SearchFaces.

Each against an exact search of the same faces: how often both find the same, and how much longer looking at all takes.
"""

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

import embeddings
from calls import Caller
from footprint import megabytes
from onlooker_rekognition.index import EmbeddingIndex, Helpers
from rekognition_server import REAL, running_server

FACES = int(os.environ.get("FACES", "1000000"))
QUERIES, SEARCHES, NEAREST = 200, 1_000, 10
COLLECTION = "people"
SETTLED_SECONDS = 0.02  # of a search; longer ones are exact, as codes are still being made
PATIENCE_SECONDS = 120


def main(photos: Path) -> None:
    """Print recall, times, bytes and seconds."""
    for name, make in (("people", embeddings.people), ("noise", embeddings.noise)):
        _measure_index(name, *make(FACES, QUERIES))
    faces, _ = embeddings.people(FACES, 0)
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        with running_server(REAL, data, "--log-level", "ERROR") as server:
            Caller(server.url).call("ListCollections")
            empty = megabytes(server)
        data = Path(scratch) / "full"
        ids = embeddings.keep(data, COLLECTION, faces)
        _measure_server(data, ids, faces, empty)


def _measure_index(name: str, faces: embeddings.Matrix, queries: embeddings.Matrix) -> None:
    halves = embeddings.halves_of(faces)
    truth = embeddings.nearest(faces, halves, queries, NEAREST)
    exact = _times([lambda one=one: embeddings.nearest(faces, halves, one[None], NEAREST) for one in queries[:20]])
    others = max((os.cpu_count() or 1) - 1, 1)
    with ThreadPoolExecutor(1) as background, ThreadPoolExecutor(others) as scanning:
        index = EmbeddingIndex(embeddings.DIMENSIONS, background, helpers=Helpers(scanning, others))
        began = time.perf_counter()
        for start in range(0, FACES, 2_048):
            index.add(range(start, min(FACES, start + 2_048)), faces[start : start + 2_048])
        index.coded().result()
        built = time.perf_counter() - began
        found = [index.nearest(query, NEAREST)[0] for query in queries]
        times = _times([lambda query=query: index.nearest(query, NEAREST) for query in queries])
    _print(f"index of {name}: recall@{NEAREST}", f"{_recall(found, truth):8.4f}", "at least 0.99")
    _print(f"index of {name}: p50, p99", f"{_percentile(times, 50):8.1f} ms, {_percentile(times, 99):.1f} ms")
    _print(f"index of {name}: exact search, in times of p50", f"{np.median(exact) / np.median(times):8.1f}")
    _print(f"index of {name}: built", f"{built:8.1f} s")


def _measure_server(data: Path, ids: list[str], faces: embeddings.Matrix, empty: float) -> None:
    rows = np.random.default_rng(1).choice(FACES, SEARCHES, replace=False)
    began = time.perf_counter()
    with running_server(REAL, data, "--log-level", "ERROR") as server:
        ready = time.perf_counter() - began
        caller = Caller(server.url)

        def search(row: int, **limits: float) -> list[str]:
            answer = caller.call("SearchFaces", CollectionId=COLLECTION, FaceId=ids[row], **limits)
            return [match["Face"]["FaceId"] for match in answer["FaceMatches"]]

        search(rows[0])
        searchable = time.perf_counter() - began
        meanwhile = []
        while len(meanwhile) < 5 or max(meanwhile[-5:]) > SETTLED_SECONDS:
            if time.perf_counter() - began > PATIENCE_SECONDS:
                print("search      not yet at full speed: codes are being made, or the machine has other work")
                break
            meanwhile += _times([lambda: search(rows[0])])
        settled = time.perf_counter() - began
        found = [search(row, MaxFaces=NEAREST, FaceMatchThreshold=0) for row in rows[:QUERIES]]
        by_default = _times([lambda row=row: search(row) for row in rows])
        nearest = _times([lambda row=row: search(row, MaxFaces=NEAREST, FaceMatchThreshold=0) for row in rows])
        full = megabytes(server)
    truth = embeddings.nearest(faces, embeddings.halves_of(faces), faces[rows[:QUERIES]], NEAREST + 1)
    wanted = [[ids[row] for row in of_query[1:]] for of_query in truth]  # the first is the face itself
    _print("ready after a restart", f"{ready:8.1f} s")
    _print("searchable after a restart", f"{searchable:8.1f} s", "at most 60")
    _print("at full speed after a restart", f"{settled:8.1f} s")
    _print("slowest search until then", f"{1000 * max(meanwhile):8.1f} ms")
    _print(f"SearchFaces: recall@{NEAREST}", f"{_recall(found, wanted):8.4f}", "at least 0.99")
    for name, times in (("by default", by_default), (f"{NEAREST} nearest", nearest)):
        p50, p99 = _percentile(times, 50), _percentile(times, 99)
        _print(f"SearchFaces, {name}: p50, p99", f"{p50:8.1f} ms, {p99:.1f} ms", "at most 5, 20")
    _print("memory a face", f"{(full - empty) * 1e6 / FACES:8.0f} bytes", "at most 1200")


def _times(calls: list[Callable[[], object]]) -> list[float]:
    times = []
    for call in calls:
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


def _percentile(times: list[float], percent: int) -> float:
    return 1000 * float(np.percentile(times, percent))


def _recall(found: list[list], wanted: object) -> float:
    return float(np.mean([len(set(some) & set(all_)) / len(all_) for some, all_ in zip(found, wanted, strict=True)]))


def _print(what: str, value: str, goal: str = "") -> None:
    print(f"search      {what:48}{value}{f'   ({goal})' if goal else ''}", flush=True)
