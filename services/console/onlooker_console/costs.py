"""What a month's calls of Rekognition cost: summed up for people to look at. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

DOOR = "no stored picture"
"""What calls are about that belong to no bucket: somebody at a door, an enrolment."""
POLICIES = {
    "warn": "Nothing is held back, whatever is spent.",
    "hold-labels": "When it is spent, only faces and people are looked for.",
    "hold-all": "From 90 % of it on, only faces and people are looked for; when it is spent, nothing is.",
}
"""What becomes of new pictures, by the budget's policy."""

Charge = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sum:
    """Calls that belong together, and what they cost."""

    name: str
    calls: int
    cost: float


@dataclass(frozen=True, slots=True)
class Budget:
    """What the present month's calls may cost, and how much of it is gone."""

    limit: float
    spent: float
    state: Literal["good", "warn", "bad"]
    policy: str
    held_back: tuple[str, ...]

    @property
    def percent(self) -> float:
        """Of the budget, what is spent; also over a hundred."""
        return 100 * self.spent / self.limit


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's calls.

    Attributes:
        month: as in 2026-11, UTC.
        currency: as in USD.
        prices: where they are from.
        total: all of them.
        operations: dearest first.
        buckets: likewise.
        days: in their order.
        budget: of the present month, whichever this is; None: there is none.
    """

    month: str
    currency: str
    prices: str
    total: Sum
    operations: tuple[Sum, ...]
    buckets: tuple[Sum, ...]
    days: tuple[Sum, ...]
    budget: Budget | None


def bill(told: Mapping[str, Any]) -> Bill:
    """Return what the recognizer tells of a month, summed up."""
    charges = told["charges"]
    return Bill(
        month=told["month"],
        currency=told["currency"],
        prices=told["prices"],
        total=Sum("", told["calls"], told["cost"]),
        operations=_dearest_first(_sums((each["operation"], each) for each in charges)),
        buckets=_dearest_first(_sums((each["bucket"] or DOOR, each) for each in charges)),
        days=tuple(sorted(_sums((each["day"], each) for each in charges), key=lambda day: day.name)),
        budget=None if told["budget"] is None else _budget(told["budget"]),
    )


def _sums(charges: Iterable[tuple[str, Charge]]) -> list[Sum]:
    found: dict[str, Sum] = {}
    for name, charge in charges:
        before = found.get(name, Sum(name, 0, 0.0))
        found[name] = Sum(name, before.calls + charge["calls"], before.cost + charge["cost"])
    return list(found.values())


def _dearest_first(sums: Iterable[Sum]) -> tuple[Sum, ...]:
    return tuple(sorted(sums, key=lambda each: (-each.cost, -each.calls, each.name)))


def _budget(told: Mapping[str, Any]) -> Budget:
    limit, spent, held = told["limit"], told["spent"], tuple(told["held_back"])
    state: Literal["good", "warn", "bad"] = "warn" if told["warning"] else "good"
    return Budget(limit, spent, "bad" if held or spent >= limit else state, POLICIES[told["policy"]], held)
