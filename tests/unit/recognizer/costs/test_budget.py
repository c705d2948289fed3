"""What a budget holds back."""

import pytest

from onlooker_recognizer.costs.budget import Budget, Policy, waiting
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.errors import SettingsError
from onlooker_shared.recognition import Feature

ALL: tuple[Feature, ...] = ("faces", "people", "labels", "text")


@pytest.mark.parametrize(
    ("policy", "spent", "held"),
    [
        ("warn", 99.0, ()),
        ("hold-labels", 9.99, ()),
        ("hold-labels", 10.0, ("labels", "text")),
        ("hold-labels", 99.0, ("labels", "text")),
        ("hold-all", 8.9, ()),
        ("hold-all", 9.0, ("labels", "text")),
        ("hold-all", 10.0, ALL),
    ],
)
def test_labels_are_held_back_before_faces(policy: Policy, spent: float, held: tuple[Feature, ...]) -> None:
    assert Budget(limit=10.0, policy=policy).held_back(ALL, spent) == held


def test_without_a_budget_nothing_is_held_back_and_nobody_is_warned() -> None:
    budget = Budget(policy="hold-all")

    assert budget.held_back(ALL, 1_000.0) == ()
    assert not budget.warns(1_000.0)


def test_it_warns_before_it_is_spent() -> None:
    budget = Budget(limit=10.0, warn_at=0.8)

    assert not budget.warns(7.99)
    assert budget.warns(8.0)


def test_what_is_held_back_is_told_of() -> None:
    (missing,) = waiting(["labels"])

    assert missing.feature == "labels"
    assert "budget" in missing.reason


def test_what_nobody_waits_for_is_held_back_with_labels_whatever_is_looked_for() -> None:
    assert not Budget(limit=10.0, policy="warn").saves(99.0)
    assert not Budget(limit=10.0, policy="hold-all").saves(8.9)
    assert Budget(limit=10.0, policy="hold-all").saves(9.0)
    assert Budget(limit=10.0, policy="hold-labels").saves(10.0)


@pytest.mark.parametrize("limit", ["-1", "nan", "inf"])
def test_what_is_no_limit_is_refused(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONLOOKER_RECOGNIZER_BUDGET", limit)

    with pytest.raises(SettingsError, match="ONLOOKER_RECOGNIZER_BUDGET: "):
        RecognizerSettings()
