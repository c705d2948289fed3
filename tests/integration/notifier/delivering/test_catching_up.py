"""What a channel does not take waits for it, and for nobody else; what keeps failing is left alone."""

import asyncio
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from installation import eventually
from notifying import Clock, Mailbox, Parts
from onlooker_notifier.channels import retries
from onlooker_notifier.channels.fuse import FAILURES, FIRST_PAUSE
from onlooker_notifier.channels.message import RefusedError
from onlooker_notifier.conditions.values import DAYS
from onlooker_notifier.delivering import catching_up
from onlooker_notifier.delivering.backlog import backlog
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from tellings import Other, a_channel, a_rule, down, recorded, tell


async def test_a_rule_tells_by_a_channel_with_a_record_and_what_it_said_is_recorded(parts: Parts, other: Other) -> None:
    channel = await a_channel(parts)

    await tell(parts, parts.instance(iot=other), a_rule(channel), "1.jpg")

    [delivery] = await recorded(parts)
    assert (delivery.channel, delivery.channel_id, delivery.channel_name) == ("iot", channel.channel, "The door")
    assert (delivery.outcome.status, delivery.outcome.answer, delivery.outcome.message_id) == ("sent", "thanks", "42")
    assert other.messages[0].delivery_id == delivery.delivery_id


async def test_a_channel_that_hangs_delays_neither_another_one_nor_another_rule(
    parts: Parts, other: Other, mailbox: Mailbox
) -> None:
    other.goes_on = asyncio.Event()
    rule = a_rule(await a_channel(parts), EmailChannel(to=mailbox.address))
    hanging = asyncio.create_task(tell(parts, parts.instance(iot=other), rule, "1.jpg"))

    await eventually(mailbox.mails)

    assert not hanging.done()
    other.goes_on.set()
    await hanging


async def test_while_a_channel_is_down_the_others_are_told_and_then_it_catches_up_in_order(
    parts: Parts, other: Other, mailbox: Mailbox, clock: Clock
) -> None:
    rule = a_rule(await a_channel(parts), EmailChannel(to=mailbox.address))
    instance, other.fails = parts.instance(iot=other), down
    for n in range(FAILURES + 3):
        await tell(parts, instance, rule, f"{n}.jpg")
        clock.now += 1

    assert len(await mailbox.mails()) == FAILURES + 3
    assert other.tries == FAILURES, "then its fuse is open"
    _, fuses = await parts.store.all()
    [fuse] = fuses.values()
    assert (fuse.state(clock.now), fuse.reason) == ("open", "HTTP 500: out of order")

    other.fails = lambda: None
    clock.now += 60
    assert await instance.catch_up() is None

    assert [message.notices[0].key for message in other.messages] == [f"{n}.jpg" for n in range(FAILURES + 3)]
    assert (await parts.store.all())[1] == {}, "the fuse is whole again"
    assert await parts.waiting.all() == []
    assert await instance.catch_up() is None
    assert other.tries == FAILURES * 2 + 3


async def test_messages_that_fail_at_the_same_time_have_their_channel_left_alone_for_a_minute_and_no_longer(
    parts: Parts, other: Other, clock: Clock
) -> None:
    channel = await a_channel(parts)
    rules = [a_rule(channel).model_copy(update={"rule_id": f"rule-{n}"}) for n in range(FAILURES + 3)]
    instance, other.fails, other.goes_on = parts.instance(iot=other), down, asyncio.Event()
    telling = [asyncio.create_task(tell(parts, instance, rule, f"{rule.rule_id}.jpg")) for rule in rules]

    async def all_under_way() -> bool:
        return other.tries == len(rules)

    await eventually(all_under_way)
    other.goes_on.set()
    await asyncio.gather(*telling)

    [fuse] = (await parts.store.all())[1].values()
    assert fuse.failures >= FAILURES
    assert fuse.until == clock.now + FIRST_PAUSE


