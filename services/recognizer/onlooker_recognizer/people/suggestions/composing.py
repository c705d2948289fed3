"""Composes what suggests that people may be one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.suggestions.deciding import Deciding
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_recognizer.people.suggestions.looked_at import LookedAt
from onlooker_recognizer.people.suggestions.looking import Looking
from onlooker_recognizer.people.suggestions.pairs import Pairs
from onlooker_recognizer.people.suggestions.records import Bars
from onlooker_recognizer.people.suggestions.routes import suggestions_router
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_recognizer.people.suggestions.timer import SuggestionsTimer
from onlooker_shared.claims import Claims
from onlooker_shared.service import Runs


@dataclass(frozen=True, slots=True)
class SuggestionParts:
    """What suggests that people may be one, composed."""

    router: APIRouter
    timers: Sequence[Runs]
    """None, where nobody is to be suggested."""


def differences_of(basis: Basis, parts: PeopleParts) -> Differences:
    """Return what knows who is not whom."""
    names = basis.names
    return Differences(basis.dynamodb, names.people_suggestions.name, names.people.name, parts.judge)


def compose_suggestions(
    basis: Basis, parts: PeopleParts, differences: Differences, grouping: Grouping, *, saving: Callable[[], bool]
) -> SuggestionParts:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
        differences: who is known not to be whom.
        grouping: merges people.
        saving: says whether nothing is to be asked of Rekognition now that nobody waits for.
    """
    settings, names, dynamodb = basis.settings, basis.names, basis.dynamodb
    suggestions = Suggestions(dynamodb, names.people_suggestions.name, names.people.name)
    bars = Bars(settings.suggest_threshold, settings.person_threshold)
    pairs = Pairs(
        suggestions=suggestions,
        differences=differences,
        people=parts.people,
        judge=parts.judge,
        bars=bars,
    )
    deciding = Deciding(
        suggestions=suggestions,
        pairs=pairs,
        differences=differences,
        judge=parts.judge,
        grouping=grouping,
        audit=parts.audit,
    )
    looking = Looking(
        looked_at=LookedAt(dynamodb, names.people_faces.name),
        collection=parts.collection,
        people=parts.people,
        judge=parts.judge,
        sightings=parts.sightings,
        suggestions=suggestions,
        pairs=pairs,
        bars=bars,
        saving=saving,
        clock=basis.clock,
    )
    timer = SuggestionsTimer(looking, Claims(dynamodb, names.claims.name))
    wanted = settings.suggest and "people" in settings.features
    return SuggestionParts(suggestions_router(suggestions, pairs, deciding, parts.audit), [timer] if wanted else [])
