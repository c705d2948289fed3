"""Lists of people: whoever is wanted is on one page, once, in the order that is asked for."""

from datetime import timedelta

import pytest

from onlooker_recognizer.people.registry.lists import Order, Place, Wanted, chosen, page
from onlooker_recognizer.people.registry.records import PersonRecord, State
from people_records import a_person, a_stranger
from recognitions import NOON


def pages(people: list[PersonRecord], order: Order, limit: int) -> list[list[str]]:
    found: list[list[str]] = []
    after: Place | None = None
    while True:
        some, after = page(people, order, limit=limit, after=after)
        found.append([person.name for person in some])
        if after is None:
            return found


def test_names_are_sorted_as_people_read_them() -> None:
    people = [a_person(name) for name in ("bob", "Zoë", "Alice", "ANNA")]
    assert pages(people, "name", 3) == [["Alice", "ANNA", "bob"], ["Zoë"]]


def test_strangers_are_sorted_by_number() -> None:
    people = [a_stranger(number) for number in (10, 1, 100, 2)]
    assert pages(people, "name", 2) == [["Unknown 1", "Unknown 2"], ["Unknown 10", "Unknown 100"]]


def test_those_of_one_name_are_told_apart_across_pages() -> None:
    assert pages([a_person("Alice") for _ in range(5)], "name", 2) == [["Alice"] * 2, ["Alice"] * 2, ["Alice"]]


@pytest.mark.parametrize("order", ["last_seen", "sightings"])
def test_the_last_and_the_most_often_seen_come_first(order: Order) -> None:
    def seen(name: str, times: int) -> PersonRecord:
        update = {"sightings": times, "last_seen": NOON + timedelta(days=times) if times else None}
        return a_person(name).model_copy(update=update)

    people = [seen("never", 0), seen("often", 9), seen("once", 1)]
    assert pages(people, order, 2) == [["often", "once"], ["never"]]


def test_a_page_that_is_just_full_is_the_last() -> None:
    assert pages([a_person("a"), a_person("b")], "name", 2) == [["a", "b"]]
    assert pages([], "name", 2) == [[]]


def test_who_was_merged_is_only_there_if_asked_for() -> None:
    merged = a_person("merged", state=State.MERGED, merged_into="0" * 32)
    people = [a_person("known"), a_stranger(3), merged]
    assert [person.name for person in chosen(people, Wanted())] == ["known", "Unknown 3"]
    assert chosen(people, Wanted(frozenset({State.MERGED}))) == [merged]


def test_a_part_of_the_name_or_of_the_external_id_is_found_in_any_case() -> None:
    people = [a_person("Alice Straße"), a_person("Bob").model_copy(update={"external_id": "HR-77"})]
    assert [person.name for person in chosen(people, Wanted(text="STRASSE"))] == ["Alice Straße"]
    assert [person.name for person in chosen(people, Wanted(text="hr-7"))] == ["Bob"]
