"""Which pictures are as a condition wants them, by what of them, and why the others are not."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onlooker_notifier.conditions import facts
from onlooker_notifier.conditions.answers import Answer
from onlooker_notifier.conditions.facts import Facts
from onlooker_notifier.conditions.language import Condition
from onlooker_notifier.conditions.matching import ready
from onlooker_shared.images import ImageRef
from onlooker_shared.recognition import Emotion, Face, Person, TextDetection
from recognitions import BOX, Found, a_face, a_label, a_line, a_recognition, a_warning, an_image

ALL_FEATURES = ("faces", "people", "labels", "text", "moderation")
ANN = a_face("HAPPY", name="Ann")
SAD_BOB = a_face("SAD", name="Bob", person_id="b" * 32)


def a_stranger(*, times_seen: int | None) -> Face:
    person = Person(person_id="s1", name="Unknown 7", similarity=99.0, known=False, times_seen=times_seen)
    return a_face().model_copy(update={"person": person})


def picture(*found: Found, features: tuple[str, ...] = ALL_FEATURES, image: ImageRef | None = None) -> Facts:
    return facts.of_recognized(image or an_image(), a_recognition(*found).model_copy(update={"features": features}))


def asked(condition: dict[str, Any], of: Facts) -> Answer:
    return ready(Condition.model_validate(condition)).check(of)


def why(condition: dict[str, Any], of: Facts) -> tuple[str, str]:
    answer = asked(condition, of)
    assert not answer.holds
    assert answer.why is not None
    return answer.why.place, answer.why.words(of)


def test_people_are_told_by_their_names_as_people_write_them() -> None:
    shown = picture(SAD_BOB, a_face("CALM", name="Ann  MÜLLER"))

    assert asked({"person": {"name": "ann mu\u0308ller"}}, shown).faces == {1}
    assert asked({"person": {"any_of": ["Zoe", "b" * 32]}}, shown).faces == {0}
    assert asked({"person": {"known": True}}, shown).faces == {0, 1}
    assert why({"person": {"name": "Zoe"}}, shown) == (
        "when.person",
        "Zoe is not in it; there are Bob, Ann  MÜLLER",
    )


def test_how_alike_somebody_must_be_is_said_where_they_are_not() -> None:
    assert asked({"person": {"name": "Ann", "similarity": {"at_least": 97}}}, picture(ANN)).holds
    assert why({"person": {"name": "Ann", "similarity": {"at_least": 98}}}, picture(ANN)) == (
        "when.person",
        "the similarity of Ann was 97.0, at least 98 was asked for",
    )
    alike = a_face().model_copy(update={"candidates": (Person(person_id="p1", name="Ann", similarity=78.0),)})
    assert "resembles Ann by 78.0 only" in why({"person": {"name": "Ann"}}, picture(alike))[1]


def test_an_unknown_is_who_resembles_nobody_with_a_name() -> None:
    unknown = {"person": {"unknown": True}}
    ignored, unfit = (a_face().model_copy(update={"unidentified": reason}) for reason in ("ignored", "unfit"))

    assert asked(unknown, picture(ANN, a_face())).faces == {1}
    assert asked(unknown, picture(a_stranger(times_seen=3))).holds
    assert asked(unknown, picture(ANN, ignored, unfit)).holds is False
    assert asked(unknown, picture()).holds is False
    assert asked(unknown, picture(a_face(), features=("faces",))).holds is None


@pytest.mark.parametrize(
    ("times", "seen", "holds"),
    [(1, 1, True), (1, 2, False), ({"at_least": 3}, 3, True), ({"at_least": 3}, 2, False), (1, None, None)],
)
def test_strangers_are_told_by_how_often_they_were_seen(times: object, seen: int | None, holds: bool | None) -> None:
    answer = asked({"person": {"unknown": True, "times": times}}, picture(a_stranger(times_seen=seen)))
    assert answer.holds is holds


def test_a_face_shows_what_it_shows_most_or_with_some_confidence() -> None:
    mixed = a_face("CALM").model_copy(
        update={"emotions": (Emotion(type="CALM", confidence=55.0), Emotion(type="HAPPY", confidence=40.0))}
    )
    assert asked({"emotion": {"is": "HAPPY"}}, picture(mixed)).holds is False
    assert asked({"emotion": {"is": ["happy", "calm"]}}, picture(mixed)).holds
    assert asked({"emotion": {"is": "HAPPY", "confidence": {"at_least": 40}}}, picture(mixed)).holds
    assert (
        "was 40.0, at least 80" in why({"emotion": {"is": "HAPPY", "confidence": {"at_least": 80}}}, picture(mixed))[1]
    )


def test_person_and_emotion_within_face_are_of_the_same_face() -> None:
    same = {"face": {"person": {"name": "Ann"}, "emotion": {"is": "SAD"}}}
    apart = {"all": [{"person": {"name": "Ann"}}, {"emotion": {"is": "SAD"}}]}

    assert asked(apart, picture(ANN, SAD_BOB)).faces == {0, 1}
    assert "not as one and the same face" in why(same, picture(ANN, SAD_BOB))[1]
    assert asked(same, picture(SAD_BOB, a_face("SAD", name="Ann"))).faces == {1}


def test_a_dog_is_an_animal() -> None:
    shown = picture(a_label("Dog", "Animal", "Pet", confidence=81.0), a_label("Cup"))

    assert asked({"label": {"is": "animal"}}, shown).labels == {"Dog"}
    assert asked({"label": {"is": ["Cat", "Cup"]}}, shown).labels == {"Cup"}
    assert "was 81.0, at least 90" in why({"label": {"is": "Dog", "confidence": {"at_least": 90}}}, shown)[1]
    assert why({"label": {"is": "Cat"}}, shown) == ("when.label", "the label Cat is not there")


def test_text_is_found_in_any_case_over_lines_and_each_line_is_told() -> None:
    word = TextDetection(type="WORD", text="ENTRY", confidence=99.0, bounding_box=BOX, id=2, line_id=0)
    shown = picture(a_line("No Entry"), a_line("after 22:00"), word)

    assert asked({"text": {"contains": "no  entry"}}, shown).texts == {"No Entry"}
    assert asked({"text": {"contains": "entry after"}}, shown).holds
    assert asked({"text": {"matches": r"\d\d:\d\d"}}, shown).texts == {"after 22:00"}
    assert asked({"text": {"matches": "entry"}}, shown).holds is False
    assert asked({"text": {"matches": "(?i)entry"}}, shown).holds
    assert why({"text": {"contains": "exit"}}, picture()) == ("when.text", "nothing is written in it")


@pytest.mark.timeout(20)
def test_no_pattern_explodes() -> None:
    shown = picture(a_line("a" * 20_000))
    assert asked({"text": {"matches": "(a+)+$b"}}, shown).holds is False
    assert asked({"text": {"matches": "(a|aa)+c"}}, shown).holds is False


def test_faces_are_counted_and_warnings_are_told_with_their_parents() -> None:
    assert asked({"faces": {"at_least": 2}}, picture(ANN, SAD_BOB)).faces == {0, 1}
    assert asked({"faces": {"at_most": 0}}, picture()).holds
    assert "was 1, at least 2" in why({"faces": {"at_least": 2}}, picture(ANN))[1]
    warned = picture(a_warning("Weapon Violence", "Violence"))
    assert asked({"moderation": {}}, warned).labels == {"Weapon Violence"}
    assert asked({"moderation": {"is": "violence"}}, warned).holds
    assert asked({"moderation": {}}, picture()).holds is False


def test_where_a_picture_is_from_is_a_bucket_or_a_prefix() -> None:
    door = picture(image=an_image("door/1.jpg", bucket="cameras"))
    assert asked({"all": [{"bucket": ["x", "cameras"]}, {"prefix": "door/"}]}, door).holds
    assert why({"prefix": ["yard/", "Door/"]}, door) == ("when.prefix", "the key began with “door/1.jpg”")


@pytest.mark.parametrize(
    ("window", "utc", "holds"),
    [
        ({"from": "22:00", "to": "06:00"}, "2026-11-20 22:00", True),
        ({"from": "22:00", "to": "06:00"}, "2026-11-20 05:59", True),
        ({"from": "22:00", "to": "06:00"}, "2026-11-20 06:00", False),
        ({"from": "22:00", "to": "06:00", "days": ["fri"]}, "2026-11-21 05:00", True),  # Friday's night
        ({"from": "22:00", "to": "06:00", "days": ["fri"]}, "2026-11-20 05:00", False),  # Thursday's
        ({"days": ["sat", "sun"]}, "2026-11-21 00:00", True),
        ({"days": ["sat", "sun"]}, "2026-11-20 23:59", False),
        ({"from": "12:00", "to": "24:00"}, "2026-11-20 23:59", True),
        # Berlin is two hours ahead in summer, one in winter; clocks go back on 2026-10-25, forward on 2026-03-29
        ({"from": "08:00", "to": "09:00", "zone": "Europe/Berlin"}, "2026-07-01 06:30", True),
        ({"from": "08:00", "to": "09:00", "zone": "Europe/Berlin"}, "2026-12-01 06:30", False),
        ({"from": "08:00", "to": "09:00", "zone": "Europe/Berlin"}, "2026-12-01 07:30", True),
        ({"from": "02:00", "to": "03:00", "zone": "Europe/Berlin"}, "2026-10-25 00:30", True),  # the hour comes twice
        ({"from": "02:00", "to": "03:00", "zone": "Europe/Berlin"}, "2026-10-25 01:30", True),
        ({"from": "02:00", "to": "03:00", "zone": "Europe/Berlin"}, "2026-03-29 01:30", False),  # or not at all
        ({"from": "22:00", "to": "06:00", "days": ["sun"], "zone": "Pacific/Auckland"}, "2026-11-22 10:00", True),
    ],
    ids=str,
)
def test_hours_are_those_of_the_place(window: dict[str, Any], utc: str, holds: bool) -> None:
    at = datetime.strptime(utc, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    assert asked({"time": window}, picture(image=an_image(uploaded_at=at))).holds is holds


def test_of_a_failed_picture_only_that_is_known() -> None:
    broken = facts.of_failed(an_image(), "The file is too large.")

    assert asked({"failed": True}, broken).holds
    assert asked({"failed": {"reason": "TOO LARGE"}}, broken).holds
    assert asked({"failed": {"reason": "empty"}}, broken).holds is False
    assert asked({"failed": True}, picture()).holds is False
    assert asked({"not": {"label": {"is": "Helmet"}}}, broken).holds is None


def test_what_nobody_looked_for_is_not_missing() -> None:
    faces_only = picture(ANN, features=("faces", "people"))
    no_helmet = {"not": {"label": {"is": "Helmet"}}}

    assert asked(no_helmet, picture(ANN)).holds
    assert asked(no_helmet, faces_only).holds is None
    assert why(no_helmet, faces_only) == (
        "when.not.label",
        "nothing is known of the label Helmet: this picture was not searched for labels",
    )
    known, unknown = {"person": {"name": "Ann"}}, {"label": {"is": "Dog"}}
    assert asked({"any": [known, unknown]}, faces_only).holds
    assert asked({"all": [known, unknown]}, faces_only).holds is None
    assert asked({"all": [{"person": {"name": "Bob"}}, unknown]}, faces_only).holds is False


def test_a_no_names_the_first_part_that_failed_and_a_yes_all_that_it_was_about() -> None:
    shown = picture(ANN, a_label("Dog"), a_line("hello"))
    both = {"all": [{"label": {"is": "Dog"}}, {"any": [{"person": {"name": "Ann"}}, {"text": {"contains": "hell"}}]}]}

    found = asked(both, shown)
    assert (found.faces, found.labels, found.texts) == ({0}, {"Dog"}, {"hello"})
    assert why({"all": [{"label": {"is": "Dog"}}, {"not": {"person": {"name": "Ann"}}}]}, shown) == (
        "when.all[1].not",
        "there is Ann, which was not to be",
    )
    assert why({"any": [{"label": {"is": "Cat"}}, {"faces": {"at_least": 2}}]}, shown) == (
        "when.any",
        "the label Cat is not there; the number of faces was 1, at least 2 was asked for",
    )
