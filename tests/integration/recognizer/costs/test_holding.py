"""Pictures that wait for the budget, and are asked for until that is answered."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

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

    async def __call__(self, held: Held, turn: datetime) -> None:
        if self.away:
            raise ConnectionError
        self.wanted.append((held, turn))


@dataclass
class Here:
    ledger: Ledger
    asked: Asked = field(default_factory=Asked)
    now: datetime = NOON

    def holding(self, *features: Feature) -> Holding:
        """One recognizer of many, with some features switched on."""

        def clock() -> datetime:
            return self.now

        meter = Meter(self.ledger, price_list(), clock=clock)
        return Holding(Budget(), meter, self.ledger, self.asked, features=features or ALL, clock=clock)


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
