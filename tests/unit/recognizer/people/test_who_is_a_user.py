"""Who is a user of the collection, found by one search."""

import pytest

from onlooker_recognizer.people.registry.records import State
from people_records import a_person


@pytest.mark.parametrize(
    ("state", "faces", "is_user"),
    [
        (State.KNOWN, 0, False),
        (State.KNOWN, 1, True),
        (State.UNKNOWN, 1, False),
        (State.UNKNOWN, 2, True),
        (State.IGNORED, 1, True),
    ],
)
def test_who_is_known_is_one_from_the_first_face_on(state: State, faces: int, is_user: bool) -> None:
    person = a_person(state=state, face_ids=tuple(f"face-{number}" for number in range(faces)))
    assert person.is_user is is_user
