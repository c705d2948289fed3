"""Composes what suggests that people may be one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter

from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.suggestions.deciding import Deciding
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_recognizer.people.suggestions.pairs import Pairs
from onlooker_recognizer.people.suggestions.records import Bars
from onlooker_recognizer.people.suggestions.routes import suggestions_router
from onlooker_recognizer.people.suggestions.table import Suggestions
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.topology import Topology

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class SuggestionParts:
    """What suggests that people may be one, composed."""

    router: APIRouter


def differences_of(names: Topology, parts: PeopleParts, dynamodb: "DynamoDBClient") -> Differences:
    """Return what knows who is not whom."""
    return Differences(dynamodb, names.people_suggestions.name, names.people.name, parts.judge)


def compose_suggestions(
    settings: RecognizerSettings,
    names: Topology,
    parts: PeopleParts,
    differences: Differences,
    grouping: Grouping,
    *,
    dynamodb: "DynamoDBClient",
) -> SuggestionParts:
    """Return it.

    Args:
        settings: the recognizer's.
        names: of everything in AWS.
        parts: what knows people.
        differences: who is known not to be whom.
        grouping: merges people.
        dynamodb: the process's client.
    """
    suggestions = Suggestions(dynamodb, names.people_suggestions.name, names.people.name)
    pairs = Pairs(
        suggestions=suggestions,
        differences=differences,
        people=parts.people,
        judge=parts.judge,
        bars=Bars(settings.suggest_threshold, settings.person_threshold),
    )
    deciding = Deciding(
        suggestions=suggestions,
        pairs=pairs,
        differences=differences,
        judge=parts.judge,
        grouping=grouping,
        audit=parts.audit,
    )
    return SuggestionParts(suggestions_router(pairs, deciding, parts.audit))
