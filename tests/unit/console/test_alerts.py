"""Alert rules in words, and the pictures that messages told of."""

from typing import Any

import pytest

from onlooker_console.alerts.channels import way
from onlooker_console.alerts.pictures import Told, told
from onlooker_console.alerts.rules import rules
from onlooker_console.alerts.sent import standing

AT = "2026-11-22T10:00:00Z"


def rule(**changed: Any) -> dict[str, Any]:
    return {
        "rule_id": "a",
        "version": 1,
        "name": "A rule",
        "enabled": True,
        "events": ["failed", "recognized"],
        "channels": [{"type": "email", "to": "me@example.com"}],
        "digest_interval": 60.0,
        "origin": "settings",
    } | changed


def test_a_rule_says_of_what_to_whom_and_whence() -> None:
    (found,) = rules([rule()])
    assert found.about == "Pictures that were recognized, Pictures that could not be recognized"
    assert [(each.kind, each.target) for each in found.channels] == [("Mail", "me@example.com")]
    assert (found.enabled, found.tells, found.from_settings) == (True, True, True)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "At once"),
        (1, "All that come within one second in one message"),
        (60, "All that come within one minute in one message"),
        (90, "All that come within 90 seconds in one message"),
        (2.5, "All that come within 2.5 seconds in one message"),
        (1800, "All that come within 30 minutes in one message"),
        (86_400, "All that come within 24 hours in one message"),
    ],
)
def test_how_often_it_tells_is_said_exactly(seconds: float, words: str) -> None:
    assert rules([rule(digest_interval=seconds)])[0].rhythm == words


def test_when_it_is_quiet_and_how_often_a_day_it_tells_is_said() -> None:
    hours = {"from": "22:00", "to": "07:00", "zone": "UTC"}
    (quiet,) = rules([rule(digest_interval=0, quiet_hours=hours, daily_limit=1)])
    (urgent,) = rules([rule(digest_interval=0, quiet_hours=hours, urgent=True)])
    assert quiet.rhythm == "At once; quiet 22:00 to 07:00 UTC; at most 1 message a day"
    assert urgent.rhythm.endswith("UTC, but it is urgent: told nevertheless")


def test_by_what_it_tells_once_more_is_said() -> None:
    escalation = {"after": 900.0, "channels": [{"type": "email", "to": "boss@example.com"}]}
    assert rules([rule(escalation=escalation)])[0].escalation == "boss@example.com, after 15 minutes"


def test_rules_that_tell_nobody_come_last() -> None:
    listed = [rule(name="Off", enabled=False), rule(name="Mute", channels=[]), rule(name="zoo"), rule(name="Ape")]
    assert [(each.name, each.tells) for each in rules(listed)] == [
        ("Ape", True),
        ("zoo", True),
        ("Mute", False),
        ("Off", False),
    ]


def test_a_topic_is_told_from_a_mail() -> None:
    topic = "arn:aws:sns:eu-west-1:000000000000:news"
    (found,) = rules([rule(channels=[{"type": "sns", "topic_arn": topic}])])
    assert found.channels == (way("sns", topic),)
    assert (found.channels[0].kind, found.channels[0].target) == ("Topic", topic)


def test_a_picture_is_shown_by_its_name_and_small_picture_if_there_is_one() -> None:
    document = {"key": "a/b/cat.jpg", "recognized_at": "2026-11-21T12:00:00Z", "thumbnail": {"width": 4, "height": 3}}
    assert told("x", document) == Told("x", "cat.jpg", "2026-11-21T12:00:00Z", (4, 3))
    assert told("x", {"key": "broken.jpg", "recognized_at": None, "thumbnail": None}) == Told("x", "broken.jpg")


def test_one_that_is_not_there_any_more_is_gone() -> None:
    assert told("x", None) == Told("x", gone=True)


@pytest.mark.parametrize(
    ("told", "short", "words", "awaited"),
    [
        (None, "Not seen to yet", "by nobody yet", True),
        ({"acknowledged": {"by": "me", "at": AT}}, "Seen to", "by me", False),
        ({"acknowledged": {"by": None, "at": AT}}, "Seen to", "by the link in a mail", False),
        ({"acknowledged": {"by": "me", "at": AT}, "escalated_at": AT}, "Seen to", "by me", False),
        ({"escalated_at": AT}, "Escalated", "by nobody in time: told once more", True),
        ({"dropped": "muted"}, "Not escalated", "by nobody, and not told once more: the rule was muted", False),
    ],
)
def test_whether_somebody_sees_to_it_is_said(
    told: dict[str, Any] | None, short: str, words: str, awaited: bool
) -> None:
    found = standing({"escalation_id": "x", "standing": told})
    assert found is not None
    assert (found.short, found.words, found.awaited) == (short, words, awaited)
    assert standing({"escalation_id": None, "standing": None}) is None


def test_a_channel_of_any_kind_is_shown() -> None:
    (found,) = rules([rule(channels=[{"channel": "0" * 32}])])

    assert [(each.kind, each.icon, each.target) for each in found.channels] == [("Channel", "bell", "0" * 32)]
    assert (way("webhook", "hooks.example.com").kind, way("sns", "arn").kind) == ("Webhook", "Topic")
