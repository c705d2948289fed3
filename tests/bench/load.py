"""Pictures for the benchmarks, and waiting for a stack to have worked them off."""

import asyncio
import io
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from onlooker.client import SERVICES, OnlookerClient

PICTURES = Path(__file__).parents[2] / ".cache" / "pictures"
LONGEST = 1024
"""Pixels: what photos on the web have."""


def distinct(count: int) -> Iterator[bytes]:
    """Yield JPEGs of real pictures, no two with the same bytes."""
    originals = [_loaded(path) for path in sorted(PICTURES.rglob("*.*")) if path.suffix in {".jpg", ".png"}]
    for number, original in zip(range(count), itertools.cycle(originals), strict=False):
        picture = original.copy()
        ImageDraw.Draw(picture).text((2, 2), str(number), fill="white")
        data = io.BytesIO()
        picture.save(data, "JPEG", quality=88)
        yield data.getvalue()


async def worked_off(client: OnlookerClient, count: int) -> float:
    """Wait until `count` pictures are indexed and all queues are empty; returns the time (monotonic seconds) then."""
    while (await client.statistics())["total"] < count:
        await asyncio.sleep(0.5)
    while any([await _left(client, service) for service in SERVICES]):
        await asyncio.sleep(0.5)
    return time.monotonic()


async def _left(client: OnlookerClient, service: str) -> int:
    """Return how many messages a service has still to work on."""
    queue = await client.queue(service, 0)
    return queue["waiting"] + queue["delayed"] + queue["in_work"]


def _loaded(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        opened.thumbnail((LONGEST, LONGEST))
        return opened.convert("RGB")
