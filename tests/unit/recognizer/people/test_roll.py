"""Lists of people: who is on them, when everybody is read again, and when not."""

import asyncio
from collections.abc import Iterable

import pytest

from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.registry.roll import LONGEST, NOT_WORTH_IT, TIMES, Roll
from people_records import a_person


class Table:
    """People, and how long it takes to read all of them."""

    def __init__(self, took: float) -> None:
        self.people = {person.person_id: person for person in (a_person("Alice"), a_person("Bob"))}
        self.took = took
        self.now = 0.0
        self.readings = 0
        self.roll = Roll(self.everybody, self.find, monotonic=lambda: self.now)

    async def everybody(self) -> list[PersonRecord]:
        self.readings += 1
        self.now += self.took
        await asyncio.sleep(0)
        return list(self.people.values())

    async def find(self, person_ids: Iterable[str]) -> dict[str, PersonRecord]:
        return {person_id: self.people[person_id] for person_id in person_ids if person_id in self.people}

    def put(self, person: PersonRecord) -> None:
        self.people[person.person_id] = person

    async def names(self) -> list[str]:
        return sorted(person.name for person in await self.roll.call())


async def test_a_few_are_read_each_time() -> None:
    table = Table(took=NOT_WORTH_IT / 2)
    assert await table.names() == ["Alice", "Bob"]
    table.put(a_person("Carol"))  # by another process
    assert await table.names() == ["Alice", "Bob", "Carol"]


@pytest.mark.parametrize(("took", "remembered"), [(1.0, TIMES), (LONGEST, LONGEST)])
async def test_many_are_remembered_for_as_long_as_it_pays(took: float, remembered: float) -> None:
    table = Table(took)
    await table.names()
    table.put(a_person("Carol"))  # by another process
    table.now = took + remembered - 0.1
    assert await table.names() == ["Alice", "Bob"]
    table.now = took + remembered
    assert await table.names() == ["Alice", "Bob", "Carol"]
    assert table.readings == 2


async def test_whom_this_process_changes_is_as_they_are_at_once() -> None:
    table = Table(took=3.0)
    await table.names()
    alice, bob = table.people.values()
    table.put(alice.model_copy(update={"name": "Alicia"}))
    del table.people[bob.person_id]
    table.put(carol := a_person("Carol"))
    table.roll.changed([alice.person_id, bob.person_id, carol.person_id])
    assert await table.names() == ["Alicia", "Carol"]
    assert table.readings == 1


async def test_all_who_ask_at_once_wait_for_one_reading() -> None:
    table = Table(took=3.0)
    assert await asyncio.gather(*(table.names() for _ in range(5))) == [["Alice", "Bob"]] * 5
    assert table.readings == 1


async def test_a_change_is_not_forgotten_by_a_reading_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(took=3.0)
    await table.names()
    alice, _ = table.people.values()
    del table.people[alice.person_id]
    table.roll.changed([alice.person_id])

    async def fails(_ids: Iterable[str]) -> dict[str, PersonRecord]:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(table.roll, "_read", fails)
        with pytest.raises(ConnectionError):
            await table.names()
    assert await table.names() == ["Bob"]
