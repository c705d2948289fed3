"""What a month's calls of Rekognition cost, summed up."""

from typing import Any

import pytest

from onlooker_console.costs import Sum, bill
from onlooker_console.formats import money

CHARGES = (
    ("2026-11-02", "doors", "DetectFaces", 10, 0.01),
    ("2026-11-01", "doors", "DetectLabels", 30, 0.03),
    ("2026-11-01", "", "SearchFacesByImage", 5, 0.005),
    ("2026-11-02", "garden", "DetectFaces", 2, 0.002),
)


def told(**changed: Any) -> dict[str, Any]:
    names = ("day", "bucket", "operation", "calls", "cost")
    return {
        "month": "2026-11",
        "currency": "USD",
        "prices": "a list",
        "calls": 47,
        "cost": 0.047,
        "charges": [dict(zip(names, row, strict=True)) for row in CHARGES],
        "budget": None,
    } | changed


def names(sums: tuple[Sum, ...]) -> list[tuple[str, int, float]]:
    return [(each.name, each.calls, round(each.cost, 6)) for each in sums]


def test_calls_are_summed_up_by_operation_and_bucket_dearest_first_and_by_day() -> None:
    found = bill(told())
    assert names(found.operations) == [
        ("DetectLabels", 30, 0.03),
        ("DetectFaces", 12, 0.012),
        ("SearchFacesByImage", 5, 0.005),
    ]
    assert names(found.buckets) == [("doors", 40, 0.04), ("no stored picture", 5, 0.005), ("garden", 2, 0.002)]
    assert names(found.days) == [("2026-11-01", 35, 0.035), ("2026-11-02", 12, 0.012)]
    assert (found.total.calls, found.budget) == (47, None)


@pytest.mark.parametrize(
    ("spent", "warning", "held", "state"),
    [(1, False, [], "good"), (8, True, [], "warn"), (9, True, ["labels"], "bad"), (12, True, [], "bad")],
)
def test_a_budget_is_as_grave_as_what_is_left_of_it(spent: float, warning: bool, held: list[str], state: str) -> None:
    budget = {"limit": 10, "spent": spent, "warning": warning, "policy": "hold-all", "held_back": held}
    found = bill(told(budget=budget)).budget
    assert found is not None
    assert (found.state, found.percent, found.held_back) == (state, spent * 10, tuple(held))


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0.00\u00a0USD"), (0.0125, "0.0125\u00a0USD"), (1234.5, "1\u202f234.50\u00a0USD")]
)
def test_less_than_one_is_told_to_the_hundredth_of_a_cent(value: float, text: str) -> None:
    assert money(value, "USD") == text
