"""Somebody says whether two people are one: then they are, or are never suggested again."""

from onlooker_recognizer.metrics import SUGGESTIONS
from onlooker_recognizer.people.audit.callers import asking_rekognition
from onlooker_recognizer.people.audit.log import Action, Actor, Audit
from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.registry.records import PersonRecord
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_recognizer.people.suggestions.pairs import Pairs
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_shared.errors import NotFoundError

GONE = "There is no such suggestion (any more): it was decided, or one of the two was merged, changed or erased."


class Deciding:
    """Decides suggestions.

    Args:
        suggestions: those that nobody decided.
        pairs: whom they are about now.
        differences: gets who is not whom.
        judge: knows who merged people are by now.
        grouping: merges people.
        audit: notes who decided.
    """

    def __init__(
        self,
        *,
        suggestions: Suggestions,
        pairs: Pairs,
        differences: Differences,
        judge: Judge,
        grouping: Grouping,
        audit: Audit,
    ) -> None:
        self._suggestions = suggestions
        self._pairs = pairs
        self._differences = differences
        self._judge = judge
        self._grouping = grouping
        self._audit = audit

    async def same(self, suggestion_id: str, actor: Actor) -> PersonRecord:
        """Make two people one, and return who they are; what was interrupted is finished by saying it again.

        Raises:
            NotFoundError: nobody is suggested by that id.
            ConflictError: together they have too many faces or attributes; the words say what to do.
            UnavailableError: Rekognition is too busy or not allowed, or others were in the way each time.
        """
        merged, into = await self._to_merge(suggestion_id)
        with asking_rekognition():
            async with self._audit.around(actor, Action.MERGED, merged, into):
                person = await self._grouping.merge(merged, into)
        await self._suggestions.drop(suggestion_id)
        SUGGESTIONS.labels("same").inc()
        return person

    async def not_same(self, suggestion_id: str, actor: Actor) -> None:
        """Note for ever that two people are not one.

        Raises:
            NotFoundError: nobody is suggested by that id.
            UnavailableError: others were in the way each time.
        """
        pair = await self._pairs.find(suggestion_id)
        if pair is None:
            raise NotFoundError(GONE)
        one, other = pair.suggestion.people
        async with self._audit.around(actor, Action.TOLD_APART, one, other):
            if not await self._differences.differ(one, other):
                raise NotFoundError(GONE)
        SUGGESTIONS.labels("different").inc()

    async def _to_merge(self, suggestion_id: str) -> tuple[str, str]:
        """Return the ids of who is to be merged, and into whom.

        Raises:
            NotFoundError: nobody.
        """
        pair = await self._pairs.find(suggestion_id)
        if pair is not None:
            return pair.other.person_id, pair.keep.person_id
        told = await self._suggestions.find(suggestion_id)
        now = await self._judge.resolved(set(told.people)) if told else {}
        became = {person.person_id for person in now.values()}
        if told and len(now) == len(told.people) and len(became) == 1:  # a merge that ended in the middle
            (into,) = became
            return next(person_id for person_id in told.people if person_id != into), into
        raise NotFoundError(GONE)
