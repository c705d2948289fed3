"""What comes in quiet hours is told in one message when they end."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from onlooker_notifier.deciding.due import Tally, course, wait
from onlooker_notifier.deciding.verdicts import decide
from onlooker_notifier.letters.letters import Letter
from onlooker_notifier.rules.model import Rule, RuleDraft

NIGHT = {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}


def at(hour: int, minute: int = 0, *, day: int = 20, month: int = 11) -> float:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC).timestamp()


def a_rule(interval: float = 60, **values: object) -> Rule:
    return Rule.model_validate({"rule_id": "rule", "name": "Rule", "digest_interval": interval, **values})


def remark(rule: Rule, first_at: float, now: float) -> str:
    return course(rule, first_at, now, Tally(), ZoneInfo("UTC")).remark


def test_a_picture_of_the_night_is_held_until_the_morning() -> None:
    rule = a_rule(quiet_hours=NIGHT)
    verdict = decide(rule, [], {}, at(22))  # 23:00 in Berlin
    assert (verdict.tells, verdict.reason, verdict.until) == (True, "quiet_hours", at(5, day=21))
    assert decide(rule, [], {}, at(12)).reason is None


def test_the_digest_is_due_when_quiet_hours_end_and_says_so() -> None:
    rule = a_rule(quiet_hours=NIGHT)
    assert wait(rule, at(22), at(22, 5)) == at(5, day=21) - at(22, 5)
    assert wait(rule, at(22), at(5, day=21)) == 0
    assert "quiet hours (22:00 to 06:00, Europe/Berlin)" in remark(rule, at(22), at(5, day=21))
    assert remark(rule, at(12), at(12, 1)) == ""


def test_what_would_be_told_in_quiet_hours_is_held_and_what_is_gathered_beyond_them_is_not() -> None:
    evening = a_rule(interval=3600, quiet_hours=NIGHT)
    assert decide(evening, [], {}, at(20, 30)).until == at(5, day=21)
    assert wait(evening, at(20, 30), at(20, 30)) == at(5, day=21) - at(20, 30)
    assert decide(evening, [], {}, at(4, 30)).reason is None
    assert wait(evening, at(4, 30), at(4, 30)) == 3600


def test_clocks_that_are_put_back_make_the_night_longer() -> None:
    rule = a_rule(quiet_hours=NIGHT)
    assert wait(rule, at(22, day=24, month=10), at(22, day=24, month=10)) == 7 * 3600  # 00:00 to 06:00 in Berlin
    assert wait(rule, at(22, day=23, month=10), at(22, day=23, month=10)) == 6 * 3600


def test_urgent_rules_have_no_quiet_hours() -> None:
    rule = a_rule(quiet_hours=NIGHT, urgent=True)
    assert decide(rule, [], {}, at(23)).reason is None
    assert wait(rule, at(23), at(23)) == 60
    assert remark(rule, at(23), at(23, 1)) == ""


@pytest.mark.parametrize("hours", [{}, {"zone": "Europe/Berlin"}, {"from": "22:00", "to": "22:00"}])
def test_hours_that_never_end_are_refused(hours: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        RuleDraft.model_validate({"name": "Rule", "quiet_hours": hours})


def test_a_weekend_is_one_stretch() -> None:
    rule = a_rule(quiet_hours={"days": ["sat", "sun"]})
    assert decide(rule, [], {}, at(12, day=21)).until == at(0, day=23)


def test_a_remark_is_seen_in_text_and_html() -> None:
    letter = Letter("A picture", "It shows Ann.\n", "<h1>A picture</h1><p>It shows Ann.</p>")
    assert letter.remarked("") is letter
    remarked = letter.remarked("Held & told")
    assert remarked.text == "It shows Ann.\n\nHeld & told\n"
    assert "</h1><p" in remarked.html
    assert "Held &amp; told</p><p>It shows Ann" in remarked.html
