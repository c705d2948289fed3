"""Reasons are stored so that DynamoDB takes them, however many rules have one."""

from datetime import UTC, datetime

from onlooker_notifier.deciding.deciding import LONGEST_WORDS
from onlooker_notifier.deciding.decisions import DECISIONS, Decision, items
from onlooker_notifier.deciding.verdicts import MOST_ABOUT

NOW = datetime(2026, 11, 20, tzinfo=UTC)
MOST_IN_ITEM = 400 * 1024
"""Bytes of an item that DynamoDB takes."""
MOST_TOGETHER = 4 * 1024 * 1024
"""Likewise of a transaction."""


def a_decision(number: int) -> Decision:
    return Decision(
        rule_id=f"{number:064}",
        rule_name="🚪" * 200,
        decision="not_told",
        reason="cooling_down",
        about=("🧍" * LONGEST_WORDS,) * MOST_ABOUT,
        image_ids=("0" * 32,),
        decided_at=NOW,
    )


def test_the_reasons_of_a_thousand_rules_are_several_items_that_are_each_taken() -> None:
    decisions = [a_decision(number) for number in range(1000)]

    stored = items("picture#recognized", decisions)

    assert all(len(item["body"]["S"].encode()) < MOST_IN_ITEM for item in stored)
    assert sum(len(item["body"]["S"].encode()) for item in stored) < MOST_TOGETHER
    assert len({item["notice_id"]["S"] for item in stored}) == len(stored) < 20
    assert [each for item in stored for each in DECISIONS.validate_json(item["body"]["S"])] == decisions


def test_a_few_reasons_are_one_item_and_none_are_none() -> None:
    assert len(items("picture#recognized", [a_decision(1), a_decision(2)])) == 1
    assert items("picture#recognized", []) == []
