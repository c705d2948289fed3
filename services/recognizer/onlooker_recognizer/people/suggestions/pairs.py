"""Suggestions as they are now: the two people are those whose the faces are by now.

Faces move when people are merged or split, so whom a suggestion is about follows from its faces. If they are other
people's than before it is another suggestion, under their id; if they are one person's, or gone, there is none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_recognizer.people.suggestions.records import Bars, Suggestion, kept, suggestion
from onlooker_recognizer.people.suggestions.table import Suggestions

AT_ONCE = 100
"""Suggestions that are looked at together: two batches of faces, and one or two of people."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who may be one."""

    suggestion: Suggestion
    keep: PersonRecord
    """Who stays, if they are."""
    other: PersonRecord

    def face_of(self, person: PersonRecord) -> str:
        """Return the FaceId that is one of the two's."""
        return self.suggestion.faces[self.suggestion.people.index(person.person_id)]


class Pairs:
    """Tells of suggestions.

    Args:
        suggestions: the table.
        differences: who is known not to be whom.
        people: whose faces are.
        judge: knows who merged people are by now.
        bars: from which similarity on somebody is asked.
    """

    def __init__(
        self, *, suggestions: Suggestions, differences: Differences, people: People, judge: Judge, bars: Bars
    ) -> None:
        self._suggestions = suggestions
        self._differences = differences
        self._people = people
        self._judge = judge
        self._bars = bars

    async def page(self, *, limit: int, after: tuple[float, str] | None) -> tuple[list[Pair], tuple[float, str] | None]:
        """Return some pairs, most alike first, and where the next page begins: None after the last one.

        Raises:
            UnavailableError: others were in the way each time.
        """
        left = [each for each in await self._suggestions.open() if after is None or each.place > after]
        found: list[Pair] = []
        shown: set[str] = set()
        for start in range(0, len(left), AT_ONCE):
            now = await self.now(left[start : start + AT_ONCE])
            for number, (told, pair) in enumerate(now, start + 1):
                if pair is not None and pair.suggestion.suggestion_id not in shown:
                    shown.add(pair.suggestion.suggestion_id)
                    found.append(pair)
                if len(found) == limit:
                    return found, told.place if number < len(left) else None
        return found, None

    async def find(self, suggestion_id: str) -> Pair | None:
        """Return the two people whom a suggestion is about; None if it is about nobody, or others, by now."""
        told = await self._suggestions.find(suggestion_id)
        if told is None:
            return None
        ((_, pair),) = await self.now([told])
        return pair if pair and pair.suggestion.suggestion_id == suggestion_id else None

    async def suggest(self, found: Suggestion) -> bool:
        """Note that two people may be one, unless somebody said that they are two; return whether nobody knew so far.

        Raises:
            UnavailableError: others were in the way each time.
        """
        if await self._differences.are_different(*found.people):
            return False
        known = await self._suggestions.find(found.suggestion_id)
        if known and await self.find(found.suggestion_id) is None:
            await self._suggestions.drop(found.suggestion_id)  # its faces are gone: a collection made anew has others
            known = None
        return await self._suggestions.suggest(found) and known is None

    async def tidy(self) -> None:
        """Forget suggestions that are about nobody any more: one of the two is gone, or they are one by now.

        Raises:
            UnavailableError: others were in the way each time.
        """
        told = await self._suggestions.open()
        for start in range(0, len(told), AT_ONCE):
            for each, pair in await self.now(told[start : start + AT_ONCE]):
                if pair is None:
                    await self._suggestions.drop(each.suggestion_id)

    async def now(self, told: Sequence[Suggestion]) -> list[tuple[Suggestion, Pair | None]]:
        """Return suggestions, each with the two people whom it is about now, and note those that are other people.

        Raises:
            UnavailableError: others were in the way each time.
        """
        faces = await self._people.faces({face_id for each in told for face_id in each.faces})
        owners = {face_id: face.person_id for face_id, face in faces.items()}
        people = await self._judge.resolved(set(owners.values()))
        now = [(each, self._pair(each, owners, people)) for each in told]
        return [(each, pair and await self._noted(each, pair)) for each, pair in now]

    def _pair(self, told: Suggestion, owners: Mapping[str, str], people: Mapping[str, PersonRecord]) -> Pair | None:
        whose = [people[owners[face_id]] for face_id in told.faces if owners.get(face_id) in people]
        if len(whose) < len(told.faces) or not self._bars.pass_(*_two(whose), told.similarity):
            return None
        one, other = _two(whose)
        by = suggestion(
            (one.person_id, told.faces[0]),
            (other.person_id, told.faces[1]),
            similarity=told.similarity,
            at=told.suggested_at,
        )
        stays = kept(one, other)
        return Pair(by, stays, other if stays is one else one)

    async def _noted(self, told: Suggestion, pair: Pair) -> Pair | None:
        """Return a pair that can be decided: whom nobody decided about, under their own id."""
        if pair.suggestion.people == told.people:
            return pair
        noted = not await self._differences.are_different(*pair.suggestion.people)
        noted = noted and await self._suggestions.suggest(pair.suggestion)
        await self._suggestions.drop(told.suggestion_id)
        return pair if noted else None


def _two(people: Iterable[PersonRecord]) -> tuple[PersonRecord, PersonRecord]:
    one, other = people
    return one, other
