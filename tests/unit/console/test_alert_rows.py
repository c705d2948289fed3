"""Conditions as rows of a form: what rows can say comes back as it was; the rest is left to JSON."""

from typing import Any

import pytest

from onlooker_console.alerts import channels, drafts, spans
from onlooker_console.alerts.drafts import draft_from, draft_of
from onlooker_console.alerts.known import offered
from onlooker_console.alerts.leaves import LEAVES, in_words
from onlooker_console.alerts.rows import Row, rows_of

NIGHT = {"time": {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}}
DOOR = {"all": [{"person": {"unknown": True}}, {"prefix": "cameras/door/"}, NIGHT]}
SMILING = {
    "face": {
        "person": {"name": "Ann", "similarity": {"at_least": 95}},
        "emotion": {"is": "HAPPY", "confidence": {"at_least": 80}},
    }
}
SITE = {"all": [{"bucket": "site"}, {"faces": {"at_least": 1}}, {"not": {"label": {"is": ["Helmet", "Hardhat"]}}}]}
SAYABLE: list[dict[str, Any]] = [
    DOOR,
    SMILING,
    {"any": [SITE, {"all": [{"bucket": "site"}, {"failed": True}]}]},
    {"not": {"any": [{"failed": {"reason": "large"}}, {"person": {"known": True}}]}},
    {"person": {"unknown": True, "times": 1}},
    {"person": {"unknown": True, "times": {"at_least": 3}}},
    {"person": {"any_of": ["Ann", "Ben"]}},
    {"all": [{"text": {"matches": "^A, B"}}, {"moderation": {"confidence": {"at_least": 60.5}}}]},
    {"absence": {"for": "5m"}},
    {"all": [{"absence": {"of": {"all": [{"prefix": "desk/"}, {"faces": {"at_least": 1}}]}, "for": "30m"}}, NIGHT]},
    {"absence": {"of": {"all": [{"person": {"any_of": ["Ann", "Ben"]}}, {"label": {"is": "Dog"}}]}, "for": "2h"}},
    {"dead_letter": True},
    {"dead_letter": {"queue": "tagger"}},
    {"time": {"from": "00:00", "to": "24:00", "days": ["mon", "sun"], "zone": "UTC"}},
]
UNSAYABLE: list[dict[str, Any]] = [
    {"person": {"name": "Ann, the first"}},
    {"absence": {"of": {"any": [{"prefix": "a/"}, {"faces": {"at_least": 1}}]}, "for": "30m"}},
    {"absence": {"of": {"person": {"name": "Ann", "similarity": {"at_least": 95}}}, "for": "30m"}},
    {"dead_letter": {"queue": ["tagger", "notifier"]}},
    {"any": [{"all": [{"any": [{"failed": True}, {"bucket": "a"}]}, {"bucket": "b"}]}, {"bucket": "c"}]},
    {"emotion": {"is": "HAPPY", "confidence": {"at_most": 5}}},
    {"nonsense": 3},
]


def told(**changed: Any) -> dict[str, Any]:
    rule = {"name": "A rule", "enabled": True, "when": None, "events": ["recognized"], "channels": []}
    return rule | {"digest_interval": 60.0, "cooldown": 0.0, "per": []} | changed


@pytest.mark.parametrize("condition", SAYABLE, ids=in_words)
def test_what_rows_can_say_is_the_same_afterwards(condition: dict[str, Any]) -> None:
    draft = draft_of(told(when=condition))
    assert draft.raw is None
    assert draft.request["when"] == condition
    assert draft.done("raw").done("rows").request["when"] == condition


@pytest.mark.parametrize("condition", UNSAYABLE, ids=in_words)
def test_what_rows_cannot_say_stays_json(condition: dict[str, Any]) -> None:
    draft = draft_of(told(when=condition))
    assert rows_of(condition) is None
    assert draft.request["when"] == draft.done("rows").request["when"] == condition


