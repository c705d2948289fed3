"""What a result says of whose a face is: how often they were seen by then, or why nobody is told."""

import pytest

from onlooker_recognizer.people.identification.labels import told
from onlooker_recognizer.people.identification.naming import named, times_of
from onlooker_recognizer.people.identification.verdicts import Verdict
from onlooker_recognizer.people.registry.records import State
from people_records import a_person
from recognitions import a_face


@pytest.mark.parametrize(("before", "counted", "times"), [(0, False, 1), (4, False, 5), (4, True, 4), (0, True, 1)])
def test_it_is_told_how_often_somebody_was_seen_this_time_included(before: int, counted: bool, times: int) -> None:
    person = a_person(state=State.UNKNOWN, number=7).model_copy(update={"sightings": before})

    face = named(a_face(), Verdict(person, 99.0), counted=counted)

    assert face.person is not None
    assert (face.person.times_seen, face.person.known, face.unidentified) == (times, False, None)


def test_a_face_without_a_person_says_why() -> None:
    unfit = a_face().model_copy(update={"unidentified": "unfit"})
    ignored = Verdict(a_person(state=State.IGNORED), 99.0)

    assert named(a_face(), Verdict()).unidentified is None
    assert named(unfit, Verdict()).unidentified == "unfit"
    assert named(a_face(), ignored).unidentified == "ignored"
    assert told(unfit, a_person()).unidentified is None


def test_a_number_of_one_person_is_not_told_of_another() -> None:
    person = a_person()
    seen = named(a_face(), Verdict(person, 99.0)).person

    assert times_of(seen, person) == 1
    assert times_of(seen, a_person("Bob")) is None
