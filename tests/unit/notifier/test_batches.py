"""What DynamoDB asks of those who read in batches."""

import asyncio
from typing import Any

import pytest

from onlooker_notifier import batches
from onlooker_notifier.batches import GET_BATCH
from onlooker_notifier.gathering.gathering import Gathering


class Overrun:
    """A DynamoDB that knows nothing, takes no key twice, and leaves the last key of its first answers undone."""

    def __init__(self, overrun: int = 1) -> None:
        self.asked: list[int] = []
        self.overrun = overrun

    async def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
        ((table, request),) = RequestItems.items()
        keys = [(key["about"]["S"], key["notice_id"]["S"]) for key in request["Keys"]]
        assert len(keys) == len(set(keys)) <= GET_BATCH
        self.asked.append(len(keys))
        undone = request["Keys"][-1:] if len(self.asked) <= self.overrun else []
        return {"Responses": {}, "UnprocessedKeys": {table: {"Keys": undone}} if undone else {}}


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were made, in no time."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(batches, "sleep", sleep)
    return made


async def test_a_sweep_is_answered_for_every_picture(pauses: list[float]) -> None:
    dynamodb: Any = Overrun()
    events = [(f"{n:032x}", "recognized") for n in range(GET_BATCH + 1)]

    undecided = await Gathering(dynamodb, "notices", clock=lambda: 0.0).undecided([*events, events[0]])

    assert undecided == set(events)
    assert dynamodb.asked == [100, 1, 1]
    assert len(pauses) == 1


async def test_the_longer_it_is_overrun_the_less_it_is_asked(pauses: list[float]) -> None:
    dynamodb: Any = Overrun(overrun=9)
    await batches.read_all(dynamodb, "notices", [{"about": {"S": "a"}, "notice_id": {"S": "1"}}])
    assert pauses == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0]


async def test_many_are_read_in_several_calls_at_once() -> None:
    all_there = asyncio.Barrier(3)

    class Waits:
        async def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - AWS's name
            async with asyncio.timeout(5):
                await all_there.wait()
            ((table, request),) = RequestItems.items()
            return {"Responses": {table: request["Keys"]}, "UnprocessedKeys": {}}

    dynamodb: Any = Waits()
    keys: list[Any] = [{"about": {"S": "a"}, "notice_id": {"S": f"{n}"}} for n in range(3 * GET_BATCH)]
    assert await batches.read_all(dynamodb, "notices", keys) == keys
