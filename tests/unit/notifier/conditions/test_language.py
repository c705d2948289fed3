"""What may be written in a rule, and how what may not is refused: with the place and the reason."""

import time

import pytest
from pydantic import ValidationError

from onlooker_notifier.conditions.language import DEEPEST, MOST, Condition
from onlooker_notifier.rules.model import Rule, RuleDraft

WRITTEN = [
    {"person": {"name": "Ann", "similarity": {"at_least": 95}}},
    {"person": {"any_of": ["Ann", "Bob"]}},
    {"person": {"unknown": True, "times": 1}},
    {"person": {"unknown": True, "times": {"at_least": 3}}},
    {"face": {"person": {"known": True}, "emotion": {"is": "HAPPY", "confidence": {"at_least": 80}}}},
    {"all": [{"label": {"is": "Dog"}}, {"not": {"any": [{"text": {"contains": "x"}}, {"moderation": {}}]}}]},
    {"faces": {"at_least": 2, "at_most": 5}},
    {"bucket": ["door", "yard"]},
    {"prefix": "door/"},
    {"time": {"from": "22:00", "to": "06:00", "days": ["fri", "sat"], "zone": "Europe/Berlin"}},
    {"failed": True},
    {"failed": {"reason": "too large"}},
    {"absence": {"for": "1d"}},
    {"absence": {"of": {"all": [{"prefix": "desk/"}, {"faces": {"at_least": 1}}]}, "for": "30m"}},
    {
        "all": [
            {"absence": {"of": {"bucket": "cameras"}, "for": "5m"}},
            {"time": {"from": "22:00", "to": "06:00", "zone": "UTC"}},
        ]
    },
    {"dead_letter": True},
    {"dead_letter": {"queue": "tagger"}},
    {"dead_letter": {"queue": ["tagger", "notifier"]}},
]
REFUSED = [
    ({}, "", "exactly one key; here is none"),
    ({"bucket": "a", "prefix": "b"}, "", "here are `bucket` and `prefix`: put them into `all`"),
    ({"colour": "red"}, "", "there is no condition `colour`"),
    ({"absence": {"of": {"bucket": "a"}}}, "absence.for", "Field required"),
    ({"absence": {"for": "30 minutes"}}, "absence.for", "at most 8 characters"),
    ({"absence": {"for": "1.5h"}}, "absence.for", "write it as '90s', '30m', '2h' or '1d'"),
    ({"absence": {"for": "5s"}}, "absence.for", "not from 30s to 30d"),
    ({"absence": {"of": {"bucket": []}, "for": "30m"}}, "absence.of.bucket", "nothing stands here"),
    ({"dead_letter": {"queue": "onlooker-tagger-dlq"}}, "dead_letter.queue.0", "there are `recognizer-images`, "),
    ({"dead_letter": False}, "dead_letter", "dictionary"),
    ({"all": []}, "all", "nothing stands here"),
    ({"all": [{"bucket": "a"}, {"label": {"is": []}}]}, "all.1.label.is", "nothing stands here"),
    ({"person": {}}, "person", "give exactly one of `name`, `any_of`, `known` or `unknown`"),
    ({"person": {"name": "Ann", "unknown": True}}, "person", "here are `name` and `unknown`"),
    ({"person": {"known": False}}, "person.known", "True"),
    ({"person": {"name": "Ann", "times": 1}}, "person", "`times` counts strangers"),
    ({"faces": {"at_least": 3, "at_most": 1}}, "faces", "nothing is both"),
    ({"person": {"known": True, "similarity": {"at_least": 101}}}, "person.similarity.at_least", "100"),
    ({"emotion": {"is": "JOLLY"}}, "emotion.is.0", "HAPPY"),
    ({"text": {"matches": "(a"}}, "text.matches", "missing )"),
    ({"text": {"matches": r"(a)\1"}}, "text.matches", "invalid escape sequence"),
    ({"text": {"matches": "a" * 1001}}, "text.matches", "at most 1000"),
    ({"text": {"matches": "((a{30}){30}){30}"}}, "text.matches", "RE2"),
    ({"text": {"matches": r"[[:alpha:]]\pL{900}" * 20}}, "text.matches", "RE2"),
    ({"time": {"from": "22:00", "to": "22:00"}}, "time", "no length"),
    ({"time": {"from": "25:00"}}, "time.from", "no time of day"),
    ({"time": {"zone": "Mars/Olympus"}}, "time.zone", "no time zone"),
    ({"time": {"zone": "../../etc/passwd"}}, "time.zone", "no time zone"),
    ({"time": {"days": ["someday"]}}, "time.days.0", "mon"),
]


@pytest.mark.parametrize("written", WRITTEN, ids=str)
def test_what_is_written_is_kept_as_it_was_written(written: dict[str, object]) -> None:
    rule = Rule(rule_id="a", name="A", when=written)

    assert Rule.model_validate_json(rule.model_dump_json()) == rule
    assert rule.model_dump(mode="json")["when"] == written


@pytest.mark.parametrize(("written", "place", "words"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_is_wrong_is_said_with_its_place(written: dict[str, object], place: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Condition.model_validate(written)

    faults = {".".join(map(str, fault["loc"])): fault["msg"] for fault in refused.value.errors()}
    assert list(faults) == [place]
    assert words in faults[place]


def test_what_is_written_in_another_way_means_the_same() -> None:
    shortly = {"any": [{"emotion": {"is": "happy"}}, {"person": {"unknown": True, "times": 1}}, {"failed": True}]}
    at_length = {
        "any": [
            {"emotion": {"is": ["HAPPY"]}},
            {"person": {"unknown": True, "times": {"at_least": 1, "at_most": 1}}},
            {"failed": {}},
        ]
    }
    assert Condition.model_validate(shortly) == Condition.model_validate(at_length)


def nested(depth: int) -> dict[str, object]:
    condition: dict[str, object] = {"bucket": "a"}
    for _ in range(depth - 1):
        condition = {"not": condition}
    return condition


@pytest.mark.parametrize("when", [nested(DEEPEST + 1), nested(5000), {"any": [{"bucket": "a"}] * MOST}], ids=len)
def test_what_is_too_deep_or_too_much_is_refused_before_it_is_looked_at(when: dict[str, object]) -> None:
    began = time.perf_counter()
    with pytest.raises(ValidationError, match=r"deep within one another|more than 100 conditions"):
        RuleDraft(name="A", when=when)
    assert time.perf_counter() - began < 1


def test_the_deepest_and_the_most_are_taken() -> None:
    assert RuleDraft(name="A", when=nested(DEEPEST)).when
    assert RuleDraft(name="A", when={"any": [{"bucket": f"{n}"} for n in range(MOST - 1)]}).when


def test_what_nothing_honours_yet_is_refused_rather_than_ignored() -> None:
    with pytest.raises(ValidationError, match="escalation"):
        RuleDraft(name="A", escalation=60)


def test_a_rule_says_in_one_way_of_what_it_tells() -> None:
    with pytest.raises(ValidationError, match="leave `events` out"):
        RuleDraft(name="A", when={"bucket": "a"}, events={"failed"})


def test_a_rule_from_before_there_were_conditions_is_read() -> None:
    old = '{"rule_id":"a","name":"A","enabled":true,"events":["failed"],"channels":[],"digest_interval":5}'
    assert (Rule.model_validate_json(old).version, Rule.model_validate_json(old).when) == (1, None)
