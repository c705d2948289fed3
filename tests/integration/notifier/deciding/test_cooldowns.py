"""The same is told once in a while, however many instances there are and whenever they are killed."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from notifying import Clock, Mailbox, Parts
from onlooker_notifier.deciding import decisions
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from onlooker_shared.errors import BadRequestError, RetryLater
from recognitions import an_image
from tellings import decide, decided, deliveries

PICTURES, PEOPLE, INSTANCES = 200, 5, 4
HOUR = 3600.0


@pytest.fixture
def rule(mailbox: Mailbox) -> Rule:
    return Rule(
        rule_id="people",
        name="People",
        channels=(EmailChannel(to=mailbox.address),),
        digest_interval=0,
        cooldown=HOUR,
        per=("person",),
    )


async def killed_at_times(work: Callable[[], Awaitable[Any]], chance: random.Random) -> None:
    """Do something as an instance does that is killed now and then, wherever it is, and whose work comes again."""
    while True:
        doing = asyncio.ensure_future(work())
        if chance.random() < 0.3:
            await asyncio.sleep(chance.random() * 0.1)
            doing.cancel()
        try:
            await doing
        except (asyncio.CancelledError, RetryLater):
            continue
        return


async def test_of_a_burst_one_message_tells_of_each_person_whoever_is_killed(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    chance = random.Random(8)
    instances = [parts.deciding() for _ in range(INSTANCES)]
    slots = asyncio.Semaphore(8 * INSTANCES)

    async def handle(number: int) -> None:
        async with slots:
            instance = instances[number % INSTANCES]
            await killed_at_times(lambda: decide(instance, [rule], number, number % PEOPLE), chance)

    await asyncio.gather(*(handle(number) for number in range(PICTURES)))
    await asyncio.gather(*(parts.instance().flush(rule) for _ in range(INSTANCES)))
    clock.now += 120  # claims of those that are gone lapse
    while await parts.instance().flush(rule) is not None:
        pass

    told = [delivery for delivery in (await deliveries(parts)) for delivery in delivery]
    silent = await decided(parts, rule_id="people")
    assert len(told) == PEOPLE
    assert len(silent) == PICTURES - PEOPLE
    assert {(each.decision, each.reason) for each in silent} == {("not_told", "cooling_down")}
    assert Counter(each.about for each in silent) == {(f"P{n}",): PICTURES // PEOPLE - 1 for n in range(PEOPLE)}
    assert sorted([*told, *(image for each in silent for image in each.image_ids)]) == sorted(
        an_image(f"{number}.jpg").image_id for number in range(PICTURES)
    )


async def test_it_is_told_again_when_it_has_cooled_down(parts: Parts, rule: Rule, clock: Clock) -> None:
    deciding = parts.deciding()
    assert await decide(deciding, [rule], 1, 1) == [rule]
    clock.now += HOUR - 1
    assert await decide(deciding, [rule], 2, 1) == []
    assert await decide(deciding, [rule], 3, 2) == [rule]
    clock.now += 1
    assert await decide(deciding, [rule], 4, 1) == [rule]
    clock.now -= 2 * HOUR  # the clock jumps back
    assert await decide(deciding, [rule], 5, 1) == [rule]
    assert await decide(deciding, [rule], 6, 1) == []


async def test_somebody_new_in_a_crowd_is_told_of(parts: Parts, rule: Rule) -> None:
    deciding = parts.deciding()
    assert await decide(deciding, [rule], 1, *range(100)) == [rule]
    assert await decide(deciding, [rule], 2, *range(100)) == [rule]  # a transaction does not take all of them at once
    assert await decide(deciding, [rule], 3, *range(100)) == []
    assert await decide(deciding, [rule], 4, *range(99), 100) == [rule]
    assert await decide(deciding, [rule], 5, *range(99), 100) == []

    silent = await decided(parts, image_id=an_image("5.jpg").image_id)
    assert [each.about for each in silent] == [("P0", "P1", "P10", "P100", "P11", "P12")]


async def test_a_redelivered_picture_is_neither_told_nor_recorded_again(parts: Parts, rule: Rule, clock: Clock) -> None:
    deciding = parts.deciding()
    assert [await decide(deciding, [rule], 1, 1) for _ in range(3)] == [[rule], [], []]
    assert await decided(parts) == []
    for _ in range(3):
        assert await decide(deciding, [rule], 2, 1) == []
        clock.now += 1
    [decision] = await decided(parts)
    assert decision.until == datetime.fromtimestamp(1_800_000_000 + HOUR, UTC)


async def test_one_rule_cools_down_without_the_others_and_what_is_off_is_recorded(parts: Parts, rule: Rule) -> None:
    other = rule.model_copy(update={"rule_id": "other", "cooldown": 0.0})
    off = rule.model_copy(update={"rule_id": "off", "enabled": False})
    deciding = parts.deciding()
    assert await decide(deciding, [rule, other, off], 1, 1) == [rule, other]
    assert await decide(deciding, [rule, other, off], 2, 1) == [other]

    image_id = an_image("2.jpg").image_id
    assert {(each.rule_id, each.reason) for each in await decided(parts, image_id=image_id)} == {
        ("people", "cooling_down"),
        ("off", "disabled"),
    }
    assert [each.reason for each in await decided(parts, rule_id="off")] == ["disabled", "disabled"]


@pytest.mark.parametrize("largest", [decisions.LARGEST, 300], ids=["in one item", "in an item each"])
async def test_decisions_are_listed_newest_first_page_by_page_over_days(
    parts: Parts, rule: Rule, clock: Clock, monkeypatch: pytest.MonkeyPatch, largest: int
) -> None:
    monkeypatch.setattr(decisions, "LARGEST", largest)
    off = [rule.model_copy(update={"rule_id": f"off-{n}", "enabled": False}) for n in range(3)]
    for number in range(4):
        await decide(parts.deciding(), off, number, 1)
        clock.now += 86_400
    now = datetime.fromtimestamp(clock.now, UTC)

    pages = []
    cursor = None
    while not pages or cursor:
        page = await parts.decided.newest(2, cursor, now)
        pages.append([(each.image_ids[0], each.rule_id) for each in page.decisions])
        cursor = page.cursor
    told = [each for page in pages for each in page]
    assert [image_id for image_id, _ in told[::3]] == [an_image(f"{number}.jpg").image_id for number in (3, 2, 1, 0)]
    assert sorted(told) == sorted(
        (an_image(f"{number}.jpg").image_id, f"off-{n}") for number in range(4) for n in range(3)
    )
    with pytest.raises(BadRequestError):
        await parts.decided.newest(2, "nonsense", now)
