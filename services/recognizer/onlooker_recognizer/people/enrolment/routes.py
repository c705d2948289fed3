"""Requests with pictures: ``POST /people``, ``POST /people/{person_id}/faces`` and ``POST /people/identify``."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from onlooker_recognizer.people.audit.callers import PersonInPath, Reader, Writer, asking_rekognition
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.consent.consents import Given
from onlooker_recognizer.people.enrolment.bodies import Bodies, StoredAt, parsed
from onlooker_recognizer.people.enrolment.enrolling import Enrolled, Enrolment, NewPerson
from onlooker_recognizer.people.enrolment.fitting import Picture
from onlooker_recognizer.people.enrolment.stored import StoredPictures
from onlooker_recognizer.people.identification.lookups import Lookups
from onlooker_recognizer.people.registry.views import EnrolledPerson, FaceOfPerson, Identification, Person

Another = Annotated[bool, Query(description="Whether somebody else may be called so already.")]
EvenIfKnown = Annotated[bool, Query(description="Whether somebody else may be known by such a face already.")]

EXAMPLES = {"name": "Alice"}
START_OF_A_JPEG = "/9j/4AAQSkZJRgABAQ..."


class NewPersonRequest(BaseModel):
    """Somebody who is to be enrolled, besides the pictures."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str
    attributes: dict[str, str] = Field(default_factory=dict, description="Free ones, such as `Bio`.")
    external_id: str | None = Field(default=None, description="What another system calls them.")
    consent: Given | None = Field(default=None, description="By which they may be known; may have to be there.")


class MoreFacesRequest(BaseModel):
    """Somebody whom more pictures are added to, besides those."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    consent: Given | None = Field(default=None, description="By which they may be known, if none is open.")


class NoFields(BaseModel):
    """Nothing besides pictures."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def enrol_router(
    bodies: Bodies, stored: StoredPictures, enrolment: Enrolment, lookups: Lookups, audit: Audit
) -> APIRouter:
    """Return the routes.

    Args:
        bodies: reads requests.
        stored: fetches pictures that are stored already.
        enrolment: enrols people.
        lookups: tells who is in a picture.
        audit: notes who asked; enrolment does so itself.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    async def pictures(sent: tuple[bytes | StoredAt, ...]) -> list[Picture]:
        return [Picture(each) if isinstance(each, bytes) else await stored.fetch(each) for each in sent]

    @routes.post("", status_code=HTTPStatus.CREATED, openapi_extra=described(NewPersonRequest, single=False))
    async def enrol_person(
        caller: Writer,
        request: Request,
        response: Response,
        another: Another = False,
        even_if_known: EvenIfKnown = False,
    ) -> EnrolledPerson:
        """Enrol somebody by one picture or several, each of which shows their face alone."""
        async with bodies.turn(request):
            sent = await bodies.read(request)
            asked = parsed(NewPersonRequest, sent.fields)
            new = NewPerson(asked.name, asked.attributes, asked.external_id, asked.consent)
            with asking_rekognition():
                enrolled = await enrolment.enrol(
                    new, await pictures(sent.pictures), by=caller, another=another, even_if_known=even_if_known
                )
        response.headers["Location"] = f"/people/{enrolled.person.person_id}"
        return _told(enrolled, response)

    @routes.post(
        "/{person_id}/faces",
        status_code=HTTPStatus.CREATED,
        openapi_extra=described(MoreFacesRequest, single=False),
        responses={HTTPStatus.OK: {"model": EnrolledPerson, "description": "All of the faces were known already."}},
    )
    async def add_faces(
        caller: Writer,
        request: Request,
        response: Response,
        person_id: PersonInPath,
        even_if_known: EvenIfKnown = False,
    ) -> EnrolledPerson:
        """Add faces to somebody; the same picture again adds none."""
        async with bodies.turn(request):
            sent = await bodies.read(request)
            asked = parsed(MoreFacesRequest, sent.fields)
            with asking_rekognition():
                enrolled = await enrolment.add(
                    person_id,
                    await pictures(sent.pictures),
                    by=caller,
                    consent=asked.consent,
                    even_if_known=even_if_known,
                )
        if not enrolled.added:
            response.status_code = HTTPStatus.OK
        return _told(enrolled, response)

    @routes.post("/identify", openapi_extra=described(NoFields))
    async def identify(caller: Reader, request: Request) -> Identification:
        """Answer who is in a picture. Nothing is kept of it."""
        audit.allow(caller)
        async with bodies.turn(request):
            sent = await bodies.read(request, most=1)
            parsed(NoFields, sent.fields)
            (picture,) = await pictures(sent.pictures)
            with asking_rekognition():
                found = await lookups.identify(picture.data)
        await audit.note(caller, Action.IDENTIFIED, *found.people)
        return found

    return routes


def _told(enrolled: Enrolled, response: Response) -> EnrolledPerson:
    response.headers["ETag"] = f'"{enrolled.person.version}"'
    return EnrolledPerson(
        person=Person.of(enrolled.person),
        faces=[FaceOfPerson.of(face) for face in enrolled.faces],
        added=enrolled.added,
    )


def described(model: type[BaseModel], *, single: bool = True) -> dict[str, Any]:
    """Return what a route that reads pictures adds to the API's description.

    Args:
        model: the fields besides pictures.
        single: whether it takes one picture only, which may come without anything around it.
    """
    schema = model.model_json_schema()
    fields = _inlined(schema.get("properties", {}), schema.pop("$defs", {}))
    picture = {"anyOf": [{"type": "string", "contentEncoding": "base64"}, StoredAt.model_json_schema()]}
    file = {"type": "string", "format": "binary"}
    pictures, files = ({"type": "array", "items": each, "minItems": 1} for each in (picture, file))
    json: dict[str, Any] = {"picture": picture} if single else {"pictures": pictures}
    form: dict[str, Any] = {"picture": file} if single else {"pictures": files}
    example: dict[str, Any] = {name: EXAMPLES[name] for name in schema.get("required", ()) if name in EXAMPLES}
    example |= {"picture": START_OF_A_JPEG} if single else {"pictures": [START_OF_A_JPEG]}
    content: dict[str, Any] = {
        "application/json": {"schema": {**schema, "properties": {**fields, **json}}, "example": example},
        "multipart/form-data": {"schema": {**schema, "properties": {**fields, **form}}},
    }
    if not schema.get("required"):
        content["image/jpeg"] = {"schema": file}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with definitions in place of references, which would be looked for at the document's root."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(each, definitions) for name, each in schema.items()}
