"""Lists of people: which of them, in what order, page by page. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from onlooker_recognizer.people.registry.names import folded
from onlooker_recognizer.people.registry.records import PersonRecord, State

Order = Literal["name", "last_seen", "sightings"]
Place = tuple[str | float, str]
"""Where somebody is in an order: by what it is sorted, then by id."""
_DIGITS = re.compile("[0-9]+")
LONGEST_NUMBER = 12
"""Digits of numbers in names that are sorted by size."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which people."""

    states: frozenset[State] = frozenset(State) - {State.MERGED}
    text: str = ""
    """In the name, or in what another system calls them; in any case of letters."""


def chosen(people: Iterable[PersonRecord], wanted: Wanted) -> list[PersonRecord]:
    """Return those who are wanted."""
    text = folded(wanted.text)
    return [
        person
        for person in people
        if person.state in wanted.states and (text in folded(person.name) or text in folded(person.external_id or ""))
    ]


def page(
    people: Sequence[PersonRecord], order: Order, *, limit: int, after: Place | None
) -> tuple[list[PersonRecord], Place | None]:
    """Return some people in an order, and where the next page begins: None after the last one.

    Args:
        people: all of them.
        order: by name from A on, Unknown 2 before Unknown 10; or those last, or most often, seen first.
        limit: people a page.
        after: where the page before ended.
    """
    placed = sorted(((place(person, order), person) for person in people), key=lambda each: each[0])
    left = [(at, person) for at, person in placed if after is None or at > after]
    found = left[:limit]
    return [person for _, person in found], found[-1][0] if len(left) > limit else None


def place(person: PersonRecord, order: Order) -> Place:
    """Return where somebody is in an order."""
    match order:
        case "name":
            return _numbers_by_size(folded(person.name)), person.person_id
        case "last_seen":
            return -(person.last_seen.timestamp() if person.last_seen else 0.0), person.person_id
        case "sightings":
            return float(-person.sightings), person.person_id


def _numbers_by_size(name: str) -> str:
    return _DIGITS.sub(lambda digits: digits[0].zfill(LONGEST_NUMBER), name)
