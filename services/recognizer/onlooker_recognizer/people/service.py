"""Composes what changes people and tells of them, for `__main__`: routes, and the consumer of their queue."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter

from onlooker_recognizer.people.attendance.routes import attendance_router
from onlooker_recognizer.people.attendance.signing import Attendance
from onlooker_recognizer.people.audit.routes import audit_router
from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.changes.composing import compose_changes
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.consent.composing import compose_retention
from onlooker_recognizer.people.consent.routes import consents_router
from onlooker_recognizer.people.enrolment.bodies import MAX_BYTES, Bodies
from onlooker_recognizer.people.enrolment.composing import compose_enrolment
from onlooker_recognizer.people.erasure.composing import compose_erasure
from onlooker_recognizer.people.handlers import PeopleHandler, Told, decode
from onlooker_recognizer.people.identification.lookups import Lookups
from onlooker_recognizer.people.profiles.composing import compose_profiles
from onlooker_recognizer.people.registry.face_routes import faces_router
from onlooker_recognizer.people.registry.routes import people_router
from onlooker_recognizer.people.suggestions.composing import compose_suggestions, differences_of
from onlooker_shared.queue.consumer import Consumer
from onlooker_shared.service import Runs, Sweep, Swept


@dataclass(frozen=True, slots=True)
class PeopleService:
    """Their part of the recognizer."""

    routers: Sequence[APIRouter]
    consumer: Consumer[Told]
    timers: Sequence[Runs]
    sweep: Sweep
    """Sends on jobs that are not done, and objects of the faces bucket that nobody looked at."""


def serve_people(
    basis: Basis,
    parts: PeopleParts,
    *,
    detecting: Detecting,
    saving: Callable[[], bool],
    dead_letter_url: str,
    grace: float,
) -> PeopleService:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
        detecting: finds faces in pictures.
        saving: says whether nothing is to be asked of Rekognition now that nobody waits for.
        dead_letter_url: of the dead-letter queue of people.
        grace: seconds that work in hand is given at the end.
    """
    settings, names = basis.settings, basis.names
    bodies = Bodies(max_bytes=min(MAX_BYTES, settings.max_bytes))
    lookups = Lookups(detecting=detecting, lookup=parts.lookup, judge=parts.judge)
    attendance = Attendance(
        basis.dynamodb, names.attendance.name, cooldown=timedelta(seconds=settings.cooldown), clock=basis.clock
    )
    profiles = compose_profiles(basis, parts)
    enrolling = compose_enrolment(basis, parts, detecting, lookups, bodies)
    differences = differences_of(basis, parts)
    changes = compose_changes(basis, parts, enrolling.enrolment, differences)
    suggesting = compose_suggestions(basis, parts, differences, changes.grouping, saving=saving)
    erasure = compose_erasure(basis, parts, profiles.profiles)
    retention = compose_retention(basis, parts, erasure.erasers)
    handler = PeopleHandler(enrolling.faces_bucket, changes.relabelling, erasure.erasing)

    async def sweep(older_than: timedelta) -> Swept:
        jobs = await changes.relabelling.sweep(older_than) + await erasure.erasing.sweep(older_than)
        return jobs + await enrolling.sweeper.sweep(older_than)

    return PeopleService(
        routers=[  # people_router comes after those whose first words it would take for somebody's id
            audit_router(parts.audit, basis.clock),
            profiles.router,
            suggesting.router,
            attendance_router(bodies, lookups, attendance, parts.judge, parts.audit, basis.clock),
            *enrolling.routers,
            people_router(parts.people, changes.relabelling.person, parts.audit, parts.consents),
            faces_router(parts.people, parts.sightings, parts.crops, enrolling.enrolment, parts.audit),
            *changes.routers,
            consents_router(parts.people, parts.consents, parts.audit),
            erasure.router,
        ],
        consumer=Consumer(
            sqs=basis.sqs,
            queue=names.recognizer_people,
            url=basis.queue_url,
            dead_letter_url=dead_letter_url,
            decode=decode,
            handle=handler.handle,
            concurrency=settings.concurrency,
            grace=grace,
        ),
        timers=[retention, *suggesting.timers],
        sweep=sweep,
    )
