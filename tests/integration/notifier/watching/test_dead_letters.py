"""That messages could not be handled is told once, by one instance, and of the queues that a rule names."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from notifying import Mailbox, Parts
from onlooker_notifier.conditions.language import QUEUES
from onlooker_notifier.watching.dead_letters import DeadLetterQueues
from onlooker_notifier.watching.worker import COUNT_EVERY

from .conftest import Instance, Queues, a_rule


@pytest.fixture
async def counted(parts: Parts, queues: Queues, mailbox: Mailbox) -> Instance:
    """An instance with a rule about dead letters, two of which are known."""
    await queues.add("annotator", 2)
    instance = Instance(parts, queues, [a_rule(mailbox, {"dead_letter": True})])
    assert await instance.after(0) == []
    return instance


async def test_dead_letters_are_told_when_there_are_more(counted: Instance, queues: Queues, parts: Parts) -> None:
    assert await counted.after(COUNT_EVERY) == []
    await queues.add("annotator")
    await queues.add("tagger", 2)
    assert await counted.after(COUNT_EVERY - 1) == []
    assert await counted.after(1) == ["watch"]
    [pending] = await parts.digests.pending("watch", 10)
    assert pending.notice.reason == (
        "1 more dead letter in annotator (3 in all), 2 more dead letters in tagger (2 in all)"
    )
    assert await counted.after(COUNT_EVERY) == []
    await queues.empty("annotator")
    assert await counted.after(COUNT_EVERY) == []
    await queues.add("annotator")
    assert await counted.after(COUNT_EVERY) == ["watch"]


async def test_a_dead_letter_that_somebody_looks_at_does_not_come_again(counted: Instance, queues: Queues) -> None:
    await queues.sqs.receive_message(QueueUrl=queues.urls["annotator"], VisibilityTimeout=30)
    assert await counted.after(COUNT_EVERY) == []
    await queues.sqs.receive_message(QueueUrl=queues.urls["annotator"], VisibilityTimeout=30)
    assert await counted.after(COUNT_EVERY) == []


async def test_dead_letters_are_told_by_one_of_several_instances_also_after_a_restart(
    counted: Instance, queues: Queues, parts: Parts
) -> None:
    others = [Instance(parts, queues, counted.rules) for _ in range(3)]
    await queues.add("notifier", 3)
    parts.clock.now += COUNT_EVERY
    told = await asyncio.gather(*(instance.after(0) for instance in (counted, *others)))
    assert sorted(told) == [[], [], [], ["watch"]]
    assert await Instance(parts, queues, counted.rules).after(0) == []


async def test_a_rule_tells_of_the_queues_that_it_names_within_its_hours(
    parts: Parts, queues: Queues, mailbox: Mailbox
) -> None:
    parts.clock.now = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
    office = {"time": {"from": "09:00", "to": "17:00"}}
    rule = a_rule(mailbox, {"all": [{"dead_letter": {"queue": "tagger"}}, office]})
    instance = Instance(parts, queues, [rule])
    assert await instance.after(0) == []
    await queues.add("annotator")
    assert await instance.after(COUNT_EVERY) == []
    await queues.add("tagger")
    assert await instance.after(timedelta(hours=8).total_seconds()) == []
    assert await instance.after(timedelta(hours=13).total_seconds() - COUNT_EVERY) == ["watch"]


async def test_a_queue_that_cannot_be_looked_at_hides_no_other(counted: Instance, queues: Queues) -> None:
    await queues.sqs.delete_queue(QueueUrl=queues.urls["tagger"])
    await queues.add("annotator")
    assert await counted.after(COUNT_EVERY) == ["watch"]


async def test_a_queue_is_counted_once_for_all_rules_that_ask_for_it(
    counted: Instance, mailbox: Mailbox, parts: Parts, queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted.rules += [a_rule(mailbox, {"dead_letter": {"queue": "tagger"}}, rule_id=f"tagger-{n}") for n in range(3)]
    assert await counted.after(COUNT_EVERY) == []
    asked, depths = list[str](), DeadLetterQueues.depths

    async def looked_at(queues: DeadLetterQueues, names: Iterable[str]) -> dict[str, int]:
        asked.extend(names)
        return await depths(queues, names)

    monkeypatch.setattr(DeadLetterQueues, "depths", looked_at)
    await queues.add("tagger")
    assert sorted(await counted.after(COUNT_EVERY)) == ["tagger-0", "tagger-1", "tagger-2", "watch"]
    assert sorted(asked) == sorted(QUEUES)
