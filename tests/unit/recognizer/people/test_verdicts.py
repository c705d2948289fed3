"""Who people are by now."""

from collections.abc import Iterable
from typing import Any, cast

from onlooker_recognizer.people.collection.answers import Found
from onlooker_recognizer.people.collection.crops import Crop
from onlooker_recognizer.people.collection.lookup import Looked
from onlooker_recognizer.people.collection.matching import Match, Thresholds
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, State
from people_records import a_face_id, a_face_of, a_person, an_id
from recognitions import a_face, an_image


class Table:
    """People, and how often somebody looked for some."""

    def __init__(self, *people: PersonRecord) -> None:
        self.people = {person.person_id: person for person in people}
        self.looks = 0

    async def find(self, person_ids: Iterable[str]) -> dict[str, PersonRecord]:
        self.looks += 1
        return {person_id: self.people[person_id] for person_id in person_ids if person_id in self.people}


def judge(table: Table) -> Judge:
    return Judge(cast("Any", table), Thresholds(person=90, candidate=70))


def merged(name: str, into: str, person_id: str | None = None) -> PersonRecord:
    return a_person(name, state=State.MERGED, merged_into=into, person_id=person_id)


async def test_who_was_merged_is_the_last_of_the_chain_in_as_many_looks_as_it_is_long() -> None:
    last, other = a_person("Last"), a_person("Other")
    second = merged("Second", last.person_id)
    firsts = [merged(f"First {number}", second.person_id) for number in range(5)]
    table = Table(last, other, second, *firsts)
    asked = {each.person_id for each in (*firsts, other)}
    assert await judge(table).resolved(asked) == {
        **{first.person_id: last for first in firsts},
        other.person_id: other,
    }
    assert table.looks == 3


async def test_nobody_is_who_is_gone_or_was_merged_in_a_circle() -> None:
    lost = merged("Lost", "0" * 32)
    one, two = merged("One", "2" * 32, "1" * 32), merged("Two", "1" * 32, "2" * 32)
    table = Table(lost, one, two)
    assert await judge(table).resolved({lost.person_id, one.person_id, two.person_id, "3" * 32}) == {}


async def test_where_nobody_is_asked_for_nobody_is_looked_for() -> None:
    table = Table()
    assert await judge(table).resolved(set()) == {}
    assert table.looks == 0


async def test_whose_picture_it_was_enrolled_from_is_known_by_that_face_though_only_users_were_searched() -> None:
    image_id = an_id()
    face = a_face_of(alice := a_person(face_ids=(a_face_id(),)), image=an_image()).model_copy(
        update={"face_id": alice.face_ids[0], "image_id": image_id}
    )

    class WithFaces(Table):
        async def faces(self, face_ids: Iterable[str]) -> dict[str, FaceRecord]:
            return {face_id: face for face_id in face_ids if face_id == face.face_id}

    found = Found(face.bounding_box, people=(Match(alice.person_id, 99.9),))
    shown = a_face().model_copy(update={"bounding_box": face.bounding_box})
    looked = Looked(shown, Crop(b"", face.bounding_box), found)
    (there,) = await judge(WithFaces(alice)).decide([looked], image_id=image_id)
    (elsewhere,) = await judge(WithFaces(alice)).decide([looked], image_id=an_id())
    assert (there.person, there.similarity, there.face_id) == (alice, 100.0, face.face_id)
    assert (elsewhere.person, elsewhere.similarity, elsewhere.face_id) == (alice, 99.9, None)
