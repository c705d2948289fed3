"""What is counted of calls, over processes, months and outages."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from botocore.exceptions import EndpointConnectionError
from structlog.testing import capture_logs

from installation import Installation, installation
from onlooker_recognizer.costs.composing import compose_costs
from onlooker_recognizer.costs.ledger import Held, Ledger
from onlooker_recognizer.costs.meter import Meter, charged_to
from onlooker_recognizer.costs.pricing import Counted, price_list
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.aws import Aws
from onlooker_shared.images import ImageRef

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Unreachable:
    """A DynamoDB that does not answer for some calls."""

    dynamodb: Any
    for_calls: int
    asked: list[Any] = field(default_factory=list)

    async def update_item(self, **asked: Any) -> Any:
        self.asked.append(asked)
        if len(self.asked) <= self.for_calls:
            raise EndpointConnectionError(endpoint_url="http://dynamodb")
        return await self.dynamodb.update_item(**asked)


@pytest.fixture
async def here(aws: Aws) -> AsyncIterator[Installation]:
    async with installation(aws, tables_only=True) as provisioned:
        yield provisioned


@pytest.fixture
async def ledger(here: Installation) -> Ledger:
    return Ledger(await here.aws.client("dynamodb"), here.topology.costs.name)


def meter(ledger: Ledger, clock: Clock | None = None) -> Meter:
    return Meter(ledger, price_list(), clock=clock or Clock())


async def test_calls_are_counted_by_day_bucket_and_operation(ledger: Ledger) -> None:
    counting = meter(ledger)
    with charged_to("door"):
        counting.count(["DetectFaces"])
        counting.count(["DetectFaces"])
    counting.count(["SearchFacesByImage"])
    await counting.write()

    assert await ledger.month("2026-11") == [
        Counted("2026-11-30", "door", "DetectFaces", 2),
        Counted("2026-11-30", "", "SearchFacesByImage", 1),
    ]


async def test_processes_add_up_and_learn_of_one_another(ledger: Ledger) -> None:
    one, other = meter(ledger), meter(ledger)
    for counting in (one, other):
        counting.count(["DetectFaces"] * 3)
        await counting.write()
    other.count(["DetectFaces"])
    await other.read()

    assert one.spent == pytest.approx(0.003)
    assert other.spent == pytest.approx(0.007)
    (counted,) = await ledger.month("2026-11")
    assert counted.calls == 6


async def test_a_new_month_begins_at_nothing(ledger: Ledger) -> None:
    clock = Clock()
    counting = meter(ledger, clock)
    counting.count(["DetectFaces"])
    clock.now = NOON + timedelta(days=1)

    assert counting.spent == 0.0
    counting.count(["DetectFaces"])
    await counting.write()
    await counting.read()

    assert counting.spent == pytest.approx(0.001)
    assert [row.calls for row in await ledger.month("2026-11")] == [1]
    assert [row.calls for row in await ledger.month("2026-12")] == [1]


async def test_what_cannot_be_written_is_written_later(here: Installation) -> None:
    dynamodb = await here.aws.client("dynamodb")
    away = Unreachable(dynamodb, for_calls=1)
    counting = meter(Ledger(cast("Any", away), here.topology.costs.name))
    counting.count(["DetectFaces"] * 5)

    with capture_logs() as logged:
        await counting.write()
    await counting.write()

    (line,) = logged
    assert (line["event"], line["counts"]) == ("costs.not_written", 1)
    assert "http://dynamodb" in line["error"]
    (counted,) = await Ledger(dynamodb, here.topology.costs.name).month("2026-11")
    assert counted.calls == 5


async def test_what_was_counted_is_there_after_it_is_stopped(ledger: Ledger) -> None:
    counting = meter(ledger)
    counting.count(["DetectFaces"])
    counting.stop()
    await counting.run()

    assert [row.calls for row in await ledger.month("2026-11")] == [1]


async def test_a_price_list_without_some_operations_is_told_at_the_start(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = price_list().model_dump()
    ours["groups"][1]["operations"] = ["DetectFace", "DetectLabels", "DetectModerationLabels", "DetectText"]
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps(ours))
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_PRICES", str(prices))
    clients = {"dynamodb": await here.aws.client("dynamodb"), "sqs": await here.aws.client("sqs")}
    with capture_logs() as logged:
        await compose_costs(
            RecognizerSettings(), here.topology.costs.name, **clients, queue_url="none", clock=lambda: NOON
        )

    (line,) = logged
    assert (line["event"], line["operations"]) == ("costs.not_priced", ["DetectFaces"])


async def test_a_picture_waits_until_it_is_released(ledger: Ledger) -> None:
    image = ImageRef.of(bucket="door", key="a b/ü.jpg", etag="e", size=1, uploaded_at=NOON)
    await ledger.hold(Held(image, ("labels", "text")))
    await ledger.hold(Held(image, ("labels", "text")))

    assert await ledger.held(10) == [Held(image, ("labels", "text"))]
    await ledger.release(image.image_id)
    assert await ledger.held(10) == []


async def test_one_recognizer_of_many_has_a_picture_completed(ledger: Ledger) -> None:
    image = ImageRef.of(bucket="door", key="a.jpg", etag="e", size=1, uploaded_at=NOON)
    soon, later = NOON + timedelta(minutes=1), NOON + timedelta(minutes=2)
    assert not await ledger.take(image.image_id, now=NOON, until=soon)
    await ledger.hold(Held(image, ("labels",)))

    assert await ledger.take(image.image_id, now=NOON, until=soon)
    assert not await ledger.take(image.image_id, now=NOON, until=soon)
    assert await ledger.held(10, free_at=NOON) == []
    assert await ledger.held(10, free_at=later) == await ledger.held(10) == [Held(image, ("labels",))]
    assert await ledger.take(image.image_id, now=later, until=later), "the one that took it may have died"


async def test_what_is_noted_while_a_picture_has_its_turn_waits_on(ledger: Ledger) -> None:
    image = ImageRef.of(bucket="door", key="a.jpg", etag="e", size=1, uploaded_at=NOON)
    soon = NOON + timedelta(minutes=1)
    await ledger.hold(Held(image, ("labels",)))
    assert await ledger.take(image.image_id, now=NOON, until=soon)
    await ledger.hold(Held(image, ()))  # somebody asks for all of it

    await ledger.done(image.image_id, soon)
    assert await ledger.held(10) == [Held(image, ())]

    assert await ledger.take(image.image_id, now=NOON, until=soon)
    await ledger.done(image.image_id, soon)
    await ledger.done(image.image_id, soon)  # it was deleted meanwhile
    assert await ledger.held(10) == []


async def test_a_damaged_note_keeps_no_other_picture_waiting(ledger: Ledger, here: Installation) -> None:
    image = ImageRef.of(bucket="door", key="a.jpg", etag="e", size=1, uploaded_at=NOON)
    await ledger.hold(Held(image, ("labels",)))
    dynamodb = await here.aws.client("dynamodb")
    await dynamodb.put_item(TableName=here.topology.costs.name, Item={"about": {"S": "held"}, "entry_id": {"S": "0"}})

    assert await ledger.held(10) == [Held(image, ("labels",))]
