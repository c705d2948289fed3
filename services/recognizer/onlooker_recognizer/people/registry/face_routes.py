"""``/people/{person_id}/...``: the faces by which somebody is known, and where they were seen."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response

from onlooker_recognizer.people.audit.callers import FaceInPath, PersonInPath, Reader, Writer, asking_rekognition
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.collection.crops_store import CropStore
from onlooker_recognizer.people.enrolment.enrolling import Enrolment
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import FaceRecord
from onlooker_recognizer.people.registry.routes import MAX_PAGE, not_this_list
from onlooker_recognizer.people.registry.views import FaceOfPerson, FacesOfPerson, SightingsOfPerson
from onlooker_recognizer.people.sightings.table import Sightings
from onlooker_shared import cursor
from onlooker_shared.errors import NotFoundError

PRIVATE = {"Cache-Control": "private, max-age=3600"}
"""A face's crop never changes; nobody on the way may keep it."""


def faces_router(
    people: People, sightings: Sightings, crops: CropStore, enrolment: Enrolment, audit: Audit
) -> APIRouter:
    """Return the routes.

    Args:
        people: who is known.
        sightings: where they were seen.
        crops: pictures of their faces.
        enrolment: forgets faces.
        audit: notes who asked.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    @routes.get("/{person_id}/faces")
    async def list_faces(caller: Reader, person_id: PersonInPath) -> FacesOfPerson:
        """List the faces by which somebody is known, first added first."""
        faces = await people.faces_of(person_id)
        await audit.note(caller, Action.READ, person_id)
        return FacesOfPerson(faces=[FaceOfPerson.of(face) for face in faces])

    @routes.get(
        "/{person_id}/faces/{face_id}/picture",
        response_class=Response,
        responses={HTTPStatus.OK: {"content": {"image/jpeg": {}}}},
    )
    async def get_picture(caller: Reader, person_id: PersonInPath, face_id: FaceInPath) -> Response:
        """Answer with a face's crop, as a JPEG."""
        face = await face_of(people, person_id, face_id)
        jpeg = await crops.get(face.crop)
        if jpeg is None:
            raise NotFoundError("There is no picture of this face (any more).")
        await audit.note(caller, Action.READ, person_id)
        return Response(jpeg, media_type="image/jpeg", headers=PRIVATE)

    @routes.delete("/{person_id}/faces/{face_id}", status_code=HTTPStatus.NO_CONTENT, response_class=Response)
    async def delete_face(caller: Writer, person_id: PersonInPath, face_id: FaceInPath) -> None:
        """Forget a face: the person is not told by it any more. Where they were seen stays."""
        face = await face_of(people, person_id, face_id)
        with asking_rekognition():
            async with audit.around(caller, Action.FACE_DELETED, person_id):
                await enrolment.forget(face)

    @routes.get("/{person_id}/sightings")
    async def list_sightings(
        caller: Reader,
        person_id: PersonInPath,
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        after: Annotated[str | None, Query(alias="cursor", max_length=2000, description="Of the page before.")] = None,
    ) -> SightingsOfPerson:
        """List where somebody was seen, newest first."""
        await people.get(person_id)
        page = await sightings.of_person(person_id, limit=limit, after=_sighting(after))
        await audit.note(caller, Action.READ, person_id)
        return SightingsOfPerson(
            sightings=list(page.sightings), cursor=cursor.encode({"after": page.after}) if page.after else None
        )

    return routes


async def face_of(people: People, person_id: str, face_id: str) -> FaceRecord:
    """Return a person's face. Raises NotFoundError if it is not theirs."""
    face = await people.face(face_id)
    if face.person_id != person_id:
        raise NotFoundError(f"There is no face with the id {face_id} of this person (any more).")
    return face


def _sighting(given: str | None) -> str | None:
    """Return where a page of sightings begins."""
    if given is None:
        return None
    after = cursor.decode(given).get("after")
    if not isinstance(after, str):
        raise not_this_list()
    return after
