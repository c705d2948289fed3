"""Each of the three processes is killed in the middle of 200 uploads: nothing that was accepted is lost or doubled."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from crowd import crowd
from installed import send_stubbornly
from onlooker.client import OnlookerClient, connect
from onlooker.pictures import Picture
from onlooker.uploading import Uploaded, wait_for
from onlooker_shared.objects import list_objects
from stack import EMULATOR, REKOGNITION, Stack, clients, onlooker, running_stack

COUNT = 200
LESS_WORK = {"ONLOOKER_RECOGNIZER_FEATURES": "faces"}
"""What is looked for does not matter here, and two hundred pictures take their time."""


def _kill_services(stack: Stack) -> None:
    stack.kill()
    stack.start()


KILLS: dict[int, Callable[[Stack], None]] = {
    50: lambda stack: stack.kill_child(EMULATOR),
    100: lambda stack: stack.kill_child(REKOGNITION),
    150: _kill_services,
}
"""After how many uploads what is killed: pictures are in every stage each time."""


@pytest.mark.timeout(300)
async def test_nothing_is_lost_or_doubled(tmp_path: Path, pictures: Path) -> None:
    files = crowd(pictures / "portraits" / "obama.jpg", tmp_path / "crowd", COUNT)
    with running_stack(tmp_path / "data", LESS_WORK) as stack:
        async with connect(stack.running.url, stack.key) as client:
            sent = await _upload_through(stack, client, files)
            results = await wait_for(client, sent, patience=60, settled=lambda _: None)
            total = (await client.statistics())["total"]
        stored = await _stored(stack)
        queues = onlooker(stack, "queues", "--json")
    assert [(r.picture.key, r.reason) for r in results if r.stage != "done"] == []
    assert total == COUNT
    assert stored == {"results/": COUNT, "failures/": 0, "annotated/": COUNT, "thumbnails/": COUNT}
    assert queues.stdout.count('"dead_letters": 0') == queues.stdout.count('"queue"')


async def _upload_through(stack: Stack, client: OnlookerClient, files: list[Path]) -> list[Uploaded]:
    """Upload files one after another, as a client does that tries again what was not accepted; kill on the way."""
    sent: list[Uploaded] = []
    async with asyncio.TaskGroup() as killing:
        for number, path in enumerate(files):
            if number in KILLS:
                killing.create_task(asyncio.to_thread(KILLS[number], stack))
            picture = Picture(path, f"crowd/{path.name}")
            sent.append(await send_stubbornly(client, picture))
    return sent


async def _stored(stack: Stack) -> dict[str, int]:
    """Return how many objects lie under each prefix."""
    counts: dict[str, int] = {}
    async with clients(stack) as (aws, settings):
        s3 = await aws.client("s3")
        for bucket, prefix in (
            (settings.topology.results.name, "results/"),
            (settings.topology.results.name, "failures/"),
            (settings.topology.annotated.name, "annotated/"),
            (settings.topology.annotated.name, "thumbnails/"),
        ):
            counts[prefix] = len([entry async for entry in list_objects(s3, bucket, prefix)])
    return counts
