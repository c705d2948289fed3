"""Asks the services about their queues, and has dead letters sent through them again."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from onlooker_console.apis import Api, Outcome, attempt

QueueName = Literal["recognizer", "recognizer-people", "annotator", "tagger", "notifier"]
QUEUES: tuple[QueueName, ...] = get_args(QueueName)
"""The queues, by the names under which their services tell of them, in the order in which a picture passes them."""
SHOWN = 50
"""Dead letters that are shown, at most: as many as the services tell."""
PATIENCE = 8.0
"""Seconds for each queue: who looks at all of them wants to see which one hangs."""
ROUNDS = 10
"""Requests of one click, each of which sends on as many dead letters as it can within seconds."""

Report = Mapping[str, Any]
"""What ``GET /queues/{name}`` answers."""


@dataclass(frozen=True, slots=True)
class SentAgain:
    """What became of dead letters: how many were sent again, and how many of them are still to be."""

    count: int
    left: int


async def reports(api: Api) -> dict[str, Outcome[Report]]:
    """Return how many messages are where, by the queue's name."""
    answers = await asyncio.gather(
        *(attempt(api.get(f"/queues/{each}", {"letters": 0}), within=PATIENCE) for each in QUEUES)
    )
    return dict(zip(QUEUES, answers, strict=True))


async def report(api: Api, name: QueueName) -> Report:
    """Return how many messages of a queue are where, and its dead letters. Raises ApiError."""
    found: Report = await api.get(f"/queues/{name}", {"letters": SHOWN})
    return found


async def send_again(api: Api, name: QueueName, message_id: str | None = None) -> SentAgain:
    """Send one dead letter through the queue again, or all that there are now.

    What dies anew meanwhile is left alone, or this would go on for ever.

    Raises:
        ApiError: the service does not do it; what was sent on before stays sent.
    """
    path = f"/queues/{name}/redrive"
    if message_id is not None:
        answer = await api.send("POST", path, {"message_id": message_id})
        return SentAgain(answer["redriven"], 0)
    there = (await api.get(f"/queues/{name}", {"letters": 0}))["dead"]
    count = 0
    for _ in range(ROUNDS):
        if count >= there:
            break
        answer = await api.send("POST", path)
        count += answer["redriven"]
        if not answer["redriven"]:
            break
    return SentAgain(count, max(0, there - count))
