"""Pictures for the benchmarks, and waiting for a stack to have worked them off."""

import asyncio
import io
import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw

from onlooker.client import OnlookerClient
from onlooker.target import Target
from onlooker_shared.queue.operated import states
from stack import Stack

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


async def worked_off(stack: Stack, client: OnlookerClient, count: int) -> float:
    """Wait until `count` pictures are indexed and all queues are empty; returns the time (monotonic seconds) then."""
    while (await client.statistics())["total"] < count:
        await asyncio.sleep(0.5)
    async with Target(stack.folder).aws() as (aws, settings):
        sqs = await aws.client("sqs")
        while any(state.left for state in await states(sqs, settings.topology.queues)):
            await asyncio.sleep(0.5)
    return time.monotonic()


def _loaded(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        opened.thumbnail((LONGEST, LONGEST))
        return opened.convert("RGB")
