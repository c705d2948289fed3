"""That nothing came is told once, whatever becomes of instances and clocks."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from notifying import Mailbox, Parts
from onlooker_notifier.watching.counting import Mark
from onlooker_notifier.watching.marks import Marks
from onlooker_notifier.watching.pace import GRACE

from .conftest import DESK, ENOUGH, Instance, Queues, a_rule


@pytest.fixture
async def desk(parts: Parts, queues: Queues, mailbox: Mailbox) -> Instance:
    """An instance with a rule about the desk that began to count a minute ago."""
    instance = Instance(parts, queues, [a_rule(mailbox, DESK)])
    assert await instance.after(0) == []
    assert await instance.after(GRACE) == []
    return instance


async def test_an_absence_is_told_once_by_mail(desk: Instance, parts: Parts, mailbox: Mailbox) -> None:
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]
    assert await desk.after(86_400) == []

    digests = parts.instance()
    while await digests.flush(desk.rules[0]) is not None:
        pass
    [mail] = await mailbox.mails()
    assert mail["Subject"].startswith("No picture for 30 minutes with a key that begins with desk/, since ")
    page = await parts.deliveries.newest(10, None, datetime.fromtimestamp(parts.clock(), UTC))
    assert [(each.outcome.status, each.image_ids) for each in page.deliveries] == [("sent", ())]


async def test_it_is_told_again_only_after_a_picture_came(desk: Instance) -> None:
    assert await desk.after(ENOUGH) == ["watch"]
    await desk.picture("door/1.jpg")
    assert await desk.after(ENOUGH) == []
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]


async def test_only_the_newest_picture_counts_and_none_counts_ahead(desk: Instance) -> None:
    await desk.after(1000)
    await desk.picture("desk/new.jpg", ago=100)
    await desk.picture("desk/old.jpg", ago=900)
    await desk.picture("desk/ahead.jpg", ago=-86_400)  # a camera whose clock is wrong
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]


async def test_of_pictures_that_come_thick_and_fast_not_each_is_written(desk: Instance, parts: Parts) -> None:
    async def version() -> str:
        key = {"about": {"S": "absence#watch"}, "notice_id": {"S": "current"}}
        return (await parts.dynamodb.get_item(TableName=parts.notices, Key=key, ConsistentRead=True))["Item"][
            "seen_at"
        ]["N"]

    await desk.picture("desk/1.jpg")
    first = await version()
    parts.clock.now += 4
    await desk.picture("desk/2.jpg")
    assert await version() == first
    parts.clock.now += 2
    await desk.picture("desk/3.jpg")
    assert float(await version()) == float(first) + 6


async def test_an_absence_that_cannot_be_yet_is_not_looked_for_every_time(
    desk: Instance, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks, read = Marks(parts.dynamodb, parts.notices), 0

    async def absence(rule_id: str, fingerprint: str, now: float) -> Mark:
        nonlocal read
        read += 1
        return await Marks.absence(marks, rule_id, fingerprint, now)

    monkeypatch.setattr(marks, "absence", absence)
    desk.started(marks)
    await desk.picture("desk/1.jpg")
    for _ in range(100):
        assert await desk.after(5) == []
    assert read == 1
    await desk.picture("desk/2.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]
    assert read == 3


async def test_a_picture_is_noted_for_several_rules_at_once(
    parts: Parts, queues: Queues, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance = Instance(parts, queues, [a_rule(mailbox, DESK, rule_id=f"watch-{n}") for n in range(3)])
    marks, all_there = Marks(parts.dynamodb, parts.notices), asyncio.Barrier(3)

    async def seen(*_: object) -> None:
        async with asyncio.timeout(5):
            await all_there.wait()

    monkeypatch.setattr(marks, "seen", seen)
    instance.started(marks)
    await instance.picture("desk/1.jpg")


async def test_of_several_instances_one_tells(parts: Parts, queues: Queues, mailbox: Mailbox) -> None:
    rule = a_rule(mailbox, DESK)
    instances = [Instance(parts, queues, [rule]) for _ in range(4)]
    for instance in instances:
        await instance.after(0)
    parts.clock.now += ENOUGH + GRACE
    for instance in instances:
        instance.monotonic.now += ENOUGH + GRACE

    told = await asyncio.gather(*(instance.after(0) for instance in instances))
    assert sorted(told) == [[], [], [], ["watch"]]
    assert len(await parts.digests.pending("watch", 10)) == 1


async def test_what_is_known_survives_a_restart(desk: Instance, parts: Parts) -> None:
    await desk.after(ENOUGH - GRACE - 100)
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(GRACE - 1) == []
    assert await desk.after(101) == ["watch"]
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(86_400) == []


async def test_after_a_start_pictures_that_waited_come_first(desk: Instance, parts: Parts) -> None:
    parts.clock.now += 86_400  # nobody was there
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(0) == []
    await desk.picture("desk/1.jpg", ago=600)
    assert await desk.after(GRACE) == []
    assert await desk.after(ENOUGH - 600) == ["watch"]


async def test_who_is_killed_between_telling_and_noting_it_tells_nothing_twice(desk: Instance, parts: Parts) -> None:
    class Killed(Marks):
        async def told(self, *_: Any) -> None:
            raise asyncio.CancelledError

    desk.started(Killed(parts.dynamodb, parts.notices))
    with pytest.raises(asyncio.CancelledError):
        await desk.after(ENOUGH)
    desk.started(Marks(parts.dynamodb, parts.notices))
    assert await desk.after(GRACE) == []
    assert len(await parts.digests.pending("watch", 10)) == 1


async def test_a_rule_begins_to_count_when_it_is_made_switched_on_or_asks_for_something_else(
    desk: Instance, mailbox: Mailbox
) -> None:
    [rule] = desk.rules
    await desk.after(1000)
    desk.rules[:] = [rule.model_copy(update={"name": "Renamed", "version": 2})]
    await desk.after(ENOUGH - 1000 - GRACE - 1)
    desk.rules[:] = [rule.model_copy(update={"enabled": False})]
    assert await desk.after(1000) == []
    desk.rules[:] = [rule]
    assert await desk.after(0) == []
    assert await desk.after(ENOUGH - 1) == []
    desk.rules[:] = [a_rule(mailbox, {"absence": {"of": {"prefix": "desk/left/"}, "for": "30m"}})]
    assert await desk.after(1) == []
    assert await desk.after(ENOUGH - 1) == []
    desk.rules.clear()
    assert await desk.after(1) == []
    desk.rules[:] = [rule]  # the same again, out of a file
    assert await desk.after(0) == []
    assert await desk.after(ENOUGH) == ["watch"]


async def test_a_clock_that_jumps_tells_of_nothing_that_is_not_so(desk: Instance) -> None:
    assert await desk.after(5, jump=86_400) == []
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]
    assert await desk.after(5, jump=-2 * 86_400) == []
    assert await desk.after(86_400) == []  # it was told
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH - 1) == []
    assert await desk.after(1) == ["watch"]


async def test_trouble_with_one_rule_keeps_no_other_waiting(desk: Instance, mailbox: Mailbox, parts: Parts) -> None:
    class Broken(Marks):
        async def absence(self, rule_id: str, *rest: Any) -> Any:
            if rule_id == "broken":
                raise RuntimeError("this one is broken")
            return await super().absence(rule_id, *rest)

    desk.rules.insert(0, a_rule(mailbox, DESK, rule_id="broken"))
    desk.started(Broken(parts.dynamodb, parts.notices))
    assert await desk.after(ENOUGH) == ["watch"]


async def test_what_cools_down_is_decided_as_for_pictures(desk: Instance, mailbox: Mailbox, parts: Parts) -> None:
    desk.rules[:] = [a_rule(mailbox, DESK, cooldown=86_400)]
    assert await desk.after(ENOUGH) == ["watch"]
    await desk.picture("desk/1.jpg")
    assert await desk.after(ENOUGH) == []
    page = await parts.decided.newest(10, None, datetime.fromtimestamp(parts.clock(), UTC))
    assert [(each.rule_id, each.reason, each.image_ids) for each in page.decisions] == [("watch", "cooling_down", ())]
