"""An installation as its users have it: a base URL, an access key, and nothing else.

Tests that need no more than that run against any installation, also one that holds pictures of others: all that they
send lies under a prefix of their own, and they bear that things happen late and in any order.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from onlooker.client import MOST, ApiError, OnlookerClient
from onlooker.pictures import Picture
from onlooker.uploading import Uploaded, upload_all, wait_for
from onlooker.waiting import until
from onlooker_shared.topology import topology

BUCKET = topology().images.name
PATIENCE = 120.0
"""Seconds without progress after which what should happen counts as not happening: also on a slow machine."""
NOT_FOUND = 404
PASSING = frozenset({0, 429, 500, 502, 503, 504})
"""Statuses after which the same request may well succeed; 0 is that nobody answers."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Installed:
    """Where it answers and how it is entered."""

    url: str
    key: str
    several: bool = False
    """Whether a service may run several times there."""

    def onlooker(self, *arguments: str, timeout: float = 2 * PATIENCE) -> "subprocess.CompletedProcess[str]":
        """Run a command of the CLI against it, as wide as its tables want to be."""
        environment = {**os.environ, "ONLOOKER_URL": self.url, "ONLOOKER_KEY": self.key, "COLUMNS": "250"}
        return subprocess.run(
            [sys.executable, "-m", "onlooker", *arguments],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            env=environment,
        )

    def dead_letters(self, prefix: str) -> list[dict[str, Any]]:
        """Return the dead letters, of those that are shown, that are about pictures under a prefix."""
        shown = self.onlooker("queues", "--json")
        assert shown.returncode == 0, shown.stderr
        letters = [letter for queue in json.loads(shown.stdout) for letter in queue["letters"]]
        return [letter for letter in letters if (letter["key"] or "").startswith(prefix)]


async def send(client: OnlookerClient, pictures: Sequence[Picture]) -> list[Uploaded]:
    """Upload pictures and wait for what becomes of each."""
    sent = await upload_all(client, BUCKET, pictures, sent=lambda _: None, settled=lambda _: None)
    return await wait_for(client, sent, patience=PATIENCE, settled=lambda _: None)


async def send_stubbornly(client: OnlookerClient, picture: Picture) -> Uploaded:
    """Upload a picture as a client does that tries again what was not accepted."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                return Uploaded(picture, "sent", await client.upload(picture.path, BUCKET, picture.key))
            except ApiError as error:
                if error.status not in PASSING:
                    raise
                await asyncio.sleep(0.2)


async def what_became_of(client: OnlookerClient, sent: Sequence[Uploaded]) -> list[Uploaded]:
    """Wait for what becomes of pictures while services come and go."""
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            try:
                return await wait_for(client, sent, patience=PATIENCE, settled=lambda _: None)
            except ApiError as error:
                if error.status not in PASSING:
                    raise
            await asyncio.sleep(1)


async def told_of(client: OnlookerClient, ids: Collection[str | None]) -> list[list[str]]:
    """Return of each message that was sent to people which of some pictures it told of."""
    deliveries = (await client.deliveries(limit=100))["deliveries"]
    return [mine for each in deliveries if (mine := [known for known in each["image_ids"] if known in ids])]


async def eventually(look: Callable[[], Awaitable[T]], holds: Callable[[T], bool] = bool) -> T:
    """Look again and again until what is seen holds, and return it.

    Raises:
        AssertionError: it does not, and `PATIENCE` is over; the text tells what was seen last.
    """
    seen: list[T] = []

    async def one() -> bool | None:
        seen[:] = [await look()]
        return True if holds(seen[0]) else None

    assert await until(time.monotonic() + PATIENCE, one), f"still, after {PATIENCE:.0f} s: {seen}"
    return seen[0]


async def found(client: OnlookerClient, query: dict[str, str], ids: Collection[str | None]) -> None:
    """Return once a search finds these pictures and no other: an index in OpenSearch shows within a second what it has.

    Raises:
        AssertionError: it does not.
    """

    async def look() -> set[str | None]:
        return {document["image_id"] for document in (await client.search(query))["images"]}

    await eventually(look, lambda seen: seen == set(ids))


async def counted(client: OnlookerClient, prefix: str, count: int) -> dict[str, Any]:
    """Return the figures of the pictures under a prefix, once so many are counted. Raises AssertionError likewise."""
    return await eventually(lambda: client.statistics({"prefix": prefix}), lambda seen: seen["total"] == count)


async def known_at(client: OnlookerClient, image_id: str) -> set[str]:
    """Return which services know a picture."""
    asked = {
        "recognizer": client.recognition(image_id),
        "annotator": client.annotation(image_id),
        "tagger": client.document(image_id),
    }
    answers = await asyncio.gather(*map(_known, asked.values()))
    return {service for service, known in zip(asked, answers, strict=True) if known}


async def delete_all(client: OnlookerClient, prefix: str) -> None:
    """Delete every picture under a prefix that the index has."""
    for document in (await client.search({"prefix": prefix, "limit": MOST}))["images"]:
        await _known(client.delete(document["bucket"], document["key"]))


async def _known(answer: Awaitable[Any]) -> bool:
    try:
        await answer
    except ApiError as error:
        if error.status != NOT_FOUND:
            raise
        return False
    return True
