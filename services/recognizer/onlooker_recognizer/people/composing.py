"""Composes what knows people, for `__main__`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from onlooker_recognizer.calls import Calls
from onlooker_recognizer.people.audit.log import Audit
from onlooker_recognizer.people.collection.collection import Collection
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.collection.lookup import Bar, Lookup
from onlooker_recognizer.people.collection.matching import Thresholds
from onlooker_recognizer.people.collection.restoring import Restoring
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.identification.candidates import Candidates
from onlooker_recognizer.people.identification.identifying import Identifying
from onlooker_recognizer.people.identification.strangers import Strangers
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_recognizer.people.profiles.collected import CollectedFaces
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.sightings.recording import Recording
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_recognizer.permissions import Permissions
from onlooker_recognizer.pictures import Pictures
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.claims import Claims
from onlooker_shared.results import Results
from onlooker_shared.topology import Topology

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client

REMEMBERED = 40
"""Pixels of the shorter side of a face by which a stranger is remembered: smaller ones resemble one another."""


@dataclass(frozen=True, slots=True)
class PeopleParts:
    """What knows people, composed."""

    people: People
    sightings: Sightings
    collection: Collection
    crops: CropStore
    bar: Bar
    lookup: Lookup
    judge: Judge
    identifying: Identifying
    recording: Recording
    restoring: Restoring
    audit: Audit
    consents: Consents
    candidates: Candidates
    collected: CollectedFaces


def collection_name(settings: RecognizerSettings, prefix: str) -> str:
    """Return what the collection is called."""
    return settings.collection or f"{prefix}people"


def compose_people(
    settings: RecognizerSettings,
    names: Topology,
    *,
    collection: str,
    s3: "S3Client",
    dynamodb: "DynamoDBClient",
    calls: Calls,
    permissions: Permissions,
    pictures: Pictures,
    results: Results,
    clock: Callable[[], datetime],
) -> PeopleParts:
    """Return what knows people.

    Args:
        settings: the recognizer's.
        names: of everything in AWS.
        collection: what the collection is called.
        s3: the process's client.
        dynamodb: likewise.
        calls: how Rekognition is called.
        permissions: is told of calls that are denied.
        pictures: decodes pictures.
        results: where results are.
        clock: the time, UTC.
    """
    people = People(dynamodb, names.people.name, names.people_faces.name)
    sightings = Sightings(dynamodb, names.sightings.name, names.people.name)
    crops = CropStore(s3, results.bucket)
    bare = Collection(calls, collection)
    restoring = Restoring(bare, people, crops, Claims(dynamodb, names.claims.name))
    faces = Collection(calls, collection, keeper=restoring)
    bar = Bar(settings.min_face, settings.min_brightness, settings.min_sharpness)
    lookup = Lookup(
        pictures=pictures,
        collection=faces,
        bar=bar,
        threshold=settings.candidate_threshold,
        at_once=settings.searches,
    )
    judge = Judge(people, Thresholds(settings.person_threshold, settings.candidate_threshold))
    strangers = Strangers(lookup=lookup, judge=judge, collection=faces, people=people, crops=crops, clock=clock)
    identifying = Identifying(
        lookup=lookup,
        judge=judge,
        sightings=sightings,
        strangers=strangers if settings.unknown == "remember" else None,
        to_remember=replace(
            bar, side=max(bar.side, REMEMBERED), sharpness=max(bar.sharpness, settings.enrol_min_sharpness)
        ),
        permissions=permissions,
        clock=clock,
    )
    audit = Audit(dynamodb, names.people_audit.name, clock=clock, reasons=settings.reason == "required")
    consents = Consents(dynamodb, names.consents.name, clock=clock, required=settings.consent == "required")
    recording = Recording(sightings, judge, results)
    return PeopleParts(
        people,
        sightings,
        faces,
        crops,
        bar,
        lookup,
        judge,
        identifying,
        recording,
        restoring,
        audit,
        consents,
        Candidates(judge),
        CollectedFaces(calls, collection),
    )
