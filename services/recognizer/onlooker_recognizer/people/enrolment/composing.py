"""Composes what enrols people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fastapi import APIRouter

from onlooker_recognizer.people.basis import Basis
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.composing import PeopleParts
from onlooker_recognizer.people.enrolment.bodies import Bodies
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from onlooker_recognizer.people.enrolment.faces_bucket import FacesBucket
from onlooker_recognizer.people.enrolment.fitting import Fitting
from onlooker_recognizer.people.enrolment.handled import HandledObjects
from onlooker_recognizer.people.enrolment.look_routes import look_router
from onlooker_recognizer.people.enrolment.named_objects import NamedObjects
from onlooker_recognizer.people.enrolment.routes import enrol_router
from onlooker_recognizer.people.enrolment.stored import StoredPictures
from onlooker_recognizer.people.enrolment.sweep import FacesSweeper
from onlooker_recognizer.people.enrolment.webcam_routes import webcam_router
from onlooker_recognizer.people.identification.lookups import Lookups
from onlooker_shared.outages import Outages


@dataclass(frozen=True, slots=True)
class EnrolmentParts:
    """What enrols people, composed."""

    enrolment: Enrolment
    faces_bucket: FacesBucket
    sweeper: FacesSweeper
    """Of the faces bucket."""
    routers: Sequence[APIRouter]


def compose_enrolment(
    basis: Basis, parts: PeopleParts, detecting: Detecting, lookups: Lookups, bodies: Bodies
) -> EnrolmentParts:
    """Return it.

    Args:
        basis: what all are composed with.
        parts: what knows people.
        detecting: finds faces in pictures.
        lookups: tells who is in them.
        bodies: reads requests with pictures.
    """
    settings, names = basis.settings, basis.names
    bar = replace(parts.bar, sharpness=max(settings.min_sharpness, settings.enrol_min_sharpness))
    stored = StoredPictures(basis.s3, basis.originals, (names.images.name, names.faces.name))
    handled = HandledObjects(basis.dynamodb, names.sightings.name)
    enrolment = Enrolment(
        fitting=Fitting(detecting, parts.lookup, parts.judge, bar),
        collection=parts.collection,
        crops=parts.crops,
        people=parts.people,
        audit=parts.audit,
        consents=parts.consents,
        clock=basis.clock,
    )
    faces_bucket = FacesBucket(
        objects=NamedObjects(basis.s3),
        originals=basis.originals,
        enrolment=enrolment,
        people=parts.people,
        handled=handled,
        outages=Outages(),
        clock=basis.clock,
    )
    sweeper = FacesSweeper(
        s3=basis.s3,
        sqs=basis.sqs,
        bucket=names.faces.name,
        people=parts.people,
        handled=handled,
        queue_url=basis.queue_url,
        clock=basis.clock,
    )
    routers = (
        webcam_router(bodies, detecting, enrolment, parts.people),
        enrol_router(bodies, stored, enrolment, lookups, parts.audit),
        look_router(bodies, stored, detecting, bar),
    )
    return EnrolmentParts(enrolment, faces_bucket, sweeper, routers)
