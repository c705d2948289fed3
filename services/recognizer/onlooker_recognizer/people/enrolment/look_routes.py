"""``POST /people/look``: whether somebody could be enrolled by a picture, as one is about to take it.

Nobody is looked up, and nothing is kept: it is asked for several pictures a minute, while somebody gets into position.
"""

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from onlooker_recognizer.errors import PictureRefusedError
from onlooker_recognizer.people.audit.callers import Reader, asking_rekognition
from onlooker_recognizer.people.collection.detecting import Detecting
from onlooker_recognizer.people.collection.lookup import Bar
from onlooker_recognizer.people.enrolment.bodies import Bodies, parsed
from onlooker_recognizer.people.enrolment.judging import Objection, Reason, fit_face
from onlooker_recognizer.people.enrolment.refusals import PictureUnfitError
from onlooker_recognizer.people.enrolment.stored import StoredPictures
from onlooker_shared.recognition import BoundingBox


class NothingElse(BaseModel):
    """Nothing besides a picture."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Seen(BaseModel):
    """What enrolment would make of a picture."""

    width: int = Field(description="Pixels of the upright picture.")
    height: int
    faces: list[BoundingBox] = Field(description="Largest first.")
    reason: Reason | None = Field(description="Why it would enrol nobody; null: nothing speaks against it.")
    words: str | None = Field(description="The same for people, and what to do about it.")


def look_router(bodies: Bodies, stored: StoredPictures, detecting: Detecting, bar: Bar) -> APIRouter:
    """Return the route.

    Args:
        bodies: reads requests.
        stored: fetches pictures that are stored already.
        detecting: finds faces.
        bar: what a face needs by which somebody is enrolled.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    @routes.post("/look")
    async def look(_: Reader, request: Request) -> Seen:
        """Answer whether somebody could be enrolled by a picture. Whose face it is, is not looked at."""
        async with bodies.turn(request):
            sent = await bodies.read(request, most=1)
            parsed(NothingElse, sent.fields)
            (picture,) = sent.pictures
            data = picture if isinstance(picture, bytes) else (await stored.fetch(picture)).data
            try:
                with asking_rekognition():
                    detected = await detecting.detect(data)
            except PictureRefusedError as refusal:
                raise PictureUnfitError(Objection(Reason.NOT_A_PICTURE, refusal.reason)) from refusal
        fit = fit_face(detected.faces, detected.width, detected.height, bar)
        against = fit if isinstance(fit, Objection) else None
        return Seen(
            width=detected.width,
            height=detected.height,
            faces=[face.bounding_box for face in detected.faces],
            reason=against.reason if against else None,
            words=against.words if against else None,
        )

    return routes
