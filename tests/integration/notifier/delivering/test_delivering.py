"""A delivery happens once, however slow DynamoDB is, however far clocks are apart, and whatever fails beside it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError

from installation import eventually
from notifying import Clock, Parts
from onlooker_notifier.channels import retries
from onlooker_notifier.channels.fuses import Fuses
from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.delivering import catching_up, delivering
from onlooker_shared.claims import Claims
from recognitions import an_image
from tellings import Other, a_channel, a_rule, down, recorded, tell


def at_the_time_of(parts: Parts, clock: Clock) -> Parts:
    """What another instance is made of, whose clock shows something else."""
    return replace(parts, clock=clock, claims=Claims(parts.dynamodb, parts.claims._table, clock=clock))


async def test_an_instance_whose_clock_is_ahead_does_not_send_what_another_one_is_sending(
    parts: Parts, other: Other, clock: Clock
) -> None:
    other.goes_on = asyncio.Event()
    rule = a_rule(await a_channel(parts))
    sending = asyncio.create_task(tell(parts, parts.instance(iot=other), rule, "1.jpg"))

    async def tries() -> int:
        return other.tries

    await eventually(tries)

    ahead = Clock()
    ahead.now = clock.now + delivering.SEND_TIMEOUT + CLOCKS_DIFFER
    wait = await at_the_time_of(parts, ahead).instance(iot=other).flush(rule)

    assert wait is not None
    assert wait > 0
    assert other.tries == 1
    other.goes_on.set()
    await sending


async def test_what_took_too_long_before_it_was_sent_is_not_sent_under_a_claim_that_may_have_lapsed(
    parts: Parts, other: Other, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, instance = a_rule(await a_channel(parts)), parts.instance(iot=other)
    with monkeypatch.context() as slow:
        slow.setattr(delivering, "SEND_TIMEOUT", 0.0)  # as if DynamoDB had taken all of it
        await tell(parts, instance, rule, "1.jpg")
    assert other.tries == 0

    clock.now += delivering.LEASE.total_seconds() + 1
    assert await instance.flush(rule) == 0.0
    assert other.tries == 1


async def test_what_a_channel_took_is_noted_before_anything_else_can_fail(
    parts: Parts, other: Other, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, instance = a_rule(await a_channel(parts)), parts.instance(iot=other)

    async def away(*_: object) -> None:
        raise EndpointConnectionError(endpoint_url="http://dynamodb")

    with monkeypatch.context() as failing:
        failing.setattr(Fuses, "succeeded", away)
        with pytest.raises(EndpointConnectionError):
            await tell(parts, instance, rule, "1.jpg")
    clock.now += delivering.LEASE.total_seconds() + 1

    assert await instance.flush(rule) == 0.0
    assert other.tries == 1
    assert [delivery.outcome.status for delivery in await recorded(parts)] == ["sent"]


async def test_after_a_clock_jumped_back_what_waits_is_not_held_by_the_claim_of_its_last_try(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    await tell(parts, instance, rule, "1.jpg")
    other.fails = lambda: None

    clock.now -= timedelta(hours=2).total_seconds()
    assert await instance.catch_up() is None
    assert len(other.messages) == 1


async def test_what_waits_names_no_picture_so_that_it_stays_when_one_of_them_is_erased(
    parts: Parts, other: Other
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    await tell(parts, parts.instance(iot=other), rule, "1.jpg")

    [job] = await parts.waiting.all()
    assert an_image("1.jpg").image_id not in job.model_dump_json()


async def test_a_channel_that_is_slow_does_not_keep_others_from_being_looked_after(
    parts: Parts, other: Other, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule, other.fails = a_rule(await a_channel(parts)), down
    instance = parts.instance(iot=other)
    for n in range(3):
        await tell(parts, instance, rule, f"{n}.jpg")
    clock.now += retries.FIRST_DELAY
    other.fails = lambda: None

    monkeypatch.setattr(catching_up, "LONGEST_GO", 0.0)
    assert [await instance.catch_up() for _ in range(3)] == [0.0, 0.0, None]


async def test_of_a_rule_whose_channels_were_taken_away_it_is_recorded_what_was_not_told(
    parts: Parts, other: Other, clock: Clock
) -> None:
    rule = a_rule(await a_channel(parts)).model_copy(update={"digest_interval": 60.0})
    await tell(parts, parts.instance(iot=other), rule, "1.jpg")
    clock.now += 60
    bare = rule.model_copy(update={"channels": ()})

    assert await parts.instance(iot=other).flush(bare) == 0.0
    page = await parts.decided.newest(10, None, datetime.fromtimestamp(clock.now, UTC))
    assert [(each.reason, len(each.image_ids)) for each in page.decisions] == [("disabled", 1)]
