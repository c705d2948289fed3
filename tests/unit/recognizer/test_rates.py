"""Calls are spread to a rate, in the order of their asking."""

import asyncio

import pytest

from onlooker_recognizer.rates import Pace, TokenBucket


def test_a_full_bucket_gives_its_burst_at_once_and_then_one_by_one() -> None:
    bucket = TokenBucket(rate=10, burst=3, now=0.0)
    assert [bucket.take(0.0) for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])


def test_an_idle_bucket_fills_up_to_its_burst_and_no_further() -> None:
    bucket = TokenBucket(rate=10, burst=2, now=0.0)
    for _ in range(4):
        bucket.take(0.0)
    assert [bucket.take(1000.0) for _ in range(3)] == pytest.approx([0, 0, 0.1])


def test_tokens_come_back_at_the_rate() -> None:
    bucket = TokenBucket(rate=10, burst=1, now=0.0)
    assert [bucket.take(now) for now in (0.0, 0.05, 0.2, 10.0)] == pytest.approx([0, 0.05, 0, 0])


def test_a_drained_bucket_has_no_burst_left() -> None:
    bucket = TokenBucket(rate=10, burst=100, now=0.0)
    bucket.drain(0.0)
    assert [bucket.take(0.0), bucket.take(0.0)] == pytest.approx([0.1, 0.2])


def test_draining_forgives_no_debt() -> None:
    bucket = TokenBucket(rate=10, burst=1, now=0.0)
    for _ in range(3):
        bucket.take(0.0)
    bucket.drain(0.0)
    assert bucket.take(0.0) == pytest.approx(0.3)


class Clock:
    """Time that passes when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)


async def test_many_callers_are_paced_together() -> None:
    clock = Clock()
    pace = Pace(5, clock=lambda: clock.now, sleep=clock.sleep)
    await asyncio.gather(*(pace.turn() for _ in range(25)))
    assert clock.now == pytest.approx(4.0)  # 5 at once, then 20 at 5 a second


async def test_a_refusal_ends_the_burst() -> None:
    clock = Clock()
    pace = Pace(50, clock=lambda: clock.now, sleep=clock.sleep)
    pace.refused()
    await pace.turn()
    assert clock.now == pytest.approx(0.02)


async def test_a_rate_below_one_a_second_still_lets_calls_through() -> None:
    clock = Clock()
    pace = Pace(0.5, clock=lambda: clock.now, sleep=clock.sleep)
    await pace.turn()
    assert clock.now == 0
    await pace.turn()
    assert clock.now == pytest.approx(2.0)
