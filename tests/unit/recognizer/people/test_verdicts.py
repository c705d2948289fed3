"""Who people are by now."""

from collections.abc import Iterable
from typing import Any, cast

from onlooker_recognizer.people.collection.matching import Thresholds
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.records import PersonRecord, State
from people_records import a_person


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