async def test_of_a_long_line_some_are_looked_after_at_a_time(
    parts: Parts, other: Other, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catching_up, "MOST_IN_LINE", 1)
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    for n in range(3):
        await tell(parts, instance, rule, f"{n}.jpg")
        clock.now += 1
    clock.now += retries.FIRST_DELAY
    assert await instance.catch_up() is None, "the first one was not taken: nothing is due at once"
    clock.now += retries.FIRST_DELAY * 2
    other.fails = lambda: None

    assert [await instance.catch_up() for _ in range(3)] == [0.0, 0.0, None], "at once, while there are more"

    assert [message.notices[0].key for message in other.messages] == [f"{n}.jpg" for n in range(3)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (None, "The rule was deleted while this waited"),
        ({"enabled": False}, "The rule was switched off while this waited"),
        ({"muted_until": datetime(2100, 1, 1, tzinfo=UTC)}, "The rule was muted while this waited"),
    ],
)
async def test_what_waits_for_a_channel_is_not_told_if_its_rule_is_deleted_or_falls_silent(
    parts: Parts, other: Other, clock: Clock, change: dict[str, Any] | None, words: str
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    other.fails = lambda: None
    clock.now += retries.FIRST_DELAY

    async def rule_of(rule_id: str) -> Rule | None:
        assert rule_id == rule.rule_id
        return None if change is None else rule.model_copy(update=change)

    assert await instance.catch_up(rule_of) is None

    [delivery] = await recorded(parts)
    assert (delivery.outcome.status, other.messages) == ("failed", [])
    assert delivery.outcome.reason is not None
    assert delivery.outcome.reason.startswith(words)
    assert await parts.waiting.all() == []


async def test_what_waits_for_a_channel_waits_for_the_end_of_quiet_hours_too(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    other.fails = lambda: None
    clock.now += retries.FIRST_DELAY
    begins, ends = (f"{datetime.fromtimestamp(clock.now + late, UTC):%H:%M}" for late in (-600, 2 * 3600))
    quiet = Rule.model_validate(rule.model_dump() | {"quiet_hours": {"from": begins, "to": ends}})

    async def rule_of(_rule_id: str) -> Rule | None:
        return quiet

    assert await instance.catch_up(rule_of) is None
    clock.now += 3600
    assert await instance.catch_up(rule_of) is None
    assert other.messages == []
    clock.now += 3600
    assert await instance.catch_up(rule_of) is None

    assert len(other.messages) == 1
    assert [delivery.outcome.status for delivery in await recorded(parts)] == ["sent"]


async def test_what_waits_is_kept_for_as_long_as_quiet_hours_put_it_off(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts, "expire")), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    clock.now += retries.FIRST_DELAY
    days = [day for day in DAYS if day != DAYS[datetime.fromtimestamp(clock.now - 86_400, UTC).weekday()]]
    quiet = Rule.model_validate(rule.model_dump() | {"quiet_hours": {"days": days}})

    async def rule_of(_rule_id: str) -> Rule | None:
        return quiet

    await instance.catch_up(rule_of)
    [job] = await parts.waiting.all()
    assert job.keep > 5 * 86_400
    stored = await parts.dynamodb.query(
        TableName=parts.notices,
        KeyConditionExpression="about = :about",
        ExpressionAttributeValues={":about": {"S": f"waiting#{job.delivery_id}"}},
    )
    assert [int(item["expires_at"]["N"]) > job.begun_at + job.keep for item in stored["Items"]] == [True]


async def test_several_instances_catch_up_at_once_and_send_once(parts: Parts, other: Other, clock: Clock) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instances = [parts.instance(iot=other) for _ in range(4)]
    for n in range(3):
        await tell(parts, instances[n], rule, f"{n}.jpg")
    other.fails = lambda: None
    clock.now += retries.FIRST_DELAY

    await asyncio.gather(*(instance.catch_up() for instance in instances))
    for instance in instances:  # those that found it claimed look again
        clock.now += 61
        await instance.catch_up()

    assert sorted(message.notices[0].key for message in other.messages) == ["0.jpg", "1.jpg", "2.jpg"]
    assert await parts.waiting.all() == []


async def test_what_is_kept_no_longer_is_given_up_and_says_why(parts: Parts, other: Other, clock: Clock) -> None:
    rule, other.fails = a_rule(await a_channel(parts, "expire")), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    while await parts.waiting.all():
        clock.now += 15
        await instance.catch_up()

    [delivery] = await recorded(parts)
    assert delivery.outcome.status == "failed"
    assert delivery.outcome.reason is not None
    assert delivery.outcome.reason.startswith("Given up after ")
    assert "HTTP 500: out of order" in delivery.outcome.reason
    assert clock.now - delivery.begun_at.timestamp() <= retries.FRESH + 15


async def test_what_waits_for_a_channel_and_what_it_dropped_is_told(parts: Parts, other: Other, clock: Clock) -> None:
    channel, unconcerned, other.fails = await a_channel(parts, keep=100), await a_channel(parts), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, a_rule(channel, unconcerned), "1.jpg")
    clock.now += 90
    await tell(parts, instance, a_rule(channel), "2.jpg")
    clock.now += 20
    await instance.catch_up()

    jobs = [job for job in await parts.waiting.all() if job.channel == channel]
    told = backlog(jobs, *await parts.deliveries.given_up(channel.channel, datetime.fromtimestamp(clock.now, UTC)))

    assert (told.count, told.pictures, told.dropped.count, told.dropped.pictures) == (1, 1, 1, 1)
    [waits], [dropped] = told.messages, told.dropped.messages
    assert (waits.rule_name, waits.reason) == ("Rule", "HTTP 500: out of order")
    assert waits.kept_until.timestamp() == waits.begun_at.timestamp() + 100
    assert dropped.reason is not None
    assert dropped.reason.startswith("Given up after ")
    assert told.dropped.since is None, "all that is kept was looked through"


