"""The most alike person is the one, if alike enough; doubts stay doubts."""

from dataclasses import dataclass

from onlooker_recognizer.people.collection.matching import (
    MAX_CANDIDATES,
    Decision,
    Match,
    Thresholds,
    decide,
    likenesses,
    once_each,
)

BARS = Thresholds(person=90, candidate=70)


@dataclass(frozen=True)
class Found:
    faces: tuple[Match, ...] = ()
    people: tuple[Match, ...] = ()


def test_a_person_is_as_alike_as_the_most_alike_of_their_faces_or_all_together() -> None:
    found = Found(
        faces=(Match("f1", 97.0), Match("f2", 95.0), Match("f3", 99.0)), people=(Match("alice", 96.0), Match("bob", 91))
    )
    owners = {"f1": "alice", "f2": "bob"}  # f3 is nobody's: its record is not written yet, or deleted already
    assert likenesses(found, owners) == (Match("alice", 97.0), Match("bob", 95.0))


def test_at_the_threshold_a_face_has_a_name_and_below_it_a_candidate() -> None:
    assert decide([Match("alice", 90.0)], BARS) == Decision(Match("alice", 90.0))
    assert decide([Match("alice", 89.9)], BARS) == Decision(None, (Match("alice", 89.9),))
    assert decide([Match("alice", 69.9)], BARS) == Decision()
    assert decide([], BARS) == Decision()


def test_whoever_else_is_alike_is_a_candidate() -> None:
    crowd = [Match(f"p{n}", 99.0 - n) for n in range(10)]
    decision = decide(crowd, BARS)
    assert decision.person == crowd[0]
    assert decision.candidates == tuple(crowd[1 : 1 + MAX_CANDIDATES])


def test_of_two_faces_in_one_picture_the_more_alike_has_the_name() -> None:
    brother = Decision(Match("alice", 92.0), (Match("bob", 71.0),))
    decided = once_each([brother, Decision(Match("alice", 98.0)), Decision(Match("carol", 91.0))])
    assert [decision.person and decision.person.id for decision in decided] == [None, "alice", "carol"]
    assert decided[0].candidates == (Match("alice", 92.0), Match("bob", 71.0))


def test_a_collage_of_one_person_names_each_face_that_is_beyond_doubt() -> None:
    sure = [Decision(Match("alice", similarity)) for similarity in (99.2, 99.9, 99.0)]
    assert once_each(sure) == sure
