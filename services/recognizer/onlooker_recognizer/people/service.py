"""Composes what changes people and tells of them, for `__main__`: routes, and the consumer of their queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter

from onlooker_recognizer.originals import Originals
from onlooker_recognizer.people.attendance.routes import attendance_router
from onlooker_recognizer.people.attendance.signing import Attendance
from onlooker_recognizer.people.audit.routes import audit_router
from onlooker_recognizer.people.changes.decisions import Decisions
from onlooker_recognizer.people.changes.drawing import Drawing
from onlooker_recognizer.people.changes.drawing_routes import drawing_router
from onlooker_recognizer.people.changes.merging import Grouping
from onlooker_recognizer.people.changes.owed import Owed
from onlooker_recognizer.people.changes.relabelling import Relabelling
from onlooker_recognizer.people.changes.renewing import Renewing
from onlooker_recognizer.people.changes.routes import changes_router
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.consent.retention import Keep, Retention, RetentionTimer
from onlooker_recognizer.people.consent.routes import consents_router
from onlooker_recognizer.people.enrolment.bodies import MAX_BYTES, Bodies
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from onlooker_recognizer.people.enrolment.faces_bucket import FacesBucket
from onlooker_recognizer.people.enrolment.handled import HandledObjects
from onlooker_recognizer.people.enrolment.look_routes import look_router
from onlooker_recognizer.people.enrolment.named_objects import NamedObjects
from onlooker_recognizer.people.enrolment.routes import enrol_router
from onlooker_recognizer.people.enrolment.stored import StoredPictures
from onlooker_recognizer.people.enrolment.sweep import FacesSweeper
from onlooker_recognizer.people.enrolment.webcam_routes import webcam_router
from onlooker_recognizer.people.erasure.composing import compose_erasure
from onlooker_recognizer.people.erasure.export import Export
from onlooker_recognizer.people.erasure.routes import erasure_router
from onlooker_recognizer.people.handlers import PeopleHandler, Told, decode
from onlooker_recognizer.people.identification.lookups import Lookups
from onlooker_recognizer.people.profiles.importing import ProfileImport
from onlooker_recognizer.people.profiles.routes import profiles_router
from onlooker_recognizer.people.profiles.table import Profiles
from onlooker_recognizer.people.registry.face_routes import faces_router
from onlooker_recognizer.people.registry.routes import people_router
from onlooker_recognizer.people.suggestions.composing import compose_suggestions, differences_of
from onlooker_recognizer.settings import RecognizerSettings
from onlooker_shared.claims import Claims
from onlooker_shared.outages import Outages
from onlooker_shared.publisher import Publisher
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.results import Results
from onlooker_shared.service import Runs, Sweep, Swept
from onlooker_shared.topology import Topology

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_sqs import SQSClient


@dataclass(frozen=True, slots=True)
class PeopleService:
    """Their part of the recognizer."""

    routers: Sequence[APIRouter]
    consumer: Consumer[Told]
    timers: Sequence[Runs]
    sweep: Sweep
    """Sends on jobs that are not done, and objects of the faces bucket that nobody looked at."""


def serve_people(
    settings: RecognizerSettings,
    names: Topology,
    parts: PeopleParts,
    *,
    s3: "S3Client",
    sqs: "SQSClient",
    dynamodb: "DynamoDBClient",
    queue_url: str,
    dead_letter_url: str,
    originals: Originals,
    detecting: Detecting,
    results: Results,
    publisher: Publisher,
    saving: Callable[[], bool],
    grace: float,
    clock: Callable[[], datetime],
) -> PeopleService:
    """Return it.

    Args:
        settings: the recognizer's.
        names: of everything in AWS.
        parts: what knows people.
        s3: the process's client.
        sqs: likewise.
        dynamodb: likewise.
        queue_url: of the queue of people.
        dead_letter_url: of its dead-letter queue.
        originals: fetches pictures.
        detecting: finds faces in them.
        results: where results are.
        publisher: tells of those that say otherwise who is in a picture.
        saving: says whether nothing is to be asked of Rekognition now that nobody waits for.
        grace: seconds that work in hand is given at the end.
        clock: the time, UTC.
    """
    enrolling_bar = replace(parts.bar, sharpness=max(settings.min_sharpness, settings.enrol_min_sharpness))
    bodies = Bodies(max_bytes=min(MAX_BYTES, settings.max_bytes))
    stored = StoredPictures(s3, originals, (names.images.name, names.faces.name))
    enrolment = Enrolment(
        detecting=detecting,
        lookup=parts.lookup,
        judge=parts.judge,
        collection=parts.collection,
        crops=parts.crops,
        people=parts.people,
        bar=enrolling_bar,
        audit=parts.audit,
        consents=parts.consents,
        clock=clock,
    )
    handled = HandledObjects(dynamodb, names.sightings.name)
    faces_bucket = FacesBucket(
        objects=NamedObjects(s3),
        originals=originals,
        enrolment=enrolment,
        people=parts.people,
        handled=handled,
        outages=Outages(),
        clock=clock,
    )
    faces_sweeper = FacesSweeper(
        s3=s3,
        sqs=sqs,
        bucket=names.faces.name,
        people=parts.people,
        handled=handled,
        queue_url=queue_url,
        clock=clock,
    )
    renewing = Renewing(
        people=parts.people,
        judge=parts.judge,
        sightings=parts.sightings,
        results=results,
        publisher=publisher,
        clock=clock,
    )
    relabelling = Relabelling(
        renewing=renewing,
        sightings=parts.sightings,
        owed=Owed(dynamodb, names.sightings.name),
        sqs=sqs,
        queue_url=queue_url,
        outages=Outages(),
        clock=clock,
    )
    differences = differences_of(names, parts, dynamodb)
    grouping = Grouping(parts.people, parts.collection, relabelling, parts.consents, differences)
    suggesting = compose_suggestions(
        settings, names, parts, differences, grouping, saving=saving, dynamodb=dynamodb, clock=clock
    )
    decisions = Decisions(
        people=parts.people,
        judge=parts.judge,
        sightings=parts.sightings,
        results=results,
        publisher=publisher,
        grouping=grouping,
        enrolment=enrolment,
        relabelling=relabelling,
        consents=parts.consents,
        clock=clock,
    )
    drawing = Drawing(
        originals=originals,
        lookup=parts.lookup,
        results=results,
        enrolment=enrolment,
        decisions=decisions,
        consents=parts.consents,
        audit=parts.audit,
        clock=clock,
    )
    erasure = compose_erasure(
        settings,
        names,
        parts,
        s3=s3,
        sqs=sqs,
        dynamodb=dynamodb,
        queue_url=queue_url,
        results=results,
        publisher=publisher,
        clock=clock,
    )
    lookups = Lookups(detecting=detecting, lookup=parts.lookup, judge=parts.judge)
    attendance = Attendance(dynamodb, names.attendance.name, cooldown=timedelta(seconds=settings.cooldown), clock=clock)
    profiles = Profiles(dynamodb, names.profiles.name)
    export = Export(
        dynamodb=dynamodb,
        attendance=names.attendance.name,
        people=parts.people,
        profiles=profiles,
        sightings=parts.sightings,
        crops=parts.crops,
        results=results,
        consents=parts.consents,
        audit=parts.audit,
    )
    importing = ProfileImport(
        profiles,
        parts.people,
        collected=parts.collected.find,
        consents=parts.consents,
        audit=parts.audit,
        clock=clock,
    )
    retention = Retention(
        keep=Keep(_days(settings.keep_pictures), _days(settings.keep_unknowns)),
        s3=s3,
        images=names.images.name,
        people=parts.people,
        consents=parts.consents,
        erases=erasure.erasers,
        clock=clock,
    )

    async def sweep(older_than: timedelta) -> Swept:
        jobs = await relabelling.sweep(older_than) + await erasure.erasing.sweep(older_than)
        return jobs + await faces_sweeper.sweep(older_than)

    return PeopleService(
        routers=[
            audit_router(parts.audit, clock),
            profiles_router(profiles, importing, parts.people, parts.audit),
            suggesting.router,
            attendance_router(bodies, lookups, attendance, parts.judge, parts.audit, clock),
            webcam_router(bodies, detecting, enrolment, parts.people),
            enrol_router(
                bodies,
                stored,
                enrolment,
                lookups,
                parts.audit,
            ),
            look_router(bodies, stored, detecting, enrolling_bar),
            people_router(parts.people, relabelling.person, parts.audit, parts.consents),
            faces_router(parts.people, parts.sightings, parts.crops, enrolment, parts.audit),
            changes_router(grouping, decisions, parts.audit),
            drawing_router(drawing),
            consents_router(parts.people, parts.consents, parts.audit),
            erasure_router(erasure.erasers, export, parts.audit),
        ],
        consumer=Consumer(
            sqs=sqs,
            queue=names.recognizer_people,
            url=queue_url,
            dead_letter_url=dead_letter_url,
            decode=decode,
            handle=PeopleHandler(faces_bucket, relabelling, erasure.erasing).handle,
            concurrency=settings.concurrency,
            grace=grace,
        ),
        timers=[RetentionTimer(retention, Claims(dynamodb, names.claims.name), clock=clock), *suggesting.timers],
        sweep=sweep,
    )


def _days(days: float) -> timedelta | None:
    return timedelta(days=days) if days else None
