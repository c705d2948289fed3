"""Composes what erases people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.erasure.asking import Erasers
from onlooker_recognizer.people.erasure.erasing import Erasing
from onlooker_recognizer.people.erasure.faces import ErasedFaces
from onlooker_recognizer.people.erasure.pictures import ErasedPictures
from onlooker_recognizer.people.erasure.records import Erasures, Place
from onlooker_recognizer.people.erasure.tables import ErasedTables
from onlooker_recognizer.people.erasure.versions import Versions
from onlooker_recognizer.people.registry.tombstones import Tombstones
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.results import Results
from onlooker_shared.topology import Topology

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class ErasureParts:
    """What erases people, composed."""

    erasers: Erasers
    erasing: Erasing


def compose_erasure(
    settings: RecognizerSettings,
    names: Topology,
    parts: PeopleParts,
    *,
    s3: "S3Client",
    sqs: "SQSClient",
    dynamodb: "DynamoDBClient",
    queue_url: str,
    results: Results,
    publisher: Publisher,
    clock: Callable[[], datetime],
) -> ErasureParts:
    """Return it.

    Args:
        settings: the recognizer's.
        names: of everything in AWS.
        parts: what knows people.
        s3: the process's client.
        sqs: likewise.
        dynamodb: likewise.
        queue_url: of the queue of people.
        results: where results are.
        publisher: tells of those that changed.
        clock: the time, UTC.
    """
    versions = Versions(s3)
    tombstones = Tombstones(dynamodb, names.people.name, names.sightings.name)
    erasures = Erasures(s3, results.bucket, versions)
    tables = {
        Place.PEOPLE: names.people,
        Place.FACES: names.people_faces,
        Place.PROFILES: names.profiles,
        Place.SIGHTINGS: names.sightings,
        Place.SUGGESTIONS: names.people_suggestions,
        Place.CONSENTS: names.consents,
        Place.ATTENDANCE: names.attendance,
    }
    erasing = Erasing(
        people=parts.people,
        tombstones=tombstones,
        erasures=erasures,
        faces=ErasedFaces(
            s3=s3,
            results=results.bucket,
            bucket=names.faces.name,
            people=parts.people,
            collection=parts.collection,
            crops=parts.crops,
            versions=versions,
            threshold=settings.person_threshold,
        ),
        pictures=ErasedPictures(
            s3=s3,
            annotated=names.annotated.name,
            results=results,
            sightings=parts.sightings,
            publisher=publisher,
            versions=versions,
            clock=clock,
        ),
        tables=ErasedTables(dynamodb, tables, (names.alert_notices, names.alert_deliveries)),
        sqs=sqs,
        queue_url=queue_url,
        outages=Outages(),
        later=settings.erased_again,
        clock=clock,
    )
    erasers = Erasers(
        people=parts.people,
        tombstones=tombstones,
        erasures=erasures,
        erasing=erasing,
        audit=parts.audit,
        policy=settings.erased_pictures,
        clock=clock,
    )
    return ErasureParts(erasers, erasing)
