"""Somebody as a card shows them: what the recognizer's documents become on the pages. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from onlooker_console.formats import number

State = Literal["known", "unknown", "ignored", "merged"]
PATH = "/console/people"

Document = Mapping[str, Any]
"""What ``GET /people`` lists."""


@dataclass(frozen=True, slots=True)
class Card:
    """Somebody.

    Attributes:
        cover: where the picture of their face is; empty if they have none.
        count: how often they were seen, in words.
        version: of what is told of them; goes along with a change, so that two who change them at once see each other.
    """

    person_id: str
    name: str
    state: State
    cover: str
    faces: int
    sightings: int
    count: str
    last_seen: str
    version: int

    @property
    def named(self) -> bool:
        """Whether somebody gave them a name."""
        return self.state != "unknown"

    @property
    def path(self) -> str:
        """Their page."""
        return f"{PATH}/{self.person_id}"


def card(person: Document) -> Card:
    """Return somebody's card."""
    seen = person["sightings"]
    return Card(
        person_id=person["person_id"],
        name=person["name"],
        state=person["state"],
        cover=face_picture(person["person_id"], person["cover"]) if person["cover"] else "",
        faces=person["faces"],
        sightings=seen,
        count="Not seen yet" if not seen else "Seen once" if seen == 1 else f"Seen {number(seen)} times",
        last_seen=person["last_seen"] or "",
        version=person["version"],
    )


def face_picture(person_id: str, face_id: str) -> str:
    """Return where the picture of a face is."""
    return f"{PATH}/{person_id}/faces/{quote(face_id, safe='')}/picture"


def who_stays(people: Iterable[Card]) -> Card | None:
    """Return whom the others are best merged into: who has a name, else who was seen most; None of nobody."""
    return max(people, key=lambda each: (each.named, each.sightings, each.faces), default=None)
