"""Pictures a second of the whole pipeline, against the bare engine on the same cores and the same pictures."""

import asyncio
import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2

from load import distinct, worked_off
from onlooker.client import connect
from onlooker.pictures import Picture
from onlooker.uploading import upload_all
from onlooker_rekognition.vision import Engine, ModelStore
from onlooker_rekognition.weights.lock import default_cache
from stack import running_stack

COUNT = 220


async def main() -> None:
    """Print both rates and their ratio."""
    pictures = list(distinct(COUNT))
    engine = await asyncio.to_thread(_engine_rate, pictures)
    pipeline = await _pipeline_rate(pictures)
    print(f"pipeline  engine alone      {engine:6.1f} images/s ({os.cpu_count()} threads, {COUNT} pictures)")
    print(f"pipeline  whole pipeline    {pipeline:6.1f} images/s")
    print(f"pipeline  ratio             {pipeline / engine:6.2f}   (at least 0.5; the goal is 0.75)")


def _engine_rate(pictures: list[bytes]) -> float:
    """Do what the pipeline asks of Rekognition for each picture: faces with all attributes, labels and the rest."""
    cv2.setNumThreads(1)
    engine = Engine(ModelStore(default_cache()))

    def analyse(data: bytes) -> None:
        image = engine.decode(data)
        engine.detect_faces(image, attributes=True)
        labels = engine.detect_labels(image)
        engine.measure_properties(image, [instance.box for label in labels for instance in label.instances])
        engine.detect_moderation(image)

    analyse(pictures[0])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        began = time.monotonic()
        list(pool.map(analyse, pictures))
        return len(pictures) / (time.monotonic() - began)


async def _pipeline_rate(pictures: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as scratch, running_stack(Path(scratch) / "data") as stack:
        files = [Picture(Path(scratch) / f"{number}.jpg", f"bench/{number}.jpg") for number in range(len(pictures))]
        for file, data in zip(files, pictures, strict=True):
            file.path.write_bytes(data)
        async with connect(stack.running.url, stack.key) as client:
            began = time.monotonic()
            await upload_all(client, "onlooker-images", files, sent=lambda _: None, settled=lambda _: None)
            return len(files) / (await worked_off(client, len(files)) - began)
