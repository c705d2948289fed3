"""Composes what knows costs, for `__main__`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter

from onlooker_recognizer.costs.budget import Budget
from onlooker_recognizer.costs.holding import Holding
from onlooker_recognizer.costs.ledger import Held, Ledger
from onlooker_recognizer.costs.meter import Meter
from onlooker_recognizer.costs.pricing import price_list
from onlooker_recognizer.costs.routes import costs_router
from onlooker_recognizer.events import RecognizeAgain
from onlooker_recognizer.settings import RecognizerSettings

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_sqs import SQSClient

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CostParts:
    """What others need of it."""

    ledger: Ledger
    meter: Meter
    holding: Holding
    router: APIRouter


async def compose_costs(
    settings: RecognizerSettings,
    table: str,
    *,
    dynamodb: "DynamoDBClient",
    sqs: "SQSClient",
    queue_url: str,
    clock: Callable[[], datetime],
) -> CostParts:
    """Return what counts calls, and what holds them back.

    Args:
        settings: the recognizer's.
        table: where counts are.
        dynamodb: the process's client.
        sqs: likewise.
        queue_url: the recognizer's own queue.
        clock: the time, UTC.

    Raises:
        ConfigurationError: the price list that is named cannot be read.
    """
    prices = price_list(settings.prices)
    if unpriced := sorted(price_list().operations - prices.operations):  # no budget is ever spent by these
        log.warning("costs.not_priced", prices=str(settings.prices), operations=unpriced)
    ledger = Ledger(dynamodb, table)
    meter = Meter(ledger, prices, clock=clock)
    await meter.read()  # or the first pictures would be beyond any budget
    budget = Budget(settings.budget, settings.budget_warn, settings.budget_policy)

    async def ask(held: Held, turn: datetime) -> None:
        request = RecognizeAgain(image=held.image, only=held.features, turn=turn)
        await sqs.send_message(QueueUrl=queue_url, MessageBody=request.model_dump_json(exclude_none=True))

    return CostParts(
        ledger=ledger,
        meter=meter,
        holding=Holding(budget, meter, ledger, ask, features=settings.features, clock=clock),
        router=costs_router(ledger, meter, prices, budget, features=settings.features, clock=clock),
    )
