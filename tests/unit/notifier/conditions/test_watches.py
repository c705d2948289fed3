"""Conditions that are asked of no picture: where they may stand, and what rules make of pictures with them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from onlooker_notifier import notices
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.language import DEEPEST
from onlooker_notifier.notices import Notice
from onlooker_notifier.rules.model import Rule, RuleDraft, kept
from onlooker_notifier.trials.trial import Terms, tried
from recognitions import NOON, a_face, a_recognition, an_image

ABSENCE: dict[str, Any] = {"absence": {"of": {"prefix": "desk/"}, "for": "30m"}}
NIGHT = {"time": {"from": "22:00", "to": "06:00"}}
TERMS = Terms(limit=1000, zone=ZoneInfo("UTC"))
PLACES: list[tuple[dict[str, Any], str]] = [
    ({"not": ABSENCE}, "when.not.absence"),
    ({"any": [ABSENCE, NIGHT]}, "when.any[0].absence"),
    ({"all": [{"bucket": "a"}, ABSENCE]}, "when.all[1].absence"),
    ({"all": [ABSENCE, NIGHT, NIGHT]}, "when.all[0].absence"),
    ({"all": [ABSENCE, {"dead_letter": True}]}, "when.all[0].absence"),
    ({"all": [{"all": [ABSENCE]}, NIGHT]}, "when.all[0].all[0].absence"),
    ({"absence": {"of": ABSENCE, "for": "1h"}}, "when.absence"),
    ({"absence": {"of": {"not": {"dead_letter": True}}, "for": "1h"}}, "when.absence"),
    ({"all": [{"not": {"dead_letter": True}}, NIGHT]}, "when.all[0].not.dead_letter"),
]


def rule(when: dict[str, Any]) -> Rule:
    return kept(RuleDraft(name="A", when=when), "a", 1)


def picture(key: str, at: datetime = NOON) -> tuple[Notice, facts.Facts]:
    image, recognition = an_image(key, uploaded_at=at), a_recognition(a_face("HAPPY"))
    return notices.recognized(image, recognition), facts.of_recognized(image, recognition)


@pytest.mark.parametrize(("when", "place"), PLACES)
def test_they_stand_alone_or_beside_one_time(when: dict[str, Any], place: str) -> None:
    with pytest.raises(ValidationError) as refused:
        rule(when)
    [fault] = refused.value.errors()
    assert fault["loc"] == ("when",)
    assert f"{place}: `" in fault["msg"]
    assert "alone at the top of a rule, or in `all` beside one `time`" in fault["msg"]


def test_a_stored_rule_in_which_one_stands_elsewhere_cannot_be_read() -> None:
    with pytest.raises(ValidationError):
        Rule.model_validate({"rule_id": "a", "name": "A", "when": {"not": ABSENCE}})


def test_what_can_never_hold_is_refused_within_an_absence_too() -> None:
    of = {"all": [{"bucket": "a"}, {"bucket": "b"}]}
    with pytest.raises(ValidationError, match=r"when\.all\[0\]\.absence\.of\.all\[0\]\.bucket and .* two buckets"):
        rule({"all": [{"absence": {"of": of, "for": "1h"}}, NIGHT]})
    nested: dict[str, Any] = {"bucket": "a"}
    for _ in range(DEEPEST - 1):
        nested = {"not": nested}
    with pytest.raises(ValidationError, match="deep within one another"):
        rule({"absence": {"of": nested, "for": "1h"}})


def test_hours_that_are_over_before_are_refused() -> None:
    with pytest.raises(
        ValidationError, match=r"when\.all\[0\]\.absence\.for: no stretch of 22:00 to 06:00 lasts longer than 8h"
    ):
        rule({"all": [{"absence": {"for": "8h"}}, NIGHT]})
    assert rule({"all": [{"absence": {"for": "7h"}}, NIGHT]}).watch
    assert rule({"all": [{"absence": {"for": "40h"}}, {"time": {"days": ["sat", "sun"]}}]}).watch


def test_no_picture_is_told_of_but_some_are_waited_for() -> None:
    waits = rule({"all": [ABSENCE, NIGHT]})
    _, desk = picture("desk/1.jpg")
    _, door = picture("door/1.jpg")

    assert waits.watch is not None
    assert (waits.watch.kind, waits.watch.place) == ("absence", "when.all[0].absence")
    assert waits.awaited == "a key that begins with desk/"
    assert waits.awaits(desk).holds
    assert not waits.awaits(door).holds
    assert not waits.asked(desk).holds
    assert waits.asked(facts.of_watched("absence", NOON)).holds
    assert not waits.asked(facts.of_watched("dead_letter", NOON)).holds
    assert rule({"absence": {"for": "5m"}}).awaits(door).holds
    assert rule({"bucket": "images"}).watch is None


def test_what_a_rule_asks_for_is_told_apart_from_its_name() -> None:
    one = rule(ABSENCE)
    renamed = one.model_copy(update={"name": "B", "enabled": False})
    other = rule({"absence": {"of": {"prefix": "desk/"}, "for": "31m"}})
    assert one.watch
    assert renamed.watch
    assert other.watch
    assert one.watch.fingerprint == renamed.watch.fingerprint != other.watch.fingerprint


def test_a_trial_says_when_an_absence_would_have_been_told_and_what_each_picture_is_to_it() -> None:
    pictures = [
        picture("desk/3.jpg", NOON + timedelta(hours=2)),
        picture("door/2.jpg", NOON + timedelta(hours=1)),
        picture("desk/1.jpg", NOON),
    ]
    trial = tried(rule(ABSENCE), pictures, TERMS, complete=True, now=NOON + timedelta(hours=2, minutes=10))

    [absence] = trial.absences
    assert (absence.since, absence.told_at) == (NOON, NOON + timedelta(minutes=30, seconds=10))
    assert trial.told == 0  # none of the pictures
    assert [each.tells for each in trial.pictures] == [False] * 3
    assert [each.why_not.place for each in trial.pictures if each.why_not] == [
        "when.absence",
        "when.absence.of.prefix",
        "when.absence",
    ]
    assert tried(rule({"dead_letter": True}), pictures, TERMS, complete=True, now=datetime.now(UTC)).absences == ()
    assert tried(rule(ABSENCE), [], TERMS, complete=True, now=NOON).absences == ()
