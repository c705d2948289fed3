"""Rules are data that somebody may edit, and may damage."""

import asyncio
from collections.abc import Sequence

import pytest

from notifying import Parts
from onlooker_notifier.rules.defaults import default_rule
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.rulebook import Change, Rulebook

DEFAULT = default_rule(email_to=["ann@example.com"], topic_arn=None, digest_interval=60)
MINE = DEFAULT.model_copy(update={"rule_id": "mine", "origin": "user"})


async def damage(parts: Parts, rule_id: str) -> None:
    body = '{"rule_id": "' + rule_id + '", "name": "Mine", "events": ["recogni'
    await parts.dynamodb.put_item(TableName=parts.rules, Item={"rule_id": {"S": rule_id}, "body": {"S": body}})


async def test_a_rule_that_cannot_be_read_silences_no_other(parts: Parts) -> None:
    rulebook = Rulebook(parts.dynamodb, parts.rules)
    await parts.keep(MINE)
    await damage(parts, "damaged")
    await parts.dynamodb.put_item(TableName=parts.rules, Item={"rule_id": {"S": "empty"}})

    assert await rulebook.all() == [MINE]


async def test_somebodys_damaged_rule_is_left_for_them_to_mend(parts: Parts) -> None:
    await damage(parts, DEFAULT.rule_id)

    await Rulebook(parts.dynamodb, parts.rules).ensure_default(DEFAULT)

    assert await Rulebook(parts.dynamodb, parts.rules).all() == []


async def test_a_change_that_somebody_makes_while_an_instance_starts_is_not_undone(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parts.keep(DEFAULT)
    theirs = DEFAULT.model_copy(update={"name": "Theirs", "origin": "user", "version": 2})
    starting = Rulebook(parts.dynamodb, parts.rules)
    apply = starting.apply

    async def too_late(changes: Sequence[Change]) -> None:
        await parts.keep(theirs)
        await apply(changes)

    monkeypatch.setattr(starting, "apply", too_late)
    await starting.ensure_default(DEFAULT.model_copy(update={"digest_interval": 5}))

    assert await starting.now() == [theirs]


async def test_rules_are_read_again_after_a_while(parts: Parts) -> None:
    now = [0.0]
    rulebook = Rulebook(parts.dynamodb, parts.rules, monotonic=lambda: now[0])
    assert await rulebook.all() == []
    await parts.keep(MINE)

    assert await rulebook.all() == []
    now[0] += 15
    assert await rulebook.all() == [MINE]


async def test_of_many_who_ask_at_once_one_reads(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    await parts.keep(MINE)
    rulebook, readings = Rulebook(parts.dynamodb, parts.rules), []
    read = rulebook.now

    async def now() -> list[Rule]:
        readings.append(None)
        return await read()

    monkeypatch.setattr(rulebook, "now", now)
    assert await asyncio.gather(*(rulebook.all() for _ in range(10))) == [[MINE]] * 10
    assert len(readings) == 1