async def test_a_channel_that_is_deleted_while_messages_wait_for_it_ends_them(
    parts: Parts, other: Other, clock: Clock
) -> None:
    channel = await a_channel(parts)
    instance, other.fails = parts.instance(iot=other), down
    await tell(parts, instance, a_rule(channel), "1.jpg")
    assert await parts.store.delete(channel.channel, 1)

    clock.now += 60
    assert await instance.catch_up() is None

    [delivery] = await recorded(parts)
    assert "There is no channel" in (delivery.outcome.reason or "")
    assert await parts.waiting.all() == []


async def test_pictures_that_are_erased_while_they_wait_are_not_told_of(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    [job] = await parts.waiting.all()
    table = parts.waiting._table
    await parts.dynamodb.delete_item(
        TableName=table, Key={"about": {"S": f"waiting#{job.delivery_id}"}, "notice_id": {"S": "000000"}}
    )
    other.fails = lambda: None
    clock.now += 60

    assert await instance.catch_up() is None
    assert other.messages == []
    assert await parts.waiting.all() == []


@pytest.mark.parametrize("fault", [RefusedError("HTTP404", "HTTP 404"), ValueError("a bug")], ids=["refusal", "bug"])
async def test_neither_a_refusal_nor_a_fault_holds_the_digest(
    parts: Parts, other: Other, fault: Exception, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), lambda: fault
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    assert await instance.flush(rule) is None

    for _ in range(FAILURES):
        await tell(parts, instance, rule, f"{uuid.uuid4()}.jpg")

    _, fuses = await parts.store.all()
    assert bool(fuses) is isinstance(fault, ValueError), "who answers is not left alone"


async def test_what_another_version_wrote_that_cannot_be_read_holds_up_nothing_else(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    [job] = await parts.waiting.all()
    clock.now += 1
    await tell(parts, instance, rule, "2.jpg")
    for about, number, body in (
        ("waiting", "0", '{"channel": {"type": "pigeon"}}'),
        (f"waiting#{job.delivery_id}", "000000", '{"event": "earthquake"}'),
    ):
        strange = {"about": {"S": about}, "notice_id": {"S": number}, "body": {"S": body}}
        await parts.dynamodb.put_item(TableName=parts.notices, Item=strange)
    other.fails = lambda: None
    clock.now += 60

    assert await instance.catch_up() is None
    assert [message.notices[0].key for message in other.messages] == ["2.jpg"]
    assert await parts.waiting.all() == [job], "another instance may read it"


async def test_told_to_stop_it_finishes_what_it_is_sending_and_begins_nothing_else(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    for n in range(3):
        await tell(parts, instance, rule, f"{n}.jpg")
    other.fails, other.goes_on, tried = lambda: None, asyncio.Event(), other.tries
    clock.now += 60
    catching_up = asyncio.create_task(instance.catch_up())

    async def sending() -> bool:
        return other.tries > tried

    await eventually(sending)
    instance.catching_up.stop()
    other.goes_on.set()
    await catching_up

    assert len(other.messages) == 1
    assert len(await parts.waiting.all()) == 2
