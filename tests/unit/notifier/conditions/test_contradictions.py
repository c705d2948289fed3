"""What can never hold is found before anybody waits for it, and nothing else is called so."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.contradictions import contradictions
from onlooker_notifier.conditions.language import Condition
from onlooker_notifier.conditions.matching import ready
from onlooker_notifier.rules.model import RuleDraft
from recognitions import NOON, a_face, a_label, a_recognition, an_image

DOG, ANN = {"label": {"is": "Dog"}}, {"person": {"name": "Ann"}}
NEVER: list[tuple[dict[str, Any], str, str]] = [
    ({"all": [{"bucket": "a"}, {"bucket": ["b", "c"]}]}, "when.all[0].bucket", "when.all[1].bucket"),
    ({"all": [{"prefix": "a/"}, {"prefix": "b/"}]}, "when.all[0].prefix", "when.all[1].prefix"),
    ({"all": [DOG, {"not": DOG}]}, "when.all[0].label", "when.all[1].not.label"),
    ({"all": [DOG, {"not": {"any": [ANN, DOG]}}]}, "when.all[0].label", "when.all[1].not.any[1].label"),
    ({"not": {"any": [DOG, {"not": DOG}]}}, "when.not.any[0].label", "when.not.any[1].not.label"),
    ({"all": [DOG, {"not": {"label": {"is": ["cat", "dog"]}}}]}, "when.all[0].label", "when.all[1].not.label"),
    ({"all": [{"faces": {"at_most": 0}}, ANN]}, "when.all[0].faces", "when.all[1].person"),
    ({"all": [ANN, {"all": [{"faces": {"at_most": 0}}]}]}, "when.all[0].person", "when.all[1].all[0].faces"),
    ({"all": [{"faces": {"at_least": 3}}, {"faces": {"at_most": 2}}]}, "when.all[0].faces", "when.all[1].faces"),
    ({"all": [{"failed": True}, DOG]}, "when.all[0].failed", "when.all[1].label"),
    (
        {"all": [{"bucket": "a"}, {"any": [DOG, {"bucket": "b"}]}]},
        "when.all[0].bucket",
        "when.all[1].any[1].bucket",
    ),
    (
        {"all": [{"time": {"from": "22:00", "to": "06:00", "days": ["sun"]}}, {"time": {"days": ["tue"]}}]},
        "when.all[0].time",
        "when.all[1].time",
    ),
]
MAYBE: list[dict[str, Any]] = [
    {"all": [{"prefix": "a/"}, {"prefix": "a/b/"}]},
    {"all": [{"time": {"from": "22:00", "to": "06:00", "days": ["sun"]}}, {"time": {"days": ["mon"]}}]},
    {"all": [{"time": {"days": ["sun"]}}, {"time": {"days": ["mon"], "zone": "Asia/Tokyo"}}]},
    {"any": [DOG, {"not": DOG}]},
    {"not": {"all": [DOG, {"not": DOG}]}},
    {"all": [DOG, {"not": {"label": {"is": "Dog", "confidence": {"at_least": 90}}}}]},
    {"all": [{"bucket": ["a", "b"]}, {"bucket": ["b", "c"]}]},
    {"all": [ANN, {"person": {"unknown": True}}]},  # two people
    {"any": [{"failed": True}, DOG]},
    {"all": [DOG, {"not": {"all": [DOG, ANN]}}]},
]


@pytest.mark.parametrize(("when", "one", "other"), NEVER, ids=str)
def test_a_contradiction_is_refused_with_both_places(when: dict[str, Any], one: str, other: str) -> None:
    [found] = contradictions(Condition.model_validate(when), "when")

    assert {found.one, found.other} == {one, other}
    with pytest.raises(ValidationError, match="and when"):
        RuleDraft(name="A", when=when)


@pytest.mark.parametrize("when", MAYBE, ids=str)
def test_what_may_hold_is_taken(when: dict[str, Any]) -> None:
    assert contradictions(Condition.model_validate(when), "when") == []


def test_what_holds_of_any_picture_is_never_called_a_contradiction() -> None:
    """Random conditions over random pictures: what was refused matches none of them."""
    choose = random.Random(8)
    pictures = [
        facts.of_recognized(
            an_image(f"{prefix}/{number}.jpg", bucket=bucket, uploaded_at=NOON + timedelta(hours=7 * number)),
            a_recognition(*shown).model_copy(update={"features": ("faces", "people", "labels")}),
        )
        for number, (bucket, prefix, shown) in enumerate(
            itertools.product(
                ("a", "b"),
                ("x", "y"),
                (
                    [],
                    [a_face(name="Ann")],
                    [a_face("SAD", name="Bob", person_id="p2"), a_label("Dog")],
                    [a_label("Dog")],
                ),
            )
        )
    ] + [facts.of_failed(an_image("x/broken.jpg", bucket="a"), "broken")]
    leaves: list[dict[str, Any]] = [
        *({"bucket": each} for each in ("a", "b", ["a", "b"])),
        *({"prefix": each} for each in ("x", "y", "x/1")),
        *({"faces": each} for each in ({"at_most": 0}, {"at_least": 1}, {"at_least": 2})),
        *({"time": {"from": start, "to": end}} for start, end in (("06:00", "12:00"), ("12:00", "18:00"))),
        *(DOG, ANN, {"emotion": {"is": "SAD"}}, {"failed": True}, {"person": {"known": True}}),
    ]

    def grown(depth: int) -> dict[str, Any]:
        kind = choose.choice(("leaf", "all", "any", "not")) if depth else "leaf"
        if kind == "leaf":
            return choose.choice(leaves)
        return {kind: grown(depth - 1) if kind == "not" else [grown(depth - 1) for _ in range(choose.randint(1, 3))]}

    refused = 0
    for _ in range(500):
        condition = Condition.model_validate({"all": [grown(2), grown(1)]})
        if found := contradictions(condition, "when"):
            refused += 1
            if not any(".any[" in place for each in found for place in (each.one, each.other)):  # in no alternative
                matched = [known for known in pictures if ready(condition).check(known).holds]
                assert not matched, (condition, found)
    assert refused > 60
