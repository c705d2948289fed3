"""``/people/suggestions``: people who may be one, and what somebody says about it."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from onlooker_recognizer.people.audit.callers import Reader, Writer
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.registry.routes import MAX_PAGE, not_this_list
from onlooker_recognizer.people.registry.views import Person
from onlooker_recognizer.people.suggestions.deciding import Deciding
from onlooker_recognizer.people.suggestions.pairs import Pair, Pairs
from onlooker_recognizer.people.suggestions.records import SUGGESTION_ID_PATTERN
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_recognizer.people.suggestions.views import (
    Decided,
    Decision,
    SuggestedPair,
    SuggestionsCount,
    SuggestionsPage,
)
from onlooker_shared import cursor


def suggestions_router(suggestions: Suggestions, pairs: Pairs, deciding: Deciding, audit: Audit) -> APIRouter:
    """Return the routes.

    Args:
        suggestions: counts them.
        pairs: tells of suggestions.
        deciding: decides them.
        audit: notes who asked.
    """
    routes = APIRouter(prefix="/people/suggestions", tags=["people"])

    @routes.get("")
    async def list_suggestions(
        caller: Reader,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        after: Annotated[str | None, Query(alias="cursor", max_length=2000, description="Of the page before.")] = None,
    ) -> SuggestionsPage:
        """List people who may be one, most alike first; nobody decided about them yet."""
        audit.allow(caller)
        found, end = await pairs.page(limit=limit, after=_place(after))
        await audit.note(caller, Action.LISTED, shown=2 * len(found))
        return SuggestionsPage(
            suggestions=[_shown(pair) for pair in found],
            cursor=cursor.encode({"suggested": list(end)}) if end else None,
        )

    @routes.get("/count")
    async def count_suggestions(_caller: Reader) -> SuggestionsCount:
        """Count them. It tells of nobody, so it is not in the audit log, and needs no reason."""
        return SuggestionsCount(count=await suggestions.count())

    @routes.post("/{suggestion_id}")
    async def decide(
        caller: Writer, suggestion_id: Annotated[str, Path(pattern=SUGGESTION_ID_PATTERN)], decision: Decision
    ) -> Decided:
        """Say whether two people are one.

        If so, the other one is merged into `keep`, and pictures from before follow within seconds to minutes. If not,
        they are never suggested again, whomever one of them is merged into later.
        """
        audit.allow(caller)
        if not decision.same:
            await deciding.not_same(suggestion_id, caller)
            return Decided(suggestion_id=suggestion_id, same=False, person=None)
        person = await deciding.same(suggestion_id, caller)
        return Decided(suggestion_id=suggestion_id, same=True, person=Person.of(person))

    return routes


def _shown(pair: Pair) -> SuggestedPair:
    return SuggestedPair(
        suggestion_id=pair.suggestion.suggestion_id,
        similarity=pair.suggestion.similarity,
        suggested_at=pair.suggestion.suggested_at,
        one=Person.of(pair.keep),
        other=Person.of(pair.other),
        one_face_id=pair.face_of(pair.keep),
        other_face_id=pair.face_of(pair.other),
        keep=pair.keep.person_id,
    )


def _place(given: str | None) -> tuple[float, str] | None:
    """Return where a page begins."""
    if given is None:
        return None
    match cursor.decode(given):
        case {"suggested": [float() | int() as likeness, str() as faces]}:
            return float(likeness), faces
        case _:
            raise not_this_list()
