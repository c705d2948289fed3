"""What Prometheus is told of queues: true numbers or none, and SQS is not asked by every reader."""

import asyncio
from typing import Any

from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from installation import client_of
from onlooker_shared.queue import depths
from onlooker_shared.queue.depths import Depths
from onlooker_shared.queue.operated import QueueState
from onlooker_shared.service import Service


class Asked:
    """A queue that says what it is told to, and counts how often it was asked."""

    def __init__(self, name: str, *, dead: int = 0) -> None:
        self.name = name
        self.dead = dead
        self.times = 0
        self.failing: Exception | None = None

    async def state(self) -> QueueState:
        self.times += 1
        await asyncio.sleep(0)
        if self.failing is not None:
            raise self.failing
        return QueueState(name=self.name, waiting=3, delayed=2, in_work=1, oldest_seconds=None, dead=self.dead)


def told(queue: str, state: str) -> float | None:
    return REGISTRY.get_sample_value("onlooker_queue_messages", {"queue": queue, "state": state})


def measured(*queues: Any, fresh: float = 0.0) -> Depths:
    return Depths(queues, fresh=fresh)


async def test_readers_of_the_metrics_are_told_how_much_is_where() -> None:
    queue: Any = Asked("told", dead=7)
    async with client_of(Service("test", queues={"test": queue})) as client:
        text = (await client.get("/metrics")).text
    assert 'onlooker_queue_messages{queue="told",state="dead"} 7.0' in text
    assert 'onlooker_queue_oldest_seconds{queue="told"} 0.0' in text
    assert [told("told", state) for state in ("waiting", "delayed", "in_work")] == [3, 2, 1]


async def test_many_readers_ask_sqs_once() -> None:
    queue = Asked("read by many")
    of_queue = measured(queue, fresh=60)
    await asyncio.gather(*(of_queue.refresh() for _ in range(20)))
    assert queue.times == 1


async def test_a_queue_that_cannot_be_asked_has_no_numbers_and_hides_no_other() -> None:
    away, well = Asked("away", dead=1), Asked("well", dead=2)
    both = measured(away, well)
    await both.refresh()
    assert told("away", "dead") == 1
    away.failing = OSError("no route to host")
    with capture_logs() as logs:
        await both.refresh()
        await both.refresh()
    assert told("away", "dead") is None
    assert REGISTRY.get_sample_value("onlooker_queue_oldest_seconds", {"queue": "away"}) is None
    assert told("well", "dead") == 2
    assert {(entry["event"], entry["queue"]) for entry in logs} == {("queue.not_measured", "away")}


async def test_a_queue_that_answers_too_late_keeps_nobody_waiting(monkeypatch: Any) -> None:
    class Silent(Asked):
        async def state(self) -> QueueState:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(depths, "PATIENCE", 0.01)
    with capture_logs() as logs:
        async with asyncio.timeout(5):
            await measured(Silent("silent")).refresh()
    assert [entry["error"] for entry in logs] == ["TimeoutError"]
