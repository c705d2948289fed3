"""What calls cost."""

from pathlib import Path

import pytest

from onlooker_recognizer.costs.pricing import (
    PROPERTIES,
    Counted,
    Group,
    PriceList,
    Tier,
    chargeable,
    price_list,
    priced,
)
from onlooker_shared.errors import ConfigurationError

PRICES = PriceList(
    source="test",
    groups=(
        Group(
            name="faces",
            operations=("DetectFaces", "SearchFaces"),
            tiers=(Tier(up_to=10, price=1.0), Tier(up_to=20, price=0.5), Tier(up_to=None, price=0.1)),
        ),
    ),
)


def test_the_list_that_comes_along_is_amazons() -> None:
    prices = price_list()

    assert prices.total({"DetectFaces": 1_000}) == pytest.approx(1.0)
    assert prices.total({"DetectFaces": 600_000, "DetectLabels": 600_000}) == pytest.approx(1_000 + 200_000 * 0.0008)
    assert prices.total({PROPERTIES: 1_000}) == pytest.approx(0.75)
    assert prices.total({"CreateCollection": 5, "ListFaces": 7}) == 0.0


@pytest.mark.parametrize(("calls", "cost"), [(0, 0.0), (10, 10.0), (11, 10.5), (20, 15.0), (30, 16.0)])
def test_later_calls_of_a_month_cost_less(calls: int, cost: float) -> None:
    assert PRICES.total({"DetectFaces": calls}) == pytest.approx(cost)


def test_operations_of_a_group_are_counted_together() -> None:
    assert PRICES.total({"DetectFaces": 6, "SearchFaces": 6}) == pytest.approx(11.0)
    assert PRICES.next_call("SearchFaces", {"DetectFaces": 9}) == 1.0
    assert PRICES.next_call("SearchFaces", {"DetectFaces": 10}) == 0.5
    assert PRICES.next_call("DetectText", {}) == 0.0


def test_days_and_buckets_bear_what_they_cost_and_it_adds_up() -> None:
    rows = [
        Counted("2026-11-02", "door", "DetectFaces", 6),
        Counted("2026-11-01", "door", "DetectFaces", 8),
        Counted("2026-11-02", "yard", "SearchFaces", 6),
        Counted("2026-11-02", "yard", "ListFaces", 99),
    ]

    costs = {(each.counted.day, each.counted.operation): each.cost for each in priced(PRICES, rows)}

    assert costs["2026-11-01", "DetectFaces"] == pytest.approx(8.0)
    assert costs["2026-11-02", "DetectFaces"] == pytest.approx(3.5)  # 2 at 1.0 and 10 at 0.5, shared by two
    assert costs["2026-11-02", "SearchFaces"] == pytest.approx(3.5)
    assert costs["2026-11-02", "ListFaces"] == 0.0
    assert sum(costs.values()) == pytest.approx(PRICES.total({"DetectFaces": 14, "SearchFaces": 6}))


def test_labels_and_colours_are_charged_apart() -> None:
    assert chargeable("DetectLabels", {"MaxLabels": 5}) == ("DetectLabels",)
    assert chargeable("DetectLabels", {"Features": ["GENERAL_LABELS", "IMAGE_PROPERTIES"]}) == (
        "DetectLabels",
        PROPERTIES,
    )
    assert chargeable("DetectLabels", {"Features": ["IMAGE_PROPERTIES"]}) == (PROPERTIES,)
    assert chargeable("DetectFaces", {}) == ("DetectFaces",)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "Invalid JSON"),
        ('{"source": "x", "groups": [{"name": "a", "operations": ["A"], "tiers": []}]}', "groups.0.tiers"),
        (
            '{"source": "x", "groups": [{"name": "a", "operations": ["A"], "tiers": [{"up_to": 5, "price": 1}]}]}',
            "only the last has no end",
        ),
        (
            '{"source": "", "groups": [{"name": "a", "operations": ["A", "A"], "tiers": [{"up_to":null,"price":1}]}]}',
            "in more than one group: A",
        ),
        (
            '{"source": "", "groups": [{"name": "a", "operations": ["A"], "tiers": [{"up_to": null, "price": NaN}]}]}',
            "finite number",
        ),
    ],
)
def test_what_is_no_price_list_is_refused_in_words(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(text)

    with pytest.raises(ConfigurationError, match="ONLOOKER_RECOGNIZER_PRICES") as refused:
        price_list(path)

    assert told in str(refused.value)


def test_a_price_list_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        price_list(tmp_path / "nowhere.json")
