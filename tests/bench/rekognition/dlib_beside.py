"""The same work side by side: every picture decoded, its faces found, their landmarks and embeddings.

By this engine, and by face_recognition 1.3 on dlib 20, whose models are a package: those that DeepFace and its like
fetch when they are first used are in no package registry. Both take turns, each with one thread.
"""

import subprocess
import tempfile
import time
from itertools import islice
from pathlib import Path
from statistics import median

import cv2

import samples
from onlooker_rekognition.vision import Engine, ModelStore
from onlooker_rekognition.weights.lock import default_cache

PYTHON = Path(__file__).parents[3] / ".cache" / "bench" / "bin" / "python"
WORKER = Path(__file__).with_name("dlib_work.py")
PICTURES, ROUNDS = 8, 3


def main(photos: Path) -> None:
    """Print the rates, the faces found and the ratio."""
    if not PYTHON.exists():
        print("dlib_beside is left out: `make bench-rekognition` makes the environment that it needs")
        return
    cv2.setNumThreads(1)
    engine = Engine(ModelStore(default_cache()))
    pictures = list(islice(samples.jpegs(samples.one_face(photos, engine)), PICTURES))
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_by_us(engine, pictures))
        theirs.append(_by_dlib(pictures))
    for name, rounds in (("this engine", ours), ("face_recognition (dlib)", theirs)):
        rate = median(PICTURES / seconds for seconds, _ in rounds)
        print(
            f"dlib_beside {name:29s} {rate:6.1f} /s  ({rounds[0][1]} faces in {PICTURES} pictures of one, one thread)"
        )
    ratio = median(one[0] / other[0] for one, other in zip(theirs, ours, strict=True))
    print(f"dlib_beside times as fast                 {ratio:6.1f}")


def _by_us(engine: Engine, pictures: list[bytes]) -> tuple[float, int]:
    began = time.perf_counter()
    found = sum(
        len(engine.detect_faces(engine.decode(picture), attributes=False, embeddings=True)) for picture in pictures
    )
    return time.perf_counter() - began, found


def _by_dlib(pictures: list[bytes]) -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as scratch:
        paths = [Path(scratch) / f"{number}.jpg" for number in range(len(pictures))]
        for path, picture in zip(paths, pictures, strict=True):
            path.write_bytes(picture)
        command = [PYTHON, WORKER, "2", *paths]  # the first round loads the models
        lines = subprocess.run(
            command, check=True, stdout=subprocess.PIPE, text=True, env={"OMP_NUM_THREADS": "1"}
        ).stdout.splitlines()
    seconds, found = lines[-1].split()
    return float(seconds), int(found)
