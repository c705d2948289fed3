"""Composes what erases people."""

from dataclasses import dataclass

from fastapi import APIRouter

from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.erasure.asking import Erasers
from onlooker_recognizer.people.erasure.erasing import Erasing
from onlooker_recognizer.people.erasure.export import Export
from onlooker_recognizer.people.erasure.faces import ErasedFaces
from onlooker_recognizer.people.erasure.pictures import ErasedPictures
from onlooker_recognizer.people.erasure.records import Erasures, Place
from onlooker_recognizer.people.erasure.routes import erasure_router
from onlooker_recognizer.people.erasure.tables import ErasedTables
from onlooker_recognizer.people.erasure.versions import Versions
from onlooker_recognizer.people.profiles.table import Profiles
from onlooker_recognizer.people.registry.tombstones import Tombstones
from onlooker_shared.outages import Outages


@dataclass(frozen=True, slots=True)
class ErasureParts:
    """What erases people, composed."""

    erasers: Erasers
    erasing: Erasing
    router: APIRouter


def compose_erasure(basis: Basis, parts: PeopleParts, profiles: Profiles) -> ErasureParts:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
        profiles: what others kept of them.
    """
    settings, names = basis.settings, basis.names
    versions = Versions(basis.s3)
    tombstones = Tombstones(basis.dynamodb, names.people.name, names.sightings.name)
    erasures = Erasures(basis.s3, basis.results.bucket, versions)
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
            s3=basis.s3,
            results=basis.results.bucket,
            bucket=names.faces.name,
            people=parts.people,
            collection=parts.collection,
            crops=parts.crops,
            versions=versions,
            threshold=settings.person_threshold,
        ),
        pictures=ErasedPictures(
            s3=basis.s3,
            annotated=names.annotated.name,
            results=basis.results,
            sightings=parts.sightings,
            publisher=basis.publisher,
            versions=versions,
            clock=basis.clock,
        ),
        tables=ErasedTables(basis.dynamodb, tables, (names.alert_notices, names.alert_deliveries)),
        sqs=basis.sqs,
        queue_url=basis.queue_url,
        outages=Outages(),
        later=settings.erased_again,
        clock=basis.clock,
    )
    erasers = Erasers(
        people=parts.people,
        tombstones=tombstones,
        erasures=erasures,
        erasing=erasing,
        audit=parts.audit,
        policy=settings.erased_pictures,
        clock=basis.clock,
    )
    export = Export(
        dynamodb=basis.dynamodb,
        attendance=names.attendance.name,
        people=parts.people,
        profiles=profiles,
        sightings=parts.sightings,
        crops=parts.crops,
        results=basis.results,
        consents=parts.consents,
        audit=parts.audit,
    )
    return ErasureParts(erasers, erasing, erasure_router(erasers, export, parts.audit))
