"""Composes what changes people, and pictures from before with them."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter

from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.changes.decisions import Decisions
from onlooker_recognizer.people.changes.drawing import Drawing
from onlooker_recognizer.people.changes.drawing_routes import drawing_router
from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.changes.owed import Owed
from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.changes.renewing import Renewing
from onlooker_recognizer.people.changes.routes import changes_router
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from onlooker_recognizer.people.suggestions.differences import Differences
from onlooker_shared.outages import Outages


@dataclass(frozen=True, slots=True)
class ChangeParts:
    """What changes people, composed."""

    relabelling: Relabelling
    grouping: Grouping
    routers: Sequence[APIRouter]


def compose_changes(basis: Basis, parts: PeopleParts, enrolment: Enrolment, differences: Differences) -> ChangeParts:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
        enrolment: has people be told by faces.
        differences: who is known not to be whom.
    """
    renewing = Renewing(
        people=parts.people,
        judge=parts.judge,
        sightings=parts.sightings,
        results=basis.results,
        publisher=basis.publisher,
        clock=basis.clock,
    )
    relabelling = Relabelling(
        renewing=renewing,
        sightings=parts.sightings,
        owed=Owed(basis.dynamodb, basis.names.sightings.name),
        sqs=basis.sqs,
        queue_url=basis.queue_url,
        outages=Outages(),
        clock=basis.clock,
    )
    grouping = Grouping(parts.people, parts.collection, relabelling, parts.consents, differences)
    decisions = Decisions(
        people=parts.people,
        judge=parts.judge,
        sightings=parts.sightings,
        results=basis.results,
        publisher=basis.publisher,
        grouping=grouping,
        enrolment=enrolment,
        relabelling=relabelling,
        consents=parts.consents,
        clock=basis.clock,
    )
    drawing = Drawing(
        originals=basis.originals,
        lookup=parts.lookup,
        results=basis.results,
        enrolment=enrolment,
        decisions=decisions,
        consents=parts.consents,
        audit=parts.audit,
        clock=basis.clock,
    )
    return ChangeParts(
        relabelling, grouping, (changes_router(grouping, decisions, parts.audit), drawing_router(drawing))
    )
