"""Which two people are worth asking about, and which of them stays."""

from datetime import timedelta

import pytest

from onlooker_recognizer.people.registry.records import State
from onlooker_recognizer.people.suggestions.records import Bars, kept, pair_id, suggestion
from people_records import a_person, a_stranger, an_id
from recognitions import NOON

BARS = Bars(suggest=80, person=90)
ANN, BEN = a_person("Ann"), a_person("Ben")
ONE, TWO = a_stranger(1), a_stranger(2)
POSTER = a_person("Poster", state=State.IGNORED)


@pytest.mark.parametrize(
    ("one", "other", "similarity", "asked"),
    [
        (ONE, TWO, 80, True),
        (ONE, TWO, 79.9, False),
        (ANN, ONE, 80, True),
        (ANN, BEN, 89.9, False),
        (ANN, BEN, 90, True),
        (ANN, POSTER, 100, False),
        (ONE, POSTER, 100, False),
        (ANN, ANN, 100, False),
    ],
)
def test_strangers_are_asked_about_sooner_than_two_who_have_names(one, other, similarity, asked) -> None:
    assert BARS.pass_(one, other, similarity) is BARS.pass_(other, one, similarity) is asked


def test_a_bar_for_strangers_that_is_higher_holds_of_everybody() -> None:
    assert not Bars(suggest=95, person=90).pass_(ANN, BEN, 94)


def test_who_has_a_name_stays_else_who_was_seen_more_often_else_who_came_first() -> None:
    often = TWO.model_copy(update={"sightings": 5})
    later = a_stranger(3).model_copy(update={"created_at": NOON + timedelta(days=1)})
    assert kept(ANN, often) == kept(often, ANN) == ANN
    assert kept(ONE, often) == kept(often, ONE) == often
    assert kept(ONE, later) == kept(later, ONE) == ONE


def test_of_two_people_there_is_one_suggestion_in_whichever_order_and_each_has_their_own_face() -> None:
    one, other = an_id(), an_id()
    made = suggestion((one, "a"), (other, "b"), similarity=88, at=NOON)
    assert made == suggestion((other, "b"), (one, "a"), similarity=88, at=NOON)
    assert made.suggestion_id == pair_id(other, one)
    assert dict(zip(made.people, made.faces, strict=True)) == {one: "a", other: "b"}
    assert one not in made.suggestion_id
