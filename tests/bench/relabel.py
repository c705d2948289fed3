"""How long it takes until a person's pictures from before say their new name, all together and one by one.

PICTURES is how many there are. The emulator runs on the same cores, and each call costs it about as much as it costs
the recognizer.
"""

import asyncio
import os
import tempfile
import time
from pathlib import Path

from emulator import aws_environment, running_emulator
from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_shared.aws import Aws
from onlooker_shared.settings import CommonSettings
from people_past import Past, past_of
from recognizer_stage import provisioned

PICTURES = int(os.environ.get("PICTURES", "300"))
ONE_BY_ONE = 100
"""Pictures that are brought up to date each by itself, for comparison."""
AT_ONCE = 8
"""Of those, under way together."""
MANY = 10_000


async def main() -> None:
    """Print how long a picture takes, what comes of ten thousand, and the ratio to one by one."""
    with (
        tempfile.TemporaryDirectory() as scratch,
        running_emulator(Path(scratch)) as emulator,
        aws_environment(emulator),
    ):
        async with Aws(CommonSettings()) as aws:
            past = await past_of(await provisioned(aws))
            person = await past.people.create("Alise")
            image_ids = await past.seen_often(person, PICTURES)
            work = await past.relabelling()
            together = await _together(past, work, person) / PICTURES
            some = image_ids[:ONE_BY_ONE]
            alone = await _one_by_one(past, work, person, some) / len(some)
    print(f"relabel   {together * 1000:.1f} ms a picture: {MANY:,} take {together * MANY:.0f} s")
    print(f"relabel   {together / alone:.2f} of the time that each takes by itself ({alone * 1000:.1f} ms)")


async def _together(past: Past, work: Relabelling, person: PersonRecord) -> float:
    """Return the seconds from a change to the last picture."""
    began = time.perf_counter()
    await past.people.change(person.person_id, name="Alice")
    await work.person(person)
    while await past.jobs():
        await work.handle(await past.job())
    return time.perf_counter() - began


async def _one_by_one(past: Past, work: Relabelling, person: PersonRecord, image_ids: list[str]) -> float:
    await past.people.change(person.person_id, name="Alicia")
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(image_id: str) -> None:
        async with turns:
            assert await work.picture(image_id), "nothing changed"

    began = time.perf_counter()
    await asyncio.gather(*map(one, image_ids))
    return time.perf_counter() - began
