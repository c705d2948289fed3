"""A side effect happens once: claims in a real table."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest

from onlooker_shared.aws import Aws
from onlooker_shared.claims import CLOCKS_DIFFER, AlreadyDone, Claimed, Claims, InProgress

LEASE = timedelta(seconds=60)
WHAT = "mail:rule:image"


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def claims(aws: Aws, clock: Clock) -> Claims:
    dynamodb, table = await aws.client("dynamodb"), f"claims-{uuid.uuid4().hex}"
    await dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "claim_id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "claim_id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return Claims(dynamodb, table, clock=clock)


async def test_of_many_at_once_exactly_one_wins(claims: Claims, clock: Clock) -> None:
    answers = await asyncio.gather(*(claims.claim(WHAT, f"worker {n}", LEASE) for n in range(20)))
    assert len([answer for answer in answers if isinstance(answer, Claimed)]) == 1
    others = [answer for answer in answers if not isinstance(answer, Claimed)]
    assert set(others) == {InProgress(until=clock.now + 60)}


async def test_what_is_done_stays_done_and_tells_its_result(claims: Claims, clock: Clock) -> None:
    claim = await claims.claim(WHAT, "a", LEASE)
    assert isinstance(claim, Claimed)
    await claims.complete(claim, "message 7")
    clock.now += 3600
    assert await claims.claim(WHAT, "b", LEASE) == AlreadyDone("message 7")
    assert await claims.claim(WHAT, "a", LEASE) == AlreadyDone("message 7")


async def test_a_claim_lapses_when_its_holder_died(claims: Claims, clock: Clock) -> None:
    await claims.claim(WHAT, "died", LEASE)
    clock.now += 59
    assert isinstance(await claims.claim(WHAT, "next", LEASE), InProgress)
    clock.now += 2
    assert await claims.claim(WHAT, "next", LEASE) == Claimed(WHAT, "next")


async def test_a_claim_from_before_a_clock_jumped_back_holds_nobody(claims: Claims, clock: Clock) -> None:
    await claims.claim(WHAT, "died", LEASE)
    clock.now -= CLOCKS_DIFFER.total_seconds()  # so far clocks may differ
    assert isinstance(await claims.claim(WHAT, "next", LEASE), InProgress)
    clock.now -= 1
    assert await claims.claim(WHAT, "next", LEASE) == Claimed(WHAT, "next")


async def test_a_claim_that_is_given_back_is_free_after_a_while(claims: Claims, clock: Clock) -> None:
    claim = await claims.claim(WHAT, "a", LEASE)
    assert isinstance(claim, Claimed)
    await claims.give_back(claim, timedelta(seconds=10))
    assert await claims.claim(WHAT, "b", LEASE) == InProgress(until=clock.now + 10)
    clock.now += 11
    assert await claims.claim(WHAT, "b", LEASE) == Claimed(WHAT, "b")


async def test_a_claim_that_is_given_back_too_late_stays_whose_it_is_by_now(claims: Claims, clock: Clock) -> None:
    late = await claims.claim(WHAT, "late", LEASE)
    assert isinstance(late, Claimed)
    clock.now += 61
    claim = await claims.claim(WHAT, "b", LEASE)
    await claims.give_back(late)
    clock.now += 1
    assert await claims.claim(WHAT, "c", LEASE) == InProgress(until=clock.now + 59)
    assert isinstance(claim, Claimed)
    await claims.complete(claim, "message 7")
    await claims.give_back(late)
    assert await claims.claim(WHAT, "c", LEASE) == AlreadyDone("message 7")


async def test_the_same_holder_may_claim_again(claims: Claims) -> None:
    """Its first call's answer may have been lost on the way."""
    assert await claims.claim(WHAT, "a", LEASE) == await claims.claim(WHAT, "a", LEASE) == Claimed(WHAT, "a")


async def test_different_side_effects_do_not_meet(claims: Claims) -> None:
    assert isinstance(await claims.claim("mail:1", "a", LEASE), Claimed)
    assert isinstance(await claims.claim("mail:2", "b", LEASE), Claimed)
