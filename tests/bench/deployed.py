"""Pictures a second of the whole pipeline in containers, against the embedded one on the same cores and pictures.

Images have to be there (`make images`). ONLOOKER_TEST_COMPOSE names what is put over docker-compose.yml, as for the
tests: `ministack,sqlite`; without it LocalStack and OpenSearch run.
"""

import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from deployment import Deployment
from load import distinct, worked_off
from onlooker.client import connect
from onlooker.pictures import Picture
from onlooker.uploading import upload_all
from stack import running_stack

COUNT = 120
FEATURES = {"ONLOOKER_RECOGNIZER_FEATURES": "faces,labels,moderation,properties"}
"""What `onlooker up` looks for unasked."""


async def main() -> None:
    """Print how long a start takes, both rates and their ratio."""
    chosen = os.environ.get("ONLOOKER_TEST_COMPOSE", "localstack")
    with tempfile.TemporaryDirectory() as scratch:
        pictures = _written(Path(scratch))
        embedded = await _embedded_rate(Path(scratch) / "data", pictures)
        start, contained = await _contained_rate(chosen, pictures)
    print(f"containers  {chosen}: ready after    {start:6.1f} s   (at most 60 with OpenSearch, 25 without)")
    print(f"containers  embedded pipeline  {embedded:6.1f} images/s ({COUNT} pictures)")
    print(f"containers  in containers      {contained:6.1f} images/s")
    print(f"containers  ratio              {contained / embedded:6.2f}   (at least 0.8)")


def _written(folder: Path) -> list[Picture]:
    pictures = [Picture(folder / f"{number}.jpg", f"bench/{number}.jpg") for number in range(COUNT)]
    for picture, data in zip(pictures, distinct(COUNT), strict=True):
        picture.path.write_bytes(data)
    return pictures


async def _embedded_rate(folder: Path, pictures: Sequence[Picture]) -> float:
    with running_stack(folder, FEATURES) as stack:
        return await _rate(stack.running.url, stack.key, pictures)


async def _contained_rate(chosen: str, pictures: Sequence[Picture]) -> tuple[float, float]:
    """Return how many seconds the start took, and the rate."""
    deployment = Deployment.named([name for name in chosen.split(",") if name != "localstack"], FEATURES)
    try:
        began = time.monotonic()
        deployment.up()
        start = time.monotonic() - began
        installed = deployment.installed
        return start, await _rate(installed.url, installed.key, pictures)
    finally:
        deployment.down("--volumes", "--remove-orphans")


async def _rate(url: str, key: str, pictures: Sequence[Picture]) -> float:
    async with connect(url, key) as client:
        began = time.monotonic()
        await upload_all(client, "onlooker-images", pictures, sent=lambda _: None, settled=lambda _: None)
        return len(pictures) / (await worked_off(client, len(pictures)) - began)
