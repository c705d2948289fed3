"""``/people/attendance``: who is seen signs in or out; and who was there on a day."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, Field

from onlooker_recognizer.people.attendance.presence import LONGEST, Direction, Session, as_csv, bounds, sessions
from onlooker_recognizer.people.attendance.signing import Attendance
from onlooker_recognizer.people.audit.callers import Door, Reader, asking_rekognition
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.enrolment.bodies import Bodies, StoredAt, parsed
from onlooker_recognizer.people.enrolment.routes import NoFields, described
from onlooker_recognizer.people.identification.lookups import Lookups
from onlooker_recognizer.people.identification.verdicts import Judge
from onlooker_shared.errors import BadRequestError, UnprocessableError
from onlooker_shared.recognition import Percent

CSV = "text/csv; charset=utf-8"


class SignedPerson(BaseModel):
    """Somebody who was seen."""

    person_id: str
    name: str
    similarity: Percent
    direction: Direction
    at: datetime
    repeated: bool = Field(description="They were signed so a moment ago, and nothing was changed.")


class SignedPeople(BaseModel):
    """Who was seen."""

    signed: list[SignedPerson]
    faces: int = Field(description="In the picture, also of those who are not known.")


class Presence(BaseModel):
    """A time for which somebody was there."""

    person_id: str
    name: str
    signed_in_at: datetime
    signed_out_at: datetime | None = Field(description="Null: they are there, or forgot to sign out.")
    seconds: float | None


class PresenceOfDay(BaseModel):
    """Who was there on a day, in the order in which they came."""

    day: date
    time_zone: str
    sessions: list[Presence]


def attendance_router(
    bodies: Bodies,
    lookups: Lookups,
    attendance: Attendance,
    judge: Judge,
    audit: Audit,
    clock: Callable[[], datetime],
) -> APIRouter:
    """Return the routes; they stand before those that take any word for a person's id.

    Args:
        bodies: reads requests.
        lookups: tells who is in a picture.
        attendance: who signed in and out.
        judge: knows who they are by now.
        audit: notes who asked.
        clock: the time, UTC.
    """
    routes = APIRouter(prefix="/people/attendance", tags=["people"])

    @routes.post("", openapi_extra=described(NoFields))
    async def sign(
        caller: Door,
        request: Request,
        direction: Annotated[Direction | None, Query(description="The other one than last time without it.")] = None,
    ) -> SignedPeople:
        """Sign in, or out, whoever is known in a picture. Nothing is kept of it."""
        audit.allow(caller)
        async with bodies.turn(request):
            sent = await bodies.read(request, most=1)
            parsed(NoFields, sent.fields)
            (picture,) = sent.pictures
            if isinstance(picture, StoredAt):
                raise UnprocessableError("Who was seen in a stored picture was not there now; send one as it is taken.")
            with asking_rekognition():
                found = await lookups.identify(picture)
        known = {face.person.person_id: face.person for face in found.faces if face.person and face.person.known}
        await audit.note(caller, Action.SIGNED, *known)
        told = []
        for person in known.values():
            now = await attendance.sign(person.person_id, direction)
            told.append(
                SignedPerson(
                    person_id=person.person_id,
                    name=person.name,
                    similarity=person.similarity,
                    direction=now.signed.direction,
                    at=now.signed.at,
                    repeated=now.repeated,
                )
            )
        return SignedPeople(signed=told, faces=len(found.faces))

    @routes.get("", response_model=PresenceOfDay, responses={200: {"content": {"text/csv": {}}}})
    async def presence(
        caller: Reader,
        day: Annotated[date | None, Query(description="Such as 2026-11-22; today without it.")] = None,
        time_zone: Annotated[str, Query(max_length=100, description="Where, such as Europe/Berlin.")] = "UTC",
        form: Annotated[Literal["json", "csv"] | None, Query(alias="format")] = None,
        accept: Annotated[str, Header()] = "",
    ) -> Response | PresenceOfDay:
        """Answer who was there on a day, by when they came; as JSON or CSV. Who is known no more is left out."""
        zone = _zone(time_zone)
        day = day or clock().astimezone(zone).date()
        try:
            begin, end = bounds(day, zone)
            signed = await attendance.between(begin, end + LONGEST)
        except OverflowError as error:
            raise BadRequestError("Nobody was there on such a day.") from error
        now = await judge.resolved({each.person_id for each in signed})
        names = {person.person_id: person.name for person in now.values()}
        theirs = [replace(each, person_id=now[each.person_id].person_id) for each in signed if each.person_id in now]
        found = sessions(theirs, begin, end)
        await audit.note(caller, Action.LISTED, shown=len({each.person_id for each in found}))
        if form == "csv" or (form is None and _prefers_csv(accept)):
            name = f'attachment; filename="attendance-{day.isoformat()}.csv"'
            return Response(as_csv(found, names, zone), media_type=CSV, headers={"Content-Disposition": name})
        return PresenceOfDay(day=day, time_zone=zone.key, sessions=[_presence(each, names) for each in found])

    return routes


def _presence(session: Session, names: Mapping[str, str]) -> Presence:
    ended = session.signed_out_at
    return Presence(
        person_id=session.person_id,
        name=names[session.person_id],
        signed_in_at=session.signed_in_at,
        signed_out_at=ended,
        seconds=(ended - session.signed_in_at).total_seconds() if ended else None,
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # the last for names of folders
        raise UnprocessableError("There is no such time zone; send one such as Europe/Berlin.") from error


def _prefers_csv(accept: str) -> bool:
    kinds = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    return "text/csv" in kinds and "application/json" not in kinds
