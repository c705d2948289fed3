"""Two people who may be one, as data, and which of them is worth telling of. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from onlooker_recognizer.people.registry.records import PersonId, PersonRecord, Record, State
from onlooker_shared.recognition import Percent

SUGGESTION_ID_PATTERN = r"^[0-9a-f]{32}$"


class Suggestion(Record):
    """Two faces that are alike, and whose they were when that was found: in the order of these people's ids."""

    people: tuple[PersonId, PersonId]
    faces: tuple[str, str] = Field(description="The FaceIds of the first one's, and of the other one's.")
    similarity: Percent
    suggested_at: datetime

    @property
    def suggestion_id(self) -> str:
        """Its id: of two people there is one suggestion at most."""
        return pair_id(*self.people)

    @property
    def place(self) -> tuple[float, str]:
        """Where it is in a list: most alike first. It stays there when its people change."""
        return -self.similarity, " ".join(sorted(self.faces))


@dataclass(frozen=True, slots=True)
class Bars:
    """From which similarity on two people may be one, 0 to 100."""

    suggest: float
    """One of them is a stranger at least; below this nobody is asked about."""
    person: float
    """Somebody gave both a name: this, if it is higher."""

    def pass_(self, one: PersonRecord, other: PersonRecord, similarity: float) -> bool:
        """Whether it is worth asking somebody whether two people are one."""
        states = {one.state, other.state}
        if one.person_id == other.person_id or not states <= {State.KNOWN, State.UNKNOWN}:
            return False
        return similarity >= (max(self.suggest, self.person) if states == {State.KNOWN} else self.suggest)


def suggestion(
    one: tuple[PersonId, str], other: tuple[PersonId, str], *, similarity: float, at: datetime
) -> Suggestion:
    """Return the suggestion that two people are one, each given with a face of theirs."""
    (first, first_face), (second, second_face) = sorted((one, other))
    return Suggestion(
        people=(first, second), faces=(first_face, second_face), similarity=min(100.0, similarity), suggested_at=at
    )


def pair_id(one: PersonId, other: PersonId) -> str:
    """Return the id of two people's suggestion: 32 hexadecimal digits that tell of neither."""
    return hashlib.sha256("\0".join(sorted((one, other))).encode()).hexdigest()[:32]


def kept(one: PersonRecord, other: PersonRecord) -> PersonRecord:
    """Return which of two stays, if they are one: who has a name, else who was seen more often, else who came first."""
    return min((one, other), key=lambda each: (each.state is not State.KNOWN, -each.sightings, each.created_at))
