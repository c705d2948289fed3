"""What nobody acknowledges is told once more, by others: once, whoever looks, and not if the rule fell silent."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest

from notifying import Clock, Mailbox, Parts
from onlooker_notifier import notices, rests
from onlooker_notifier.channels.message import UnansweredError
from onlooker_notifier.delivering.deliveries import Delivery
from onlooker_notifier.delivering.standing import Acknowledgement
from onlooker_notifier.digests.jobs import jobs_of
from onlooker_notifier.escalating import escalations
from onlooker_notifier.rules.escalation import Escalation
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from recognitions import a_recognition, an_image
from tellings import Other, a_channel, a_rule, decided, recorded, tell

AFTER = 600.0


@pytest.fixture
def boss() -> Other:
    return Other()


@pytest.fixture
async def rule(parts: Parts, mailbox: Mailbox) -> Rule:
    """One that mails, and escalates to a channel with a record."""
    escalation = Escalation(after=AFTER, channels=(await a_channel(parts),))
    made = a_rule(EmailChannel(to=mailbox.address)).model_copy(update={"escalation": escalation})
    await parts.keep(made)
    return made


async def told(parts: Parts, rule: Rule, *names: str) -> Delivery:
    """Have a rule tell of a picture, and return the delivery."""
    for name in names or ("1.jpg",):
        await tell(parts, parts.instance(), rule, name)
    return (await recorded(parts))[0]


async def look(parts: Parts, boss: Other) -> float | None:
    return await parts.escalations(iot=boss).look()


async def standing(parts: Parts, delivery_id: str) -> object:
    page = await parts.deliveries.newest(100, None, datetime.fromtimestamp(parts.clock(), UTC))
    [found] = [each for each in (await parts.escalations().shown(page)).deliveries if each.delivery_id == delivery_id]
    return found.standing


async def acknowledged(parts: Parts, delivery: Delivery, by: str = "Ann") -> Acknowledgement | None:
    assert delivery.escalation_id is not None
    return await parts.escalations().acknowledge(delivery.escalation_id, by=by, delivery_id=delivery.delivery_id)


async def left(parts: Parts) -> set[str]:
    """What is still kept of messages that were not acknowledged."""
    pages = parts.dynamodb.get_paginator("scan").paginate(TableName=parts.notices)
    abouts = [item["about"]["S"] async for page in pages for item in page["Items"]]
    return {about for about in abouts if about.startswith("escalating")}


async def test_nobody_acknowledges_it_so_the_same_message_goes_to_the_escalation_and_says_why(
    parts: Parts, rule: Rule, mailbox: Mailbox, boss: Other, clock: Clock
) -> None:
    first = await told(parts, rule)
    assert await look(parts, boss) == AFTER
    clock.now += AFTER - 1
    assert await look(parts, boss) == 1
    assert boss.messages == []

    clock.now += 1
    assert await look(parts, boss) is None
    [message] = boss.messages
    assert message.letter.subject == f"Not acknowledged: {first.subject}"
    assert "Nobody acknowledged the message of 08:00 within 10 minutes." in message.letter.text
    assert [notice.key for notice in message.notices] == ["1.jpg"]
    assert message.escalates == (first.delivery_id,)
    second = (await recorded(parts))[0]
    assert second.escalates == (first.delivery_id,)
    assert (second.channel_name, second.outcome.status, second.escalation_id) == (
        "The door",
        "sent",
        first.escalation_id,
    )
    assert len(await mailbox.mails()) == 1
    assert await left(parts) == set()

    clock.now += 10 * AFTER
    assert await look(parts, boss) is None
    assert len(boss.messages) == 1


async def test_what_is_acknowledged_is_not_escalated_and_who_was_first_counts(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    delivery = await told(parts, rule)
    clock.now += 60
    counts = await acknowledged(parts, delivery)
    assert counts == Acknowledgement(
        at=datetime.fromtimestamp(clock.now, UTC), by="Ann", delivery_id=delivery.delivery_id
    )
    clock.now += 60
    assert await acknowledged(parts, delivery, "Ben") == counts

    clock.now += AFTER
    assert await look(parts, boss) is None
    assert boss.messages == []
    shown = await standing(parts, delivery.delivery_id)
    assert shown.acknowledged == counts
    assert await left(parts) == set()


async def test_an_escalation_can_be_acknowledged_too(parts: Parts, rule: Rule, boss: Other, clock: Clock) -> None:
    first = await told(parts, rule)
    clock.now += AFTER
    await look(parts, boss)
    second = (await recorded(parts))[0]
    counts = await acknowledged(parts, second, "Boss")

    shown = await standing(parts, first.delivery_id)
    assert shown.acknowledged == counts
    assert shown.escalated_at == datetime.fromtimestamp(clock.now, UTC)


async def test_one_acknowledgement_is_enough_by_whichever_channel_it_came(
    parts: Parts, rule: Rule, mailbox: Mailbox, boss: Other, clock: Clock
) -> None:
    both = rule.model_copy(update={"channels": (*rule.channels, EmailChannel(to=f"2{mailbox.address}"))})
    await parts.keep(both)
    await tell(parts, parts.instance(), both, "1.jpg")
    one, other = await recorded(parts)
    assert one.escalation_id == other.escalation_id
    await acknowledged(parts, one)
    clock.now += AFTER
    await look(parts, boss)
    assert boss.messages == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"muted_until": datetime(2030, 1, 1, tzinfo=UTC)}, "muted"),
        ({"enabled": False}, "disabled"),
        ({"escalation": None}, "not_escalated"),
        (None, "deleted"),
    ],
    ids=["muted", "switched off", "not escalating any more", "deleted"],
)
async def test_a_rule_that_fell_silent_meanwhile_escalates_nothing_and_that_is_recorded_once(
    parts: Parts, rule: Rule, boss: Other, clock: Clock, change: dict[str, object] | None, reason: str
) -> None:
    delivery = await told(parts, rule)
    if change is None:
        await parts.rulebook.delete(rule.rule_id, None)
    else:
        await parts.keep(rule.model_copy(update=change))
    clock.now += AFTER
    await asyncio.gather(*(look(parts, boss) for _ in range(3)))

    assert boss.messages == []
    [decision] = await decided(parts)
    assert (decision.decision, decision.reason) == ("not_escalated", reason)
    assert decision.image_ids == delivery.image_ids
    assert (await standing(parts, delivery.delivery_id)).dropped == reason
    assert await left(parts) == set()


async def test_a_rule_is_asked_as_it_is_and_not_as_it_was_remembered(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    await told(parts, rule)
    escalations = parts.escalations(iot=boss)
    assert await escalations.look() == AFTER, "now the rule is remembered for some seconds"
    await parts.keep(rule.model_copy(update={"enabled": False}))
    parts.rulebook._remembered = (clock.now + 2 * AFTER, [rule])
    clock.now += AFTER
    await escalations.look()
    assert boss.messages == []


async def test_a_rule_that_cannot_be_read_is_waited_for(parts: Parts, rule: Rule, boss: Other, clock: Clock) -> None:
    await told(parts, rule)
    await parts.dynamodb.put_item(TableName=parts.rules, Item={"rule_id": {"S": "rule"}, "body": {"S": "?"}})
    clock.now += AFTER
    assert await look(parts, boss) is None
    assert await decided(parts) == []
    await parts.keep(rule)
    await look(parts, boss)
    assert len(boss.messages) == 1


async def test_several_instances_that_are_killed_again_and_again_escalate_each_message_once(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    chance = random.Random(8)
    for number in range(5):
        await told(parts, rule, f"{number}.jpg")
    clock.now += AFTER

    async def instance() -> None:
        for _ in range(4):
            looking = asyncio.ensure_future(look(parts, boss))
            await asyncio.sleep(chance.random() * 0.1)
            if boss.tries == 0 or chance.random() < 0.5:  # not while it sends: no claim can close that gap
                looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    boss.goes_on = asyncio.Event()
    killed = [asyncio.ensure_future(instance()) for _ in range(3)]
    await asyncio.sleep(0.2)
    boss.goes_on.set()
    await asyncio.gather(*killed)
    for _ in range(8):
        clock.now += 61  # claims of those that are gone lapse
        await look(parts, boss)

    keys = sorted({message.notices[0].key for message in boss.messages})
    assert keys == [f"{number}.jpg" for number in range(5)]
    escalated = [each for each in await recorded(parts) if each.escalates]
    assert len(escalated) == len({each.delivery_id for each in escalated}) == 5
    assert await left(parts) == set()


async def test_an_acknowledgement_and_an_escalation_at_the_same_time_agree(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    deliveries = [await told(parts, rule, f"{number}.jpg") for number in range(8)]
    clock.now += AFTER
    await asyncio.gather(*(acknowledged(parts, each) for each in deliveries), *(look(parts, boss) for _ in range(2)))
    escalated = {each.escalates[0] for each in await recorded(parts) if each.escalates}
    for each in deliveries:
        shown = await standing(parts, each.delivery_id)
        assert shown.acknowledged is not None
        assert (shown.escalated_at is not None) == (each.delivery_id in escalated)


async def test_a_message_that_its_channel_did_not_take_is_escalated_too(
    parts: Parts, boss: Other, clock: Clock
) -> None:
    down, up = await a_channel(parts), await a_channel(parts)
    rule = a_rule(down).model_copy(update={"escalation": Escalation(after=AFTER, channels=(up,))})
    await parts.keep(rule)
    boss.fails = lambda: UnansweredError("HTTP500", "HTTP 500: out of order")
    await tell(parts, parts.instance(iot=boss), rule, "1.jpg")
    boss.fails = lambda: None
    clock.now += AFTER
    await look(parts, boss)
    assert len(boss.messages) == 1
    assert [job.channel for job in await parts.waiting.all()] == [down]


async def test_an_escalation_whose_channel_is_down_waits_for_it_as_any_message(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    await told(parts, rule)
    boss.fails = lambda: UnansweredError("HTTP500", "HTTP 500: out of order")
    clock.now += AFTER
    assert await look(parts, boss) is None
    assert await left(parts) == set()
    boss.fails = lambda: None
    clock.now += 60
    await parts.instance(iot=boss).catch_up()
    [message] = boss.messages
    assert message.escalates
    assert message.letter.subject.startswith("Not acknowledged: ")


async def test_what_was_erased_meanwhile_is_not_told(parts: Parts, rule: Rule, boss: Other, clock: Clock) -> None:
    delivery = await told(parts, rule)
    [about] = {each for each in await left(parts) if "#" in each}
    await parts.dynamodb.delete_item(TableName=parts.notices, Key={"about": {"S": about}, "notice_id": {"S": "000000"}})
    clock.now += AFTER
    await look(parts, boss)
    assert boss.messages == []
    items = await parts.dynamodb.scan(TableName=parts.notices)
    kept = [str(item) for item in items["Items"] if item["about"]["S"].startswith(("escalating", "message"))]
    assert not any(image_id in item for item in kept for image_id in delivery.image_ids)


async def test_a_clock_that_jumps_back_has_it_wait_once_more(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    await told(parts, rule)
    clock.now -= timedelta(days=2).total_seconds()
    assert await look(parts, boss) == AFTER
    clock.now += AFTER
    await look(parts, boss)
    assert len(boss.messages) == 1


async def test_the_same_channel_may_be_told_again(parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock) -> None:
    reminding = rule.model_copy(update={"escalation": Escalation(after=AFTER, channels=rule.channels)})
    await parts.keep(reminding)
    await told(parts, reminding)
    clock.now += AFTER
    await parts.escalations().look()
    assert [mail["Subject"].startswith("Not acknowledged: ") for mail in await mailbox.mails()] == [False, True]


async def test_an_instance_that_is_late_begins_nothing_anew(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    await parts.gathering.decide(notices.recognized(an_image(), a_recognition()), [rule.rule_id])
    state = await parts.digests.state(rule.rule_id)
    pending = await parts.digests.pending(rule.rule_id, 10)
    digest = await parts.digests.begin(rule.rule_id, state, [each.notice_id for each in pending])
    assert digest is not None
    told_of = await parts.digests.notices_of(digest)
    jobs = jobs_of(rule, digest)
    await parts.instance().flush(rule)
    clock.now += AFTER
    await look(parts, boss)

    await parts.escalations().expect(rule, digest, jobs, told_of)
    clock.now += AFTER
    await look(parts, boss)
    assert len(boss.messages) == 1
    assert await left(parts) == set()


async def test_of_many_that_are_due_some_are_settled_at_a_time(
    parts: Parts, rule: Rule, boss: Other, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(parts, rule, *(f"{number}.jpg" for number in range(3)))
    clock.now += AFTER
    monkeypatch.setattr(escalations, "MOST_AT_A_TIME", 1)
    instance = parts.escalations(iot=boss)
    assert [await instance.look() for _ in range(3)] == [0.0, 0.0, None], "at once, while there are more"
    assert len(boss.messages) == 3


async def test_the_more_wait_the_more_seldom_they_are_read(
    parts: Parts, rule: Rule, boss: Other, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await told(parts, rule)
    monkeypatch.setattr(rests, "FREE", 0)
    monkeypatch.setattr(rests, "A_SECOND", 0.1)
    instance = parts.escalations(iot=boss)
    assert await instance.look() == AFTER
    clock.now += AFTER
    wait = await instance.look()
    assert wait is not None
    assert 0 < wait <= 10
    assert boss.messages == []
    assert await look(parts, boss) is None, "another instance has not read them"
    assert len(boss.messages) == 1


async def test_what_another_version_wrote_that_cannot_be_read_holds_up_nothing_else(
    parts: Parts, rule: Rule, boss: Other, clock: Clock
) -> None:
    await told(parts, rule)
    strange = {"about": {"S": "escalating"}, "notice_id": {"S": "0"}, "body": {"S": "{}"}}
    await parts.dynamodb.put_item(TableName=parts.notices, Item=strange)
    clock.now += AFTER
    await look(parts, boss)
    assert len(boss.messages) == 1


async def test_told_to_stop_it_escalates_nothing_else(parts: Parts, rule: Rule, boss: Other, clock: Clock) -> None:
    await told(parts, rule)
    clock.now += AFTER
    instance = parts.escalations(iot=boss)
    instance.stop()
    await instance.look()
    assert boss.messages == []
    await look(parts, boss)
    assert len(boss.messages) == 1
