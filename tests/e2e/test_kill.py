"""Each of the three processes is killed in the middle of 200 uploads: nothing that was accepted is lost or doubled."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from crowd import crowd
from onlooker.client import ApiError, OnlookerClient, connect
from onlooker.pictures import Picture
from onlooker.target import Target
from onlooker.uploading import Uploaded, wait_for
from onlooker_shared.objects import list_objects
from stack import EMULATOR, REKOGNITION, Stack, onlooker, running_stack

COUNT = 200
KILL_AFTER = 80
"""Uploads before the kill: by then pictures are in every stage."""


def _kill_emulator(stack: Stack) -> None:
    stack.kill_child(EMULATOR)


def _kill_rekognition(stack: Stack) -> None:
    stack.kill_child(REKOGNITION)


def _kill_services(stack: Stack) -> None:
    stack.kill()
    stack.start()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("kill", [_kill_emulator, _kill_rekognition, _kill_services])
async def test_nothing_is_lost_or_doubled(kill: Callable[[Stack], None], tmp_path: Path, pictures: Path) -> None:
    files = crowd(pictures / "portraits" / "obama.jpg", tmp_path / "crowd", COUNT)
    with running_stack(tmp_path / "data") as stack:
        async with connect(stack.running.url, stack.key) as client:
            sent = await _upload_through(client, files, lambda: asyncio.to_thread(kill, stack))
            results = await wait_for(client, sent, patience=60, settled=lambda _: None)
            total = (await client.statistics())["total"]
        stored = await _stored(stack)
        queues = onlooker(stack, "queues", "--json")
    assert [(r.picture.key, r.reason) for r in results if r.stage != "done"] == []
    assert total == COUNT
    assert stored == {"results/": COUNT, "failures/": 0, "annotated/": COUNT, "thumbnails/": COUNT}
    assert queues.stdout.count('"dead_letters": 0') == queues.stdout.count('"queue"')


async def _upload_through(
    client: OnlookerClient, files: list[Path], kill: Callable[[], Awaitable[None]]
) -> list[Uploaded]:
    """Upload files one after another, as a client does that tries again what was not accepted; kill on the way."""
    sent: list[Uploaded] = []
    killing: asyncio.Future[None] | None = None
    for number, path in enumerate(files):
        if number == KILL_AFTER:
            killing = asyncio.ensure_future(kill())
        picture = Picture(path, f"crowd/{path.name}")
        sent.append(Uploaded(picture, "sent", await _upload(client, picture)))
    assert killing is not None
    await killing
    return sent


async def _upload(client: OnlookerClient, picture: Picture) -> str:
    async with asyncio.timeout(60):
        while True:
            try:
                return await client.upload(picture.path, "onlooker-images", picture.key)
            except ApiError as error:
                if error.status not in {0, 429, 500, 503}:
                    raise
                await asyncio.sleep(0.2)  # what a client does that is told to try again


async def _stored(stack: Stack) -> dict[str, int]:
    """Return how many objects lie under each prefix."""
    counts: dict[str, int] = {}
    async with Target(stack.folder).aws() as (aws, settings):
        s3 = await aws.client("s3")
        for bucket, prefix in (
            (settings.topology.results.name, "results/"),
            (settings.topology.results.name, "failures/"),
            (settings.topology.annotated.name, "annotated/"),
            (settings.topology.annotated.name, "thumbnails/"),
        ):
            counts[prefix] = len([entry async for entry in list_objects(s3, bucket, prefix)])
    return counts
