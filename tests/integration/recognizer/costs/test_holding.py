"""Pictures that wait for the budget, and are asked for until that is answered; and the warning before it is spent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from structlog.testing import capture_logs

from installation import installation
from onlooker_recognizer.costs.budget import Budget
from onlooker_recognizer.costs.holding import TURN, Holding
from onlooker_recognizer.costs.ledger import Held, Ledger
from onlooker_recognizer.costs.meter import Meter
from onlooker_recognizer.costs.pricing import price_list
from onlooker_shared.aws import Aws
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Feature

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
IMAGE = ImageRef.of(bucket="door", key="a.jpg", etag="e", size=1, uploaded_at=NOON)
HELD = Held(IMAGE, ("labels", "text"))
ALL: tuple[Feature, ...] = ("faces", "labels", "text")


@dataclass
class Asked:
    """A queue that keeps what it is asked, or is away."""

    away: bool = False
    wanted: list[tuple[Held, datetime]] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, held: Held, turn: datetime) -> None:
        if self.away:
            raise ConnectionError
        self.wanted.append((held, turn))
        self.heard.set()


@dataclass
class Here:
    ledger: Ledger
    asked: Asked = field(default_factory=Asked)
    now: datetime = NOON

    def clock(self) -> datetime:
        return self.now

    def meter(self) -> Meter:
        return Meter(self.ledger, price_list(), clock=self.clock)

    def holding(self, *features: Feature, budget: Budget | None = None, meter: Meter | None = None) -> Holding:
        """One recognizer of many, with some features switched on."""
        return Holding(
            budget or Budget(),
            meter or self.meter(),
            self.ledger,
            self.asked,
            features=features or ALL,
            clock=self.clock,
        )


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Here]:
    async with installation(aws, tables_only=True) as provisioned:
        ledger = Ledger(await provisioned.aws.client("dynamodb"), provisioned.topology.costs.name)
        await ledger.hold(HELD)
        yield Here(ledger)


async def test_what_waits_is_asked_for_once_by_all_recognizers_and_forgotten_when_it_is_answered(here: Here) -> None:
    one, other = here.holding(), here.holding()

    assert [await one.release(), await other.release(), await one.release()] == [1, 0, 0]

    ((held, turn),) = here.asked.wanted
    assert held == HELD
    assert await here.ledger.held(10) == [HELD]
    await other.done(held.image, turn)
    assert await here.ledger.held(10) == []


async def test_what_a_queue_loses_is_asked_for_again(here: Here) -> None:
    holding = here.holding()
    await holding.release()
    here.now = NOON + TURN * 2

    assert await holding.release() == 1
    (first, lost), (second, turn) = here.asked.wanted
    assert first == second
    await holding.done(IMAGE, lost)  # it comes all the same
    assert await here.ledger.held(10) == [HELD]
    await holding.done(IMAGE, turn)
    assert await here.ledger.held(10) == []


async def test_what_cannot_be_asked_for_is_so_at_the_next_look(here: Here) -> None:
    holding = here.holding()
    here.asked.away = True
    with pytest.raises(ConnectionError):
        await holding.release()
    here.asked.away = False

    assert await holding.release() == 1


async def test_what_was_asked_for_keeps_no_other_picture_waiting(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onlooker_recognizer.costs.holding.AT_ONCE", 1)
    await here.ledger.hold(Held(ImageRef.of(bucket="door", key="b.jpg", etag="e", size=1, uploaded_at=NOON), ()))
    holding = here.holding()

    assert [await holding.release(), await holding.release(), await holding.release()] == [1, 1, 0]
    assert {held.image.key: held.features for held, _ in here.asked.wanted} == {
        "a.jpg": ("labels", "text"),
        "b.jpg": (),
    }


async def test_what_is_switched_off_meanwhile_is_not_asked_for(here: Here) -> None:
    assert await here.holding("faces", "labels").release() == 1

    ((held, _),) = here.asked.wanted
    assert held == Held(IMAGE, ("labels",))


async def test_of_a_picture_whose_features_are_all_switched_off_nothing_waits(here: Here) -> None:
    assert await here.holding("faces").release() == 0
    assert (here.asked.wanted, await here.ledger.held(10)) == ([], [])


def spent_ratio() -> float:
    return REGISTRY.get_sample_value("onlooker_rekognition_budget_spent_ratio") or 0.0


async def test_that_little_is_left_of_the_budget_is_said_once_and_anew_in_another_month(here: Here) -> None:
    meter = here.meter()
    holding = here.holding(budget=Budget(limit=0.01, warn_at=0.75), meter=meter)  # ten calls
    with capture_logs() as logged:
        meter.count(["DetectLabels"] * 7)
        holding.warn()
        assert (logged, spent_ratio()) == ([], pytest.approx(0.7))

        meter.count(["DetectLabels"])
        holding.warn()
        meter.count(["DetectLabels"])
        holding.warn()
        assert spent_ratio() == pytest.approx(0.9)
        [said] = logged
        assert said == {
            "event": "costs.budget_nearly_spent",
            "log_level": "warning",
            "spent": 0.01,
            "limit": 0.01,
            "policy": "warn",
        }

        here.now += timedelta(days=1)  # of December nothing is spent yet
        holding.warn()
        assert (len(logged), spent_ratio()) == (1, 0.0)
        meter.count(["DetectLabels"] * 8)
        holding.warn()
        assert logged[1:] == [said]


async def test_it_is_looked_after_while_a_recognizer_runs(here: Here) -> None:
    meter = here.meter()
    meter.count(["DetectLabels"] * 8)
    holding = here.holding(budget=Budget(limit=0.01, warn_at=0.75), meter=meter)
    with capture_logs() as logged:
        running = asyncio.ensure_future(holding.run())
        async with asyncio.timeout(10):
            await here.asked.heard.wait()
        holding.stop()
        await running
    assert [each["event"] for each in logged] == ["costs.budget_nearly_spent"]
