"""``/recognitions/costs``: what was asked of Rekognition, and what that costs."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from onlooker_recognizer.costs.budget import Budget, Policy
from onlooker_recognizer.costs.ledger import Ledger
from onlooker_recognizer.costs.meter import Meter
from onlooker_recognizer.costs.pricing import Priced, PriceList, priced
from onlooker_shared.errors import ForbiddenError
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.recognition import Feature
from onlooker_shared.web.auth import requires

MONTH = r"^20\d\d-(0[1-9]|1[0-2])$"


class Charge(BaseModel):
    """Calls of one operation for the pictures of one bucket on one day."""

    day: str = Field(description="UTC.")
    bucket: str = Field(description="Empty for calls that are about no stored picture, such as somebody at a door.")
    operation: str
    calls: int
    cost: float


class BudgetNow(BaseModel):
    """The budget of a month, and how much of it is gone now."""

    limit: float
    spent: float = Field(description="This month, by all recognizers; calls of the last minute may be missing.")
    warning: bool = Field(description="Whether little is left.")
    policy: Policy
    held_back: tuple[str, ...] = Field(description="What is not looked for until there is more.")


class Costs(BaseModel):
    """What a month's calls cost: an estimate by public prices; Amazon's bill is the last word."""

    month: str
    currency: str
    prices: str = Field(description="Where the prices are from.")
    calls: int
    cost: float
    charges: list[Charge] = Field(description="By day, bucket and operation.")
    budget: BudgetNow | None = Field(description="null: there is none.")


async def _unbound(caller: Annotated[Principal, Depends(requires(Scope.RECOGNITIONS_READ))]) -> None:
    """Refuse keys that are bound: the bill is one for all buckets."""
    if caller.bucket is not None or caller.prefix:
        raise ForbiddenError("Costs are told of all buckets together; this key is bound to one.")


def costs_router(
    ledger: Ledger,
    meter: Meter,
    prices: PriceList,
    budget: Budget,
    *,
    features: Sequence[Feature],
    clock: Callable[[], datetime],
) -> APIRouter:
    """Return the route. It must come before ``/recognitions/{image_id}``.

    Args:
        ledger: has the counts.
        meter: knows what is spent.
        prices: what calls cost.
        budget: what they may.
        features: that are switched on.
        clock: the time, UTC.
    """
    routes = APIRouter(prefix="/recognitions", tags=["recognitions"], dependencies=[Depends(_unbound)])

    @routes.get("/costs")
    async def get_costs(
        month: Annotated[str | None, Query(pattern=MONTH, description="As in 2026-11; else the present one.")] = None,
    ) -> Costs:
        """Tell what a month's calls of Rekognition cost."""
        month = month or f"{clock():%Y-%m}"
        charges = [_charge(row) for row in priced(prices, await ledger.month(month))]
        return Costs(
            month=month,
            currency=prices.currency,
            prices=" ".join(filter(None, (prices.source, prices.region))),
            calls=sum(charge.calls for charge in charges),
            cost=sum(charge.cost for charge in charges),
            charges=charges,
            budget=_now(budget, meter.spent, features),
        )

    return routes


def _charge(row: Priced) -> Charge:
    counted = row.counted
    return Charge(
        day=counted.day, bucket=counted.bucket, operation=counted.operation, calls=counted.calls, cost=row.cost
    )


def _now(budget: Budget, spent: float, features: Sequence[Feature]) -> BudgetNow | None:
    if not budget.limit:
        return None
    return BudgetNow(
        limit=budget.limit,
        spent=spent,
        warning=budget.warns(spent),
        policy=budget.policy,
        held_back=budget.held_back(features, spent),
    )
