"""What is told, and what is not because it was told before, whatever clocks do."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from onlooker_notifier.clocks import CLOCKS_DIFFER
from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.deciding.deciding import about
from onlooker_notifier.deciding.due import Course, Tally, course
from onlooker_notifier.deciding.keys import MOST_KEYS, Key, keys_of
from onlooker_notifier.deciding.verdicts import MOST_ABOUT, MOST_CLAIMED, Verdict, decide, fitting
from onlooker_notifier.rules.model import Rule
from onlooker_notifier.rules.targets import EmailChannel
from recognitions import Found, a_face, a_label, a_recognition, an_image

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0
BERLIN = ZoneInfo("Europe/Berlin")
ANN, BEN = Key(("#p1",), "Ann"), Key(("#p2",), "Ben")


def a_rule(**values: object) -> Rule:
    return Rule.model_validate(
        {"rule_id": "rule", "name": "Rule", "channels": [EmailChannel(to="ann@example.com")], **values}
    )


def a_picture(*found: Found, key: str = "door/1.jpg") -> Facts:
    recognition = a_recognition(*found).model_copy(update={"features": ("faces", "people", "labels")})
    return facts.of_recognized(an_image(key), recognition)


def words(rule: Rule, picture: Facts) -> list[str]:
    return [key.words for key in keys_of(rule.per, picture, rule.asked(picture))]


def test_without_a_cooldown_all_is_told_and_nothing_noted() -> None:
    assert decide(a_rule(), [ANN], {ANN.key_id: NOW}, NOW) == Verdict(tells=True)


def test_what_was_told_is_not_told_again_until_it_has_cooled_down() -> None:
    rule = a_rule(cooldown=HOUR)
    assert decide(rule, [ANN], {}, NOW).keys == (ANN,)
    told = decide(rule, [ANN], {ANN.key_id: NOW - HOUR + 1}, NOW)
    assert told == Verdict(tells=False, reason="cooling_down", until=NOW + 1, about=("Ann",))
    assert decide(rule, [ANN], {ANN.key_id: NOW - HOUR}, NOW).keys == (ANN,)


def test_what_is_new_in_a_picture_is_told_and_does_not_warm_up_the_rest() -> None:
    verdict = decide(a_rule(cooldown=HOUR), [ANN, BEN], {ANN.key_id: NOW - 1}, NOW)
    assert (verdict.tells, verdict.keys) == (True, (BEN,))
    both = decide(a_rule(cooldown=HOUR), [ANN, BEN], {ANN.key_id: NOW - 1, BEN.key_id: NOW - 5}, NOW)
    assert (both.until, both.about) == (NOW - 5 + HOUR, ("Ann", "Ben"))


@pytest.mark.parametrize(("ahead", "tells"), [(CLOCKS_DIFFER, False), (CLOCKS_DIFFER + 0.01, True), (86_400, True)])
def test_a_clock_that_jumps_back_extends_no_cooldown(ahead: float, tells: bool) -> None:
    verdict = decide(a_rule(cooldown=HOUR), [ANN], {ANN.key_id: NOW + ahead}, NOW)
    assert verdict.tells is tells
    assert verdict.until is None or verdict.until <= NOW + HOUR


def test_a_cooldown_that_is_made_shorter_is_shorter_at_once() -> None:
    assert decide(a_rule(cooldown=60), [ANN], {ANN.key_id: NOW - 61}, NOW).tells


def test_a_rule_that_is_off_says_so() -> None:
    verdict = decide(a_rule(enabled=False, cooldown=HOUR), [ANN], {}, NOW)
    assert verdict == Verdict(tells=False, reason="disabled")


def test_a_rule_that_is_muted_says_until_when_and_tells_then() -> None:
    rule = a_rule(muted_until=datetime.fromtimestamp(NOW, UTC))
    assert decide(rule, [], {}, NOW - 1) == Verdict(tells=False, reason="muted", until=NOW)
    assert decide(rule, [], {}, NOW).tells
    assert course(rule, NOW - 60, NOW - 1, Tally(), BERLIN) == Course(reason="muted", until=NOW)
    assert course(rule, NOW - 60, NOW, Tally(), BERLIN) == Course()


def test_keys_tell_apart_what_the_rule_wants_told_apart() -> None:
    picture = a_picture(a_face(name="Ann"), a_face(name="Ben", person_id="p2"), a_label("Dog", "Animal"))
    assert words(a_rule(), picture) == [""]
    assert words(a_rule(per=["person"]), picture) == ["Ann", "Ben"]
    assert words(a_rule(per=["camera"]), picture) == ["door"]
    assert words(a_rule(per=["person", "camera"]), picture) == ["door, Ann", "door, Ben"]
    assert words(a_rule(per=["camera"]), a_picture(key="1.jpg")) == ["images"]
    assert words(a_rule(per=["camera"]), a_picture(key="cameras/yard/2026/11-20/1.jpg")) == ["cameras/yard"]


def test_only_what_matched_makes_a_difference() -> None:
    picture = a_picture(
        a_face(name="Ann"), a_face(name="Ben", person_id="p2"), a_label("Dog", "Animal"), a_label("Cup")
    )
    ann = a_rule(per=["person", "label"], when={"all": [{"person": {"name": "Ann"}}, {"label": {"is": "animal"}}]})
    assert words(ann, picture) == ["Dog, Ann"]
    assert words(a_rule(per=["label"]), picture) == ["nothing"]
    assert words(a_rule(per=["person"]), a_picture(a_label("Cup"))) == ["nobody"]


def test_strangers_who_are_not_remembered_are_one() -> None:
    assert words(a_rule(per=["person"]), a_picture(a_face(), a_face())) == ["a stranger"]


def test_a_person_who_is_renamed_stays_the_same_and_a_key_names_nobody() -> None:
    [before] = keys_of(["person"], a_picture(a_face(name="Ann")), a_rule().asked(a_picture()))
    [after] = keys_of(["person"], a_picture(a_face(name="Anna")), a_rule().asked(a_picture()))
    assert before.key_id == after.key_id
    assert len(before.key_id) == 32
    assert Key(("a", "b")).key_id != Key(("a,b",)).key_id


def test_of_a_crowd_everybody_counts_with_ten_labels() -> None:
    crowd = [a_face(name=f"P{n}", person_id=f"{n:03}") for n in range(100)]
    assert words(a_rule(per=["person"]), a_picture(*crowd)) == [f"P{n}" for n in range(100)]
    labels = [a_label(f"L{n:02}", "Thing") for n in range(11)]
    both = a_rule(per=["person", "label"], when={"all": [{"faces": {"at_least": 1}}, {"label": {"is": "thing"}}]})
    assert words(both, a_picture(*crowd, *labels)) == [f"L{m:02}, P{n}" for m in range(10) for n in range(100)]
    assert MOST_KEYS == 1000


@pytest.mark.parametrize("before", [20, 99])
def test_somebody_new_in_a_crowd_is_told_of_whoever_cools_down(before: int) -> None:
    crowd = [Key((f"#{n:03}",), f"P{n}") for n in range(before + 1)]
    told_at = {key.key_id: NOW - 1 for key in crowd[:before]}
    assert decide(a_rule(cooldown=HOUR), crowd, told_at, NOW) == Verdict(tells=True, keys=(crowd[before],))
    silent = decide(a_rule(cooldown=HOUR), crowd[:before], told_at, NOW)
    assert silent.about == tuple(f"P{n}" for n in range(MOST_ABOUT))


def test_what_cannot_be_noted_of_a_crowd_is_told_once_more() -> None:
    rule, crowd = a_rule(cooldown=HOUR), [Key((str(n),)) for n in range(100)]
    noted: dict[str, float] = {}
    tells = []
    for _ in range(3):
        verdict = decide(rule, crowd, noted, NOW)
        noted |= {key.key_id: NOW for key in verdict.keys}
        tells.append((verdict.tells, len(verdict.keys)))
    assert tells == [(True, MOST_CLAIMED), (True, 100 - MOST_CLAIMED), (False, 0)]


def test_rules_without_channels_are_not_asked_and_those_that_are_off_need_no_keys() -> None:
    rules = [a_rule(channels=()), a_rule(enabled=False, cooldown=HOUR), a_rule(rule_id="on", cooldown=HOUR)]
    assert [(each.rule.rule_id, len(each.keys)) for each in about(rules, a_picture())] == [("rule", 0), ("on", 1)]


def needing(*keys: int) -> list[Verdict]:
    return [Verdict(tells=True, keys=tuple(Key((str(n),)) for n in range(each))) for each in keys]


def test_all_claims_fit_into_one_transaction() -> None:
    for rules in (1, 4, 10, 49):
        verdicts = fitting(needing(*[MOST_CLAIMED] * rules), 98 - rules)
        assert all(verdict.keys for verdict in verdicts)
        assert 2 + sum(1 + len(verdict.keys) for verdict in verdicts) <= 100


@pytest.mark.parametrize(
    ("need", "room", "given"),
    [((60, 1, 0, 2), 50, [47, 1, 0, 2]), ((60, 60, 10), 50, [20, 20, 10]), ((3, 2), 1, [1, 1]), ((), 9, [])],
)
def test_what_some_rules_do_not_need_others_have(need: tuple[int, ...], room: int, given: list[int]) -> None:
    assert [len(verdict.keys) for verdict in fitting(needing(*need), room)] == given
