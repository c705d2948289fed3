"""Ten thousand pictures in one burst, and instances of the notifier that are killed: the processes are real."""

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator import Emulator, aws_environment, running_emulator
from installation import Installation, installation
from onlooker_notifier.deciding.decisions import Decided, Decision
from onlooker_notifier.delivering.deliveries import Deliveries
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Change, Rulebook
from onlooker_notifier.rules.targets import EmailChannel
from onlooker_shared.images import ImageRef
from onlooker_shared.queue.sender import Sender
from recognitions import a_face, an_image, recognized

PICTURES, PEOPLE, INSTANCES = 10_000, 5, 4
SENT_AT_ONCE = 32
BETWEEN_KILLS = (4.0, 8.0)
"""Seconds."""
PATIENCE = 600
"""Seconds."""
ADDRESS = "owner@example.com"
RULE = Rule(
    rule_id="people",
    name="People",
    channels=(EmailChannel(to=ADDRESS),),
    digest_interval=0,
    cooldown=3600.0,
    per=("person",),
)
IMAGES = [an_image(f"{number}.jpg") for number in range(PICTURES)]
PERSON_IN = {image.image_id: number % PEOPLE for number, image in enumerate(IMAGES)}


class Instances:
    """Processes of the notifier, each on a port of its own, all of them at one queue."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._running = [self._start() for _ in range(INSTANCES)]

    def kill(self, number: int) -> None:
        """End one as a power cut would, and start another in its place."""
        self._running[number].kill()
        self._running[number].wait()
        self._running[number] = self._start()

    def stop(self) -> None:
        for process in self._running:
            process.kill()
            process.wait()

    def _start(self) -> "subprocess.Popen[bytes]":
        with self._log.open("a") as log:
            return subprocess.Popen([sys.executable, "-m", "onlooker_notifier"], env=self._environment, stderr=log)


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    with running_emulator(tmp_path / "emulator") as running, aws_environment(running):
        yield running


@pytest.fixture
async def here(emulator: Emulator) -> AsyncIterator[Installation]:
    async with installation() as made:
        yield made


@contextmanager
def notifiers(here: Installation, emulator: Emulator, log: Path) -> Iterator[Instances]:
    """Have four of them run."""
    settings = {"PORT": "0", "EMAIL_FROM": "onlooker@example.com", "VERIFY_SENDER": "true", "PICTURE_WAIT": "0"}
    instances = Instances(
        {
            **os.environ,
            **emulator.environment,
            "ONLOOKER_PREFIX": here.common.prefix,
            **{f"ONLOOKER_NOTIFIER_{name}": value for name, value in settings.items()},
        },
        log,
    )
    try:
        yield instances
    finally:
        instances.stop()


@asynccontextmanager
async def killed_now_and_then(instances: Instances, chance: random.Random) -> AsyncIterator[None]:
    """Kill one of them every few seconds while the block runs."""

    async def kill() -> None:
        while True:
            await asyncio.sleep(chance.uniform(*BETWEEN_KILLS))
            instances.kill(chance.randrange(INSTANCES))

    killing = asyncio.create_task(kill())
    try:
        yield
    finally:
        killing.cancel()


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    """Look, second by second, at what tells nobody that it has changed, such as a queue, until it is true."""
    for _ in range(PATIENCE):
        if await look():
            return
        await asyncio.sleep(1.0)
    raise TimeoutError(f"not within {PATIENCE} s: {look.__name__}")


async def send(here: Installation) -> None:
    """Send a message about each picture: person by person, again and again."""
    sender = Sender(await here.aws.client("sqs"), await here.aws.queue_url(here.topology.notifier.name))
    slots = asyncio.Semaphore(SENT_AT_ONCE)

    async def tell(image: ImageRef, person: int) -> None:
        async with slots:
            await sender.send(recognized(image, a_face(name=f"P{person}", person_id=f"p{person}")))

    await asyncio.gather(*(tell(image, PERSON_IN[image.image_id]) for image in IMAGES))


async def waiting_in(here: Installation, queue: str) -> int:
    """Return how many messages a queue has, those that somebody works on included."""
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    answer = await (await here.aws.client("sqs")).get_queue_attributes(
        QueueUrl=await here.aws.queue_url(queue), AttributeNames=list(names)
    )
    return sum(int(answer["Attributes"][name]) for name in names)


async def told(here: Installation) -> list[tuple[str, ...]]:
    """Return the pictures of each message that was sent."""
    deliveries = Deliveries(await here.aws.client("dynamodb"), here.topology.alert_deliveries.name)
    page = await deliveries.newest(100, None, datetime.now(UTC))
    return [delivery.image_ids for delivery in page.deliveries]


async def not_told(here: Installation) -> list[Decision]:
    decided = Decided(await here.aws.client("dynamodb"), here.topology.alert_notices.name)
    found: list[Decision] = []
    cursor: str | None = None
    while True:
        page = await decided.newest(100, cursor, datetime.now(UTC))
        found += page.decisions
        cursor = page.cursor
        if cursor is None:
            return found


async def mails(emulator: Emulator) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=emulator.url) as http:
        kept = (await http.get("/_ministack/ses/messages")).json()["messages"]
    return [mail for account in kept.values() for mail in account]


async def test_exactly_one_message_tells_of_each_person(here: Installation, emulator: Emulator, tmp_path: Path) -> None:
    rulebook = Rulebook(await here.aws.client("dynamodb"), here.topology.alert_rules.name)
    await rulebook.apply([Change(RULE.rule_id, RULE, None)])
    queue = here.topology.notifier

    async def all_decided() -> bool:
        return await waiting_in(here, queue.name) == 0

    async def all_told() -> bool:
        return sum(map(len, await told(here))) >= PEOPLE

    with notifiers(here, emulator, tmp_path / "notifiers.log") as instances:
        async with killed_now_and_then(instances, random.Random(8)):
            await send(here)
            await eventually(all_decided)
        await eventually(all_told)

    messages, silent = await told(here), await not_told(here)
    pictures = [image_id for message in messages for image_id in message]
    assert {PERSON_IN[image_id] for image_id in pictures} == set(range(PEOPLE))
    assert len(pictures) == PEOPLE, "each person in one message; who came at the same moment share theirs"
    assert len(await mails(emulator)) == len(messages)
    assert {(each.decision, each.reason) for each in silent} == {("not_told", "cooling_down")}
    assert Counter(each.about for each in silent) == {(f"P{n}",): PICTURES // PEOPLE - 1 for n in range(PEOPLE)}
    recorded = [image_id for each in silent for image_id in each.image_ids]
    assert sorted([*pictures, *recorded]) == sorted(PERSON_IN)
    assert await waiting_in(here, queue.dead_letter) == 0
