"""Whose are the faces that a face resembles: what the collection found, in the light of our own records."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import structlog

from onlooker_recognizer.people.collection.crops import overlap
from onlooker_recognizer.people.collection.lookup import Looked
from onlooker_recognizer.people.collection.matching import (
    SURE,
    Decision,
    Match,
    Thresholds,
    decide,
    likenesses,
    once_each,
)
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord, PersonRecord, State

SAME_PLACE = 0.5
"""The least overlap of two boxes that are of the same face of the same picture."""

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whose a face is."""

    person: PersonRecord | None = None
    similarity: float = 0.0
    candidates: tuple[tuple[PersonRecord, float], ...] = ()
    """Whom it resembles besides, or not enough; most alike first."""
    face_id: str | None = None
    """Of the face itself, where it is in the collection."""
    decided_by: Literal["similarity", "somebody"] = "similarity"


class Judge:
    """Says whose faces are.

    Args:
        people: knows whose are the faces in the collection.
        thresholds: how alike is alike.
    """

    def __init__(self, people: People, thresholds: Thresholds) -> None:
        self._people = people
        self._thresholds = thresholds

    async def decide(self, looked: Sequence[Looked | None], *, image_id: str | None = None) -> list[Verdict]:
        """Return whose the faces of one picture are.

        Args:
            looked: what was found of each; None of one that was not looked up.
            image_id: the picture's: what was added to the collection from it is what it is, however alike others are.
        """
        found = [each.found for each in looked if each]
        users = {match.id for each in found for match in each.people}
        people = dict(await self.resolved(users))
        matched = {match.id for each in found for match in each.faces}
        if image_id is not None:  # whose faces were not searched may have this very face
            sure = {each.people[0].id for each in found if each.people and each.people[0].similarity >= SURE}
            matched |= {face_id for person_id in sure & people.keys() for face_id in people[person_id].face_ids}
        records = await self._people.faces(matched) if matched else {}
        owners = {face_id: record.person_id for face_id, record in records.items()}
        alike = [likenesses(each.found, owners) if each else () for each in looked]
        own = [_own(each, records.values(), image_id) if each else None for each in looked]
        people |= await self.resolved({match.id for each in alike for match in each} - users)
        decisions = once_each(
            _as_added(face, people) or decide(_of_people(each, people), self._thresholds)
            for face, each in zip(own, alike, strict=True)
        )
        known = {person.person_id: person for person in people.values()}
        return [
            _verdict(decision, known, face.face_id if face else None)
            for decision, face in zip(decisions, own, strict=True)
        ]

    async def knows_anybody(self) -> bool:
        """Whether anybody has a face by which they could be told; as it was some seconds ago."""
        return await self._people.anybody_has_a_face()

    async def resolved(self, person_ids: set[str]) -> Mapping[str, PersonRecord]:
        """Return people by ids; for one who was merged, the one they were merged into. Who is gone is left out."""
        found: dict[str, PersonRecord] = {}
        left = set(person_ids)
        while left:  # all at once, then all whom they were merged into
            came = await self._people.find(left)
            found |= came
            left = {person.merged_into for person in came.values() if person.merged_into} - found.keys()
        resolved = {person_id: _became(found[person_id], found) for person_id in person_ids & found.keys()}
        for person_id in [each for each, person in resolved.items() if person is None]:
            log.warning("person.unresolved", person_id=person_id)
        return {person_id: person for person_id, person in resolved.items() if person}


def _became(person: PersonRecord, people: Mapping[str, PersonRecord]) -> PersonRecord | None:
    """Return whom somebody was merged into at last; None if that one is gone, or it was in a circle."""
    seen = set[str]()
    while person.merged_into is not None:
        if person.person_id in seen or person.merged_into not in people:
            return None
        seen.add(person.person_id)
        person = people[person.merged_into]
    return person


def _own(looked: Looked, records: Iterable[FaceRecord], image_id: str | None) -> FaceRecord | None:
    """Return the record of this very face, if it was added to the collection from this picture."""
    if image_id is None:
        return None
    box = looked.face.bounding_box
    same = (each for each in records if each.image_id == image_id and overlap(each.bounding_box, box) >= SAME_PLACE)
    return next(same, None)


def _as_added(own: FaceRecord | None, people: Mapping[str, PersonRecord]) -> Decision | None:
    return Decision(Match(people[own.person_id].person_id, 100.0)) if own and own.person_id in people else None


def _of_people(alike: Iterable[Match], people: Mapping[str, PersonRecord]) -> list[Match]:
    """Return the matches of people that there are, each once, after merges."""
    best: dict[str, Match] = {}
    for match in alike:  # most alike first
        if match.id in people:
            person_id = people[match.id].person_id
            best.setdefault(person_id, Match(person_id, match.similarity))
    return list(best.values())


def _verdict(decision: Decision, people: Mapping[str, PersonRecord], face_id: str | None) -> Verdict:
    candidates = tuple(
        (people[each.id], each.similarity) for each in decision.candidates if people[each.id].state is not State.IGNORED
    )
    if decision.person is None:
        return Verdict(candidates=candidates, face_id=face_id)
    return Verdict(people[decision.person.id], decision.person.similarity, candidates, face_id)
