"""Two people who may be one, as the page that asks about them shows them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from onlooker_console.people.cards import Card, card, face_picture


@dataclass(frozen=True, slots=True)
class Side:
    """One of two.

    Attributes:
        face: where the picture is of the face that is alike.
        cover: where that of the face is that is otherwise shown for them; empty if it is the same, or they have none.
        kept: whether both are called so if they are one.
    """

    person: Card
    face: str
    cover: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who may be one; `similarity` of their faces, in percent."""

    suggestion_id: str
    similarity: float
    sides: tuple[Side, Side]

    @property
    def kept(self) -> str:
        """The name of both if they are one."""
        return next(side.person.name for side in self.sides if side.kept)

    @property
    def lost(self) -> str:
        """A name that somebody gave and that is gone if they are one; empty if there is none."""
        return next((side.person.name for side in self.sides if not side.kept and side.person.named), "")


def pair(suggestion: Mapping[str, Any]) -> Pair:
    """Return what ``GET /people/suggestions`` tells of two."""
    keep = suggestion["keep"]
    one = _side(suggestion["one"], suggestion["one_face_id"], keep)
    other = _side(suggestion["other"], suggestion["other_face_id"], keep)
    return Pair(suggestion["suggestion_id"], suggestion["similarity"], (one, other))


def _side(person: Mapping[str, Any], face_id: str, keep: str) -> Side:
    shown = card(person)
    face = face_picture(shown.person_id, face_id)
    return Side(shown, face, shown.cover if shown.cover != face else "", shown.person_id == keep)
