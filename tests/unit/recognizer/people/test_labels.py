"""Who is said to be in a picture, by what is known of people now."""

from datetime import timedelta

import pytest

from onlooker_recognizer.people.identification import labels
from onlooker_recognizer.people.identification.naming import as_person
from onlooker_recognizer.people.registry.records import PersonRecord, Sighting, State
from onlooker_shared.recognition import Face, Recognition
from people_records import a_person, a_sighting, a_stranger
from recognitions import BOX, NOON, a_face, a_recognition, an_image

LATER = NOON + timedelta(hours=1)
IMAGE = an_image()


def of(
    person: PersonRecord | None, *candidates: PersonRecord, face_id: str | None = None, denied: tuple[str, ...] = ()
) -> Face:
    return a_face().model_copy(
        update={
            "person": as_person(person, 95.0) if person else None,
            "candidates": tuple(as_person(each, 80.0) for each in candidates),
            "face_id": face_id,
            "denied": denied,
        }
    )


def updated(
    face: Face,
    *known: PersonRecord,
    became: dict[str, PersonRecord] | None = None,
    recorded: tuple[Sighting, ...] = (),
    owners: dict[str, str] | None = None,
) -> Recognition:
    people = {person.person_id: person for person in known} | (became or {})
    return labels.up_to_date(a_recognition(face, identified_at=NOON), recorded, people, owners or {}, now=LATER)


def test_a_name_that_changed_is_changed_and_nothing_else() -> None:
    before = a_stranger(7)
    after = before.model_copy(update={"name": "Alice", "state": State.KNOWN})
    told = updated(of(before), after)
    person = told.faces[0].person
    assert person is not None
    assert (person.name, person.known, person.similarity) == ("Alice", True, 95.0)
    assert (told.identified_at, told.recognized_at, told.as_of) == (LATER, NOON, LATER)
    assert told.model_copy(update={"faces": (), "identified_at": None}) == a_recognition()


def test_what_is_so_already_is_left_as_it_is() -> None:
    alice = a_person("Alice")
    assert updated(of(alice, a_person("Bob")), alice).faces[0].candidates == ()
    assert updated(of(alice), alice).identified_at == NOON


def test_clocks_that_go_back_do_not_make_it_older() -> None:
    alice = a_person("Alice")
    found = a_recognition(of(a_person("Alise", person_id=alice.person_id)), identified_at=LATER)
    told = labels.up_to_date(found, (), {alice.person_id: alice}, {}, now=NOON)
    assert told.identified_at == LATER


def test_who_was_merged_is_whom_they_became_and_no_candidate_besides() -> None:
    alise, alice = a_person("Alise"), a_person("Alice")
    told = updated(of(alise, alice), alice, became={alise.person_id: alice})
    assert told.faces[0].person == as_person(alice, 95.0)
    assert told.faces[0].candidates == ()


@pytest.mark.parametrize("state", [State.IGNORED, None])
def test_who_is_ignored_or_gone_is_not_shown(state: State | None) -> None:
    before = a_person("Alice")
    known = [before.model_copy(update={"state": state})] if state else []
    assert updated(of(before), *known).faces[0].person is None
    assert updated(of(None, before), *known).faces[0].candidates == ()


def test_strangers_of_one_picture_are_not_told_to_resemble_each_other_and_people_with_names_are() -> None:
    one, two, elsewhere, alice = a_stranger(1), a_stranger(2), a_stranger(3), a_person("Alice")
    faces = [of(one, two, elsewhere), of(two, one, alice), of(alice), of(None, one, alice, elsewhere)]
    told = [[each.name for each in face.candidates] for face in labels.apart(faces)]
    assert told == [["Unknown 3"], ["Alice"], [], ["Alice", "Unknown 3"]]


def test_nor_are_they_once_another_stranger_was_merged_into_one_of_them() -> None:
    one, two, before = a_stranger(1), a_stranger(2), a_stranger(3)
    people = {each.person_id: each for each in (one, two)} | {before.person_id: one}
    picture = a_recognition(of(one), of(two, before), identified_at=NOON)
    assert labels.up_to_date(picture, (), people, {}, now=LATER).faces[1].candidates == ()


def test_a_face_of_the_collection_is_whose_it_is_there() -> None:
    alice, bob = a_person("Alice"), a_person("Bob")
    told = updated(of(alice, face_id="f"), alice, bob, owners={"f": bob.person_id})
    assert told.faces[0].person == as_person(bob, 95.0)


def test_who_is_recorded_and_not_ignored_any_more_is_shown_again_unless_somebody_denied_it() -> None:
    alice = a_person("Alice")
    recorded = (a_sighting(alice, IMAGE, similarity=93.0),)
    assert updated(of(None), alice, recorded=recorded).faces[0].person == as_person(alice, 93.0)
    assert updated(of(None, denied=(alice.person_id,)), alice, recorded=recorded).faces[0].person is None


def test_somebody_says_whose_a_face_is_and_that_it_is_not() -> None:
    alice, bob = a_person("Alice"), a_person("Bob")
    told = labels.told(of(alice, bob, face_id="f"), bob)
    assert (told.person, told.candidates, told.face_id) == (as_person(bob, 80.0), (), "f")
    denied = labels.denied(told)
    assert (denied.person, denied.denied, denied.face_id) == (None, (bob.person_id,), None)
    assert labels.told(denied, bob).denied == ()
    assert labels.denied(denied) == denied


class TestSightings:
    def test_what_somebody_decided_stays_decided_by_them(self) -> None:
        alise, alice = a_person("Alise"), a_person("Alice")
        before = a_sighting(alise, IMAGE).model_copy(update={"decided_by": "somebody"})
        [after] = labels.sightings(IMAGE, a_recognition(of(alice)), [before], {alise.person_id: alice})
        assert (after.person_id, after.decided_by, after.similarity) == (alice.person_id, "somebody", 95.0)

    def test_a_face_of_nobody_is_no_sighting(self) -> None:
        before = a_sighting(a_person("Alice"), IMAGE)
        assert labels.sightings(IMAGE, a_recognition(of(None)), [before], {}) == []

    def test_the_ignored_stay_recorded_unless_somebody_says_that_it_is_not_them(self) -> None:
        alice = a_person("Alice", state=State.IGNORED)
        before, people = a_sighting(alice, IMAGE), {alice.person_id: alice}
        assert labels.sightings(IMAGE, a_recognition(of(None)), [before], people) == [before]
        assert labels.sightings(IMAGE, a_recognition(of(None)), [before], people, by_somebody=BOX) == []
