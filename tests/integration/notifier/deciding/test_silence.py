"""Rules that are muted or switched off tell nobody, and what they did not tell is recorded."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from notifying import Clock, Mailbox, Parts
from onlooker_notifier.conditions.values import Window
from onlooker_notifier.deciding.departed import SETTLING, Departed
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from recognitions import an_image
from tellings import decide, decided, deliveries

INTERVAL = 60.0


@pytest.fixture
def rule(mailbox: Mailbox) -> Rule:
    return Rule(rule_id="rule", name="Rule", channels=(EmailChannel(to=mailbox.address),), digest_interval=INTERVAL)


async def test_a_muted_rule_tells_nobody_until_it_is_over(parts: Parts, rule: Rule, clock: Clock) -> None:
    until = datetime.fromtimestamp(clock.now, UTC) + timedelta(hours=1)
    muted = rule.model_copy(update={"muted_until": until})
    assert await decide(parts.deciding(), [muted], 1, 1) == []
    [decision] = await decided(parts)
    assert (decision.reason, decision.until, decision.decision) == ("muted", until, "not_told")
    clock.now += 3600
    assert await decide(parts.deciding(), [muted], 2, 1) == [muted]


@pytest.mark.parametrize("change", [{"enabled": False}, {"muted_until": datetime(2030, 1, 1, tzinfo=UTC)}], ids=str)
async def test_what_waits_for_a_rule_that_falls_silent_is_not_told_and_recorded_once(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock, change: dict[str, object]
) -> None:
    for number in range(3):
        await decide(parts.deciding(), [rule], number, 1)
    clock.now += INTERVAL
    silent = rule.model_copy(update=change)
    instances = [parts.instance() for _ in range(3)]
    for instance in instances:
        await instance.flush(silent)
    assert await parts.instance().flush(rule) is None

    [decision] = await decided(parts)
    assert len(decision.image_ids) == 3
    assert decision.reason in {"disabled", "muted"}
    assert await mailbox.mails() == []
    await decide(parts.deciding(), [rule], 4, 1)
    clock.now += INTERVAL
    await parts.instance().flush(rule)
    assert [len(images) for images in await deliveries(parts)] == [1]


async def test_what_comes_in_quiet_hours_is_one_summary_at_their_end(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    night = Window.model_validate({"from": "22:00", "to": "06:00"})
    quiet = rule.model_copy(update={"quiet_hours": night})
    clock.now = datetime(2027, 1, 15, 22, tzinfo=UTC).timestamp()
    for number in range(4):
        await decide(parts.deciding(), [quiet], number, 1)
        clock.now += 2 * 3600 - 1
        wait = await parts.instance().flush(quiet)
        assert wait == datetime(2027, 1, 16, 6, tzinfo=UTC).timestamp() - clock.now
    assert await mailbox.mails() == []
    clock.now = datetime(2027, 1, 16, 6, tzinfo=UTC).timestamp()
    await parts.instance().flush(quiet)

    [mail] = await mailbox.mails()
    assert "quiet hours (22:00 to 06:00, UTC)" in mail["BodyText"]
    assert [len(images) for images in await deliveries(parts)] == [4]
    held = await decided(parts)
    assert {(each.decision, each.reason) for each in held} == {("held", "quiet_hours")}
    assert {each.until for each in held} == {datetime(2027, 1, 16, 6, tzinfo=UTC)}


async def test_after_so_many_messages_a_day_the_rest_is_not_told_whichever_instance_sends(
    parts: Parts, rule: Rule, mailbox: Mailbox, clock: Clock
) -> None:
    limited = rule.model_copy(update={"daily_limit": 2, "digest_interval": 0.0})
    clock.now = datetime(2027, 1, 15, 12, tzinfo=UTC).timestamp()
    for number in range(4):
        await decide(parts.deciding(), [limited], number, 1)
        await asyncio.gather(*(parts.instance().flush(limited) for _ in range(3)))
        clock.now += 60

    assert ["last message today" in mail["BodyText"] for mail in await mailbox.mails()] == [False, True]
    silent = await decided(parts)
    assert [each.reason for each in silent] == ["daily_limit"] * 2
    assert {each.until for each in silent} == {datetime(2027, 1, 16, tzinfo=UTC) - timedelta(hours=1)}  # Berlin's
    clock.now = datetime(2027, 1, 15, 23, tzinfo=UTC).timestamp()
    await decide(parts.deciding(), [limited], 5, 1)
    await parts.instance().flush(limited)
    assert len(await deliveries(parts)) == 3


async def test_what_waits_for_a_rule_that_is_deleted_is_recorded_also_after_a_restart(
    parts: Parts, rule: Rule, clock: Clock
) -> None:
    def departed() -> Departed:
        return Departed(parts.dynamodb, parts.notices, clock=clock)

    assert await departed().departed(["other", "rule"]) == []
    await decide(parts.deciding(), [rule], 1, 1)
    restarted = departed()
    assert await restarted.departed(["other"]) == ["rule"]
    assert await parts.instance().forget("rule") == 0.0
    await decide(parts.deciding(), [rule], 2, 1)  # by an instance that did not know yet
    clock.now += SETTLING
    assert await restarted.departed(["other"]) == ["rule"]
    assert await parts.instance().forget("rule") == 0.0
    assert await parts.instance().forget("rule") is None
    clock.now += 1
    assert await restarted.departed(["other"]) == []
    assert await departed().departed(["other"]) == []

    assert [(each.reason, each.image_ids) for each in await decided(parts)] == [
        ("deleted", (an_image(f"{number}.jpg").image_id,)) for number in (2, 1)
    ]
    assert await restarted.departed(["other", "rule"]) == []  # made anew
    assert await restarted.departed(["other"]) == ["rule"]
