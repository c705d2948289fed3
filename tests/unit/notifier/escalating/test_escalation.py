"""Whether a message that nobody acknowledged is told once more."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.conditions.values import Window
from onlooker_notifier.escalating.decisions import Drop, Escalate, Wait, next_step
from onlooker_notifier.rules.escalation import Escalation
from onlooker_notifier.rules.model import Rule, RuleDraft
from onlooker_notifier.rules.targets import EmailChannel

TOLD = datetime(2026, 11, 20, 21, 55, tzinfo=UTC).timestamp()
BOSS = EmailChannel(to="boss@example.com")
ESCALATION = Escalation(after=600, channels=(BOSS,))
RULE = Rule(rule_id="rule", name="Rule", channels=(EmailChannel(to="ann@example.com"),), escalation=ESCALATION)


def a_rule(**changes: Any) -> Rule:
    return RULE.model_copy(update=changes)


def test_it_is_told_when_its_time_is_over_and_not_a_moment_before() -> None:
    assert next_step(RULE, TOLD, TOLD) == Wait(600, TOLD)
    assert next_step(RULE, TOLD, TOLD + 599) == Wait(1, TOLD)
    assert next_step(RULE, TOLD, TOLD + 600) == Escalate(ESCALATION)
    assert next_step(RULE, TOLD, TOLD + 86_400) == Escalate(ESCALATION), "also after all instances were away"


def test_the_rule_counts_as_it_is_now() -> None:
    sooner = Escalation(after=60, channels=(BOSS,))
    assert next_step(a_rule(escalation=sooner), TOLD, TOLD + 60) == Escalate(sooner)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (None, Drop("deleted")),
        (a_rule(escalation=None), Drop("not_escalated")),
        (a_rule(enabled=False), Drop("disabled")),
        (a_rule(muted_until=datetime(2026, 11, 21, tzinfo=UTC)), Drop("muted", TOLD + 2 * 3600 + 300)),
    ],
    ids=["deleted", "not escalating any more", "switched off", "muted"],
)
def test_a_rule_that_fell_silent_meanwhile_escalates_nothing(rule: Rule | None, expected: Drop) -> None:
    assert next_step(rule, TOLD, TOLD + 600) == expected


def test_a_rule_that_is_muted_only_until_then_escalates() -> None:
    muted = a_rule(muted_until=datetime.fromtimestamp(TOLD + 500, UTC))
    assert next_step(muted, TOLD, TOLD + 300) == Wait(300, TOLD)
    assert next_step(muted, TOLD, TOLD + 600) == Escalate(ESCALATION)


def test_in_quiet_hours_it_waits_for_their_end_unless_the_rule_is_urgent() -> None:
    night = Window.model_validate({"from": "22:00", "to": "06:00"})
    morning = datetime(2026, 11, 21, 6, tzinfo=UTC).timestamp()
    assert next_step(a_rule(quiet_hours=night), TOLD, TOLD + 600) == Wait(morning - TOLD - 600, TOLD)
    assert next_step(a_rule(quiet_hours=night), TOLD, morning) == Escalate(ESCALATION)
    assert next_step(a_rule(quiet_hours=night, urgent=True), TOLD, TOLD + 600) == Escalate(ESCALATION)


@pytest.mark.parametrize("jump", [CLOCKS_DIFFER + 1, 3600.0, 86_400.0 * 365])
def test_a_clock_that_jumps_back_has_it_wait_once_more_and_no_longer(jump: float) -> None:
    now = TOLD - jump
    assert next_step(RULE, TOLD, now) == Wait(600, now)
    assert next_step(RULE, now, now + 600) == Escalate(ESCALATION)


def test_clocks_of_instances_may_differ_a_little() -> None:
    assert next_step(RULE, TOLD, TOLD - CLOCKS_DIFFER) == Wait(600 + CLOCKS_DIFFER, TOLD)


@pytest.mark.parametrize(
    "escalation",
    [
        {"after": 600},
        {"after": 600, "channels": []},
        {"after": 9, "channels": [{"type": "email", "to": "boss@example.com"}]},
        {"after": 8 * 86_400, "channels": [{"type": "email", "to": "boss@example.com"}]},
        {"after": 600, "channels": [{"type": "email", "to": "nobody"}]},
        {"after": 600, "channels": [{"type": "email", "to": "boss@example.com"}], "then": []},
    ],
    ids=["no channels", "none of them", "too soon", "too late", "no address", "something else"],
)
def test_what_is_no_escalation_is_refused(escalation: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RuleDraft.model_validate({"name": "Rule", "escalation": escalation})