@pytest.mark.parametrize("kind", LEAVES)
def test_a_row_of_each_kind_is_filled_in_as_the_form_names_it(kind: str) -> None:
    form = [("join0", "all"), ("c0-0-kind", kind), ("c0-0-not", "true")]
    form += [(f"c0-0-{each.name}", each.default) for each in LEAVES[kind].fields]
    (row,) = draft_from(form).rows.groups[0].rows
    assert (row.kind, row.negated) == (kind, True)
    assert kind in row.condition["not"]


def test_buttons_add_and_remove_rows_and_groups() -> None:
    draft = drafts.new().done("add:0:label").done("group").done("add:1:bucket")
    assert [[row.kind for row in group.rows] for group in draft.rows.groups] == [
        ["faces", "label"],
        ["person", "bucket"],
    ]
    left = draft.done("remove:0:0").done("remove:1:1").done("remove:1:0")
    assert [[row.kind for row in group.rows] for group in left.rows.groups] == [["label"]]
    for nothing in ("add:9:label", "add:0:x", "remove:7:0", "remove:0:x", "add:0", "", "x:y:z"):
        assert draft.done(nothing) == draft


def test_what_forms_do_not_ask_for_stays() -> None:
    topic = {"type": "sns", "topic_arn": "arn:aws:sns:eu-west-1:000000000000:news"}
    channels = [{"channel": "0" * 32}, {"type": "email", "to": "a@b.c"}, topic]
    assert draft_of(told(channels=channels)).request["channels"] == channels
    assert draft_of(told(events=["failed", "recognized"])).request["events"] == ["failed", "recognized"]


def test_quiet_hours_are_those_of_the_rule_or_none() -> None:
    hours = {"from": "22:00", "to": "07:00", "days": ["fri", "sat"], "zone": "Europe/Berlin"}
    draft = draft_of(told(quiet_hours=hours, urgent=True))
    assert (draft.request["quiet_hours"], draft.request["urgent"]) == (hours, True)
    form = [(f"quiet-{each.name}", value) for each, value in draft.hours_asked if value]
    assert draft_from([("quiet", "true"), *form]).request["quiet_hours"] == hours
    assert draft_from(form).request["quiet_hours"] is None
    assert {each.name: value for each, value in drafts.new().hours_asked}["from"] == "22:00"


@pytest.mark.parametrize(
    ("seconds", "number", "unit"),
    [("0", "0", "60"), ("60", "1", "60"), ("90", "90", "1"), ("604800", "7", "86400"), ("2.5", "2.5", "1")],
)
def test_lengths_of_time_are_shown_in_the_largest_unit_and_read_in_any(seconds: str, number: str, unit: str) -> None:
    assert spans.shown(seconds) == (number, unit)
    assert spans.in_seconds(number, unit) == seconds


@pytest.mark.parametrize("seconds", [100.0, 4242.5, 1_234_567.0])
def test_a_length_of_time_is_not_changed_by_showing_it(seconds: float) -> None:
    escalation = {"after": seconds, "channels": [{"channel": "0" * 32}]}
    draft = draft_of(told(cooldown=seconds, escalation=escalation))
    assert float(spans.in_seconds(*spans.shown(draft.settings["cooldown"]))) == seconds
    assert draft.request["escalation"] == escalation
    record = {"settings": {"type": "iot"}, "name": "x", "policy": "catch_up", "keep": seconds, "secret": "none"}
    assert channels.asked_for(channels.draft_of(record), "")["keep"] == seconds


def test_a_number_of_hours_is_no_fraction_of_a_second_more() -> None:
    assert spans.in_seconds("1.1", "3600") == "3960"


@pytest.mark.parametrize(("number", "unit", "read"), [("soon", "60", "soon"), ("", "60", ""), ("5", "year", "5")])
def test_what_is_no_length_of_time_is_for_the_notifier_to_refuse(number: str, unit: str, read: str) -> None:
    assert spans.in_seconds(number, unit) == read
    assert spans.shown("soon")[0] == "soon"


