"""``POST /people/faces``: what web apps with a camera have asked for from of old.

With the id of a face the picture registers whom it shows, without one it only tells where faces are.
"""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.people.audit.callers import Writer, asking_rekognition
from onlooker_recognizer.people.audit.log import Actor
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.consent.consents import Given
from onlooker_recognizer.people.enrolment.bodies import Bodies, StoredAt, parsed
from onlooker_recognizer.people.enrolment.enrolling import Enrolled, Enrolment, NewPerson
from onlooker_recognizer.people.enrolment.fitting import Picture
from onlooker_recognizer.people.enrolment.judging import Objection, Reason
from onlooker_recognizer.people.enrolment.refusals import PictureUnfitError
from onlooker_recognizer.people.enrolment.routes import described
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import MAX_NAME, State
from onlooker_recognizer.people.registry.views import Person
from onlooker_shared.errors import UnprocessableError
from onlooker_shared.recognition import BoundingBox, Percent


class WebcamRequest(BaseModel):
    """What comes with the picture."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    face_id: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_NAME)] | None = Field(
        default=None, description="What the web app calls whom it shows; their `external_id` from then on."
    )
    consent: Given | None = Field(default=None, description="By which they may be known; may have to be there.")


class DetectedFace(BaseModel):
    """A face in the picture."""

    bounding_box: BoundingBox
    confidence: Percent


class Registration(BaseModel):
    """What became of the picture."""

    faces: list[DetectedFace] = Field(description="Largest first.")
    person: Person | None = Field(description="Whom it registered; null: it was only looked at.")
    added: int = Field(description="Faces that they are known by now and were not before.")


def webcam_router(bodies: Bodies, detecting: Detecting, enrolment: Enrolment, people: People) -> APIRouter:
    """Return the route.

    Args:
        bodies: reads requests.
        detecting: finds faces.
        enrolment: enrols people.
        people: who is known.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    async def register(caller: Actor, asked: WebcamRequest, face_id: str, picture: Picture) -> Enrolled:
        theirs = [each for each in await people.everybody() if each.external_id == face_id]
        known = next((each for each in theirs if each.state is not State.MERGED), None)
        if known is not None:
            return await enrolment.add(known.person_id, [picture], by=caller, consent=asked.consent)
        return await enrolment.enrol(NewPerson(face_id, {}, face_id, asked.consent), [picture], by=caller)

    @routes.post("/faces", openapi_extra=described(WebcamRequest))
    async def look(caller: Writer, request: Request) -> Registration:
        """Register whom a picture shows, if a `face_id` comes with it; else only find the faces in it."""
        async with bodies.turn(request):
            sent = await bodies.read(request, most=1)
            asked = parsed(WebcamRequest, sent.fields)
            (data,) = sent.pictures
            if isinstance(data, StoredAt):
                raise UnprocessableError("Send the picture itself; POST /people takes one that is stored.")
            with asking_rekognition():
                try:
                    detected = await detecting.detect(data)
                except PictureRefusedError as refusal:
                    raise PictureUnfitError(Objection(Reason.NOT_A_PICTURE, refusal.reason)) from refusal
                enrolled = await register(caller, asked, asked.face_id, Picture(data)) if asked.face_id else None
        return Registration(
            faces=[DetectedFace(bounding_box=face.bounding_box, confidence=face.confidence) for face in detected.faces],
            person=Person.of(enrolled.person) if enrolled else None,
            added=enrolled.added if enrolled else 0,
        )

    return routes
