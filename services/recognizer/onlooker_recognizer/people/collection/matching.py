"""From whom a face resembles to whose it is. Pure: Rekognition's matches in, a decision out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

SURE = 99.0
"""Alike beyond doubt: Amazon's advice for what must not be wrong ("Using similarity and confidence")."""
MAX_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Match:
    """Something of the collection that a face resembles."""

    id: str
    """Of a face, or of a person."""
    similarity: float
    """0 to 100."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Whose a face is."""

    person: Match | None = None
    """None: nobody's who is known."""
    candidates: tuple[Match, ...] = ()
    """Whom it resembles besides, or not enough; most alike first."""


class FoundMatches(Protocol):
    """What a search found."""

    @property
    def faces(self) -> Sequence[Match]:
        """By FaceId."""

    @property
    def people(self) -> Sequence[Match]:
        """By person."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which similarity on, 0 to 100."""

    person: float
    """A face is a person's."""
    candidate: float
    """It is worth a look whether it is."""


def likenesses(found: FoundMatches, owners: Mapping[str, str]) -> tuple[Match, ...]:
    """Return each person that a face resembles with their best similarity, most alike first.

    Args:
        found: by what the face was found.
        owners: the person of each face, by FaceId; faces that nobody owns count for nobody.
    """
    best: dict[str, float] = {}
    for match in (
        *found.people,
        *(Match(owners[each.id], each.similarity) for each in found.faces if each.id in owners),
    ):
        best[match.id] = max(match.similarity, best.get(match.id, 0.0))
    return tuple(sorted((Match(*pair) for pair in best.items()), key=lambda match: -match.similarity))


def decide(alike: Sequence[Match], thresholds: Thresholds) -> Decision:
    """Return whose a face is: the most alike one's, if alike enough; the others are candidates."""
    near = [match for match in alike if match.similarity >= thresholds.candidate]
    if near and near[0].similarity >= thresholds.person:
        return Decision(near[0], tuple(near[1 : 1 + MAX_CANDIDATES]))
    return Decision(None, tuple(near[:MAX_CANDIDATES]))


def once_each(decisions: Iterable[Decision]) -> list[Decision]:
    """Return the decisions about the faces of one picture, where each person is once, unless they are so beyond doubt.

    A person is seldom twice in a picture (a mirror, a collage), and two faces of it are often two brothers. The most
    alike face keeps the name; for another, that person is a candidate.
    """
    decided = list(decisions)
    best: dict[str, float] = {}
    for decision in decided:
        if decision.person:
            best[decision.person.id] = max(decision.person.similarity, best.get(decision.person.id, 0.0))
    return [_unless_another(decision, best) for decision in decided]


def _unless_another(decision: Decision, best: Mapping[str, float]) -> Decision:
    person = decision.person
    if person is None or person.similarity >= min(SURE, best[person.id]):
        return decision
    return replace(decision, person=None, candidates=(person, *decision.candidates)[:MAX_CANDIDATES])
