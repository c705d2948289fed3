"""All rules' digests are looked after, whatever happens to one of them, and no more often than need be."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from onlooker_notifier.digests.worker import DigestWorker
from onlooker_notifier.rules.defaults import default_rule
from onlooker_notifier.rules.model import Rule

NEVER = 3600.0
"""Seconds until the next look, if nothing brings it forward."""


def a_rule(rule_id: str, digest_interval: float = 60.0) -> Rule:
    rule = default_rule(email_to=["ann@example.com"], topic_arn=None, digest_interval=digest_interval)
    return rule.model_copy(update={"rule_id": rule_id})


@dataclass
class Around:
    """Rulebook and digests in one; what was flushed can be awaited, and one flush may fail or take for ever."""

    rules: list[Rule]
    fails: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    pending: float | None = NEVER
    """Seconds until what waits for a rule is due; None: nothing does."""
    flushed: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    going_on: asyncio.Event = field(default_factory=asyncio.Event)
    escalated: asyncio.Event = field(default_factory=asyncio.Event)
    """Whether was looked for what nobody acknowledged."""
    escalations_fail: bool = False
    caught_up: int = 0
    stopped: int = 0
    looks: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    async def all(self) -> list[Rule]:
        self.looks.release()
        return self.rules

    async def looked(self) -> None:
        """Wait for two more looks: of one that is under way it is not known what it will find."""
        async with asyncio.timeout(5):
            while not self.looks.locked():
                await self.looks.acquire()
            for _ in range(2):
                await self.looks.acquire()

    async def flush(self, rule: Rule) -> float | None:
        self.flushed.put_nowait(rule.rule_id)
        await self.going_on.wait()
        if rule.rule_id in self.fails:
            raise ValueError("this rule's digest is broken")
        return self.pending

    async def ids(self) -> frozenset[str]:
        return frozenset(rule.rule_id for rule in self.rules)

    async def departed(self, rule_ids: frozenset[str]) -> list[str]:
        return sorted(self.known - rule_ids)

    async def forget(self, rule_id: str) -> float | None:
        self.flushed.put_nowait(f"forget {rule_id}")
        return None

    def stop(self) -> None:
        self.stopped += 1

    async def catch_up(self, _rule_of: object) -> float | None:
        self.caught_up += 1
        return None

    async def look(self) -> float | None:
        self.escalated.set()
        if self.escalations_fail:
            raise ValueError("what nobody acknowledged is broken")
        return None

    async def next(self) -> str:
        async with asyncio.timeout(5):
            return await self.flushed.get()


@asynccontextmanager
async def working(around: Any, look_every: float = NEVER, at_once: int = 2) -> AsyncIterator[DigestWorker]:
    worker = DigestWorker(around, around, around, around, around, look_every=look_every, at_once=at_once)
    running = asyncio.create_task(worker.run())
    try:
        yield worker
    finally:
        worker.stop()
        around.going_on.set()
        async with asyncio.timeout(5):
            await running


async def test_trouble_with_one_rule_keeps_no_other_waiting() -> None:
    around = Around([a_rule("broken"), a_rule("sound")], fails=frozenset({"broken"}), pending=0.0)
    around.going_on.set()

    async with working(around, look_every=0.01):
        assert [await around.next() for _ in range(4)] == ["broken", "sound", "broken", "sound"]


async def test_what_waits_for_a_rule_that_is_gone_is_looked_after() -> None:
    around = Around([a_rule("there")], known=frozenset({"there", "gone"}))
    around.going_on.set()

    async with working(around):
        assert [await around.next() for _ in range(2)] == ["there", "forget gone"]


async def test_only_what_is_due_before_the_next_look_brings_it_forward() -> None:
    slow, prompt = a_rule("slow", NEVER), a_rule("prompt", 0)
    around = Around([slow])
    around.going_on.set()

    async with working(around) as worker:
        assert await around.next() == "slow"
        worker.wake([slow])
        worker.wake([])
        await asyncio.sleep(0)  # the worker's turn
        assert around.flushed.empty()
        worker.wake([slow, prompt])
        assert await around.next() == "slow"


async def test_a_rule_for_which_nothing_waits_is_left_alone_until_something_is_gathered_for_it() -> None:
    around = Around([a_rule("quiet"), a_rule("prompt", 0)], pending=None)
    around.going_on.set()

    async with working(around, look_every=0.01) as worker:
        assert [await around.next() for _ in range(2)] == ["quiet", "prompt"]
        await around.looked()
        worker.wake([around.rules[1]])
        assert await around.next() == "prompt"
        await around.looked()
        assert around.flushed.empty()


async def test_what_is_gathered_for_a_rule_that_was_left_alone_is_looked_after_until_it_was_told() -> None:
    around = Around([a_rule("soon", 0.01)], pending=None)
    around.going_on.set()

    async with working(around, look_every=0.01) as worker:
        assert await around.next() == "soon"
        await around.looked()
        around.pending = NEVER  # it waits for more
        worker.wake(around.rules)
        assert [await around.next() for _ in range(3)] == ["soon"] * 3


async def test_a_rule_whose_digest_is_not_due_is_left_alone_though_more_is_gathered_and_until_it_is_changed() -> None:
    around = Around([a_rule("slow", NEVER), a_rule("prompt", 0)])
    around.going_on.set()

    async with working(around, look_every=0.01) as worker:
        assert {await around.next() for _ in range(2)} == {"slow", "prompt"}
        worker.wake(around.rules)
        await around.looked()
        assert {around.flushed.get_nowait() for _ in range(around.flushed.qsize())} == {"prompt"}
        around.rules[0] = around.rules[0].model_copy(update={"version": 2, "digest_interval": 0})
        async with asyncio.timeout(5):
            while await around.flushed.get() != "slow":
                pass


async def test_rules_that_tell_at_once_have_nothing_else_read_each_time() -> None:
    around = Around([a_rule("prompt", 0)], pending=None)
    around.going_on.set()

    async with working(around) as worker:
        assert await around.next() == "prompt"
        await asyncio.sleep(0)
        for _ in range(5):
            worker.wake(around.rules)
            assert await around.next() == "prompt"
        assert around.caught_up == 1


async def test_what_is_gathered_while_a_rule_is_looked_after_is_not_overlooked() -> None:
    around = Around([a_rule("prompt", 0)], pending=None)

    async with working(around) as worker, asyncio.timeout(5):
        assert await around.next() == "prompt"
        await around.looks.acquire()
        worker.wake(around.rules)
        await around.looks.acquire()  # this look found that it is being looked after, and no other one comes
        around.going_on.set()
        assert await around.next() == "prompt"


async def test_told_to_stop_it_begins_no_other_rule() -> None:
    around = Around([a_rule("one"), a_rule("two")])

    async with working(around, at_once=1):
        assert await around.next() == "one"

    assert around.flushed.empty()
    assert around.stopped == 2, "what waits and what nobody acknowledged may be long lists"


async def test_what_nobody_acknowledged_is_looked_after_though_a_rule_takes_for_ever() -> None:
    around = Around([a_rule("slow")], escalations_fail=True)
    async with working(around, look_every=0.01):
        assert await around.next() == "slow"
        for _ in range(2):
            around.escalated.clear()
            async with asyncio.timeout(5):
                await around.escalated.wait()