def test_how_often_is_asked_for_by_number_and_unit_and_whom_to_mail_by_choosing_or_writing() -> None:
    form = [("cooldown", "1"), ("cooldown-unit", "3600"), ("mail", "a@b.c"), ("mails", "d@e.f, a@b.c")]
    asked = draft_from(form).request
    assert asked["cooldown"] == 3600
    assert asked["channels"] == [{"type": "email", "to": "a@b.c"}, {"type": "email", "to": "d@e.f"}]
    others = [{"channels": [{"type": "email", "to": "b@x.y"}, {"channel": "0" * 32}]}, {"channels": asked["channels"]}]
    assert drafts.mailed(others) == ["a@b.c", "b@x.y", "d@e.f"]


def test_folders_are_offered_without_those_of_days_and_each_once() -> None:
    folders = ["door/2026/11/21/", "door/2026/11/22/", "", "2026/", "yard/a b/", "yard/"]
    found = offered({"folders": [{"name": name} for name in folders], "labels": [{"name": "Dog"}]})
    assert found == {"folders": ["door/", "yard/a b/", "yard/"], "labels": ["Dog"], "persons": []}
    assert offered({}) == {"folders": [], "labels": [], "persons": []}


def test_new_hours_are_those_of_the_readers_clocks() -> None:
    draft = drafts.new("Asia/Kolkata")
    assert draft.done("add:0:time").rows.groups[0].rows[-1].condition["time"]["zone"] == "Asia/Kolkata"
    assert {each.name: value for each, value in draft.hours_asked}["zone"] == "Asia/Kolkata"


def test_what_is_told_once_more_is_said_in_minutes_and_by_channels() -> None:
    topic = {"type": "sns", "topic_arn": "arn:aws:sns:eu-west-1:000000000000:news"}
    known = {"after": 90.0, "channels": [{"channel": "0" * 32}, topic]}
    draft = draft_of(told(escalation=known))
    assert (draft.after, draft.request["escalation"]) == ("1.5", known)
    form = [("after", "2"), ("escalation", "1" * 32)]
    assert draft_from(form).request["escalation"] is None
    wanted = {"after": 120, "channels": [{"channel": "1" * 32}]}
    assert draft_from([("escalates", "true"), *form]).request["escalation"] == wanted
    odd = draft_from([("escalates", "true"), ("after", "soon"), ("escalation", "1" * 32)])
    assert odd.request["escalation"]["after"] == "soon"
    with pytest.raises(ValueError, match="choose a channel"):
        _ = draft_from([("escalates", "true"), ("after", "2")]).request


@pytest.mark.parametrize(("raw", "words"), [("{", "no JSON"), ("[]", "an object"), ("[" * 100_000, "JSON")])
def test_what_is_no_json_is_said(raw: str, words: str) -> None:
    draft = draft_from([("name", "x"), ("raw", raw)])
    with pytest.raises(ValueError, match=words):
        _ = draft.request
    assert draft.done("rows").raw == raw


def test_a_condition_is_said_in_words() -> None:
    assert in_words(DOOR) == "somebody unknown and in cameras/door/ and 22:00 to 06:00 Europe/Berlin"
    assert in_words(SMILING) == "Ann (at least 95 %) as a face that looks happy (at least 80 %)"
    assert (
        in_words({"not": {"any": [{"failed": True}, {"new_one": 3}]}}) == "not (could not be recognized or new_one …)"
    )


def test_a_row_without_anything_is_for_the_notifier_to_refuse() -> None:
    assert Row("label").condition == {"label": {}}


def test_what_is_looked_after_by_the_clock_is_said_too() -> None:
    absence = {"absence": {"of": {"prefix": "cameras/2/"}, "for": "5m"}}
    assert in_words(absence) == "for 5m no picture that is so: in cameras/2/"
    assert in_words({"absence": {"for": "1h"}}) == "for 1h no picture"
    assert in_words({"dead_letter": True}) == "more dead letters"
    assert in_words({"dead_letter": {"queue": ["tagger", "notifier"]}}) == "more dead letters of tagger or notifier"
