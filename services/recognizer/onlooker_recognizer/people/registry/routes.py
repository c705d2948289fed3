"""``/people``: who is known, and changing what is told of them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from onlooker_recognizer.people.audit.callers import PersonInPath, Reader, Writer
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.consent.consents import Consents
from onlooker_recognizer.people.enrolment.refusals import NameTakenError
from onlooker_recognizer.people.registry import lists
from onlooker_recognizer.people.registry.people import People
from onlooker_recognizer.people.registry.records import PersonRecord, State
from onlooker_recognizer.people.registry.views import PeoplePage, Person
from onlooker_shared import cursor
from onlooker_shared.errors import (
    BadRequestError,
    ConflictError,
    PreconditionFailedError,
    UnprocessableError,
)

MAX_PAGE = 200
Told = Callable[[PersonRecord], Awaitable[None]]
"""Is told of a person whom pictures should show otherwise from now on."""


class PersonChange(BaseModel):
    """What is to be otherwise; what is not named stays."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: str | None = Field(default=None, description="A stranger who gets one is known from then on.")
    attributes: dict[str, str] | None = Field(default=None, description="All of them: others go.")
    external_id: str | None = Field(default=None, description="Null: none any more.")
    state: Literal[State.KNOWN, State.IGNORED] | None = None
    cover: str | None = Field(default=None, description="The id of one of their faces.")


def people_router(people: People, told: Told, audit: Audit, consents: Consents) -> APIRouter:
    """Return the routes.

    Args:
        people: who is known.
        told: is told of whose name or state changed.
        audit: notes who asked.
        consents: what they agreed to.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    @routes.get("")
    async def list_people(
        caller: Reader,
        state: Annotated[list[State] | None, Query(description="Several may be given; all but merged without.")] = None,
        q: Annotated[str, Query(max_length=200, description="A part of the name or external id.")] = "",
        sort: Annotated[lists.Order, Query(description="By name, or those last, or most often, seen first.")] = "name",
        limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
        after: Annotated[str | None, Query(alias="cursor", max_length=2000, description="Of the page before.")] = None,
    ) -> PeoplePage:
        """List people. If they are many, somebody new is in it some seconds late."""
        wanted = lists.Wanted(frozenset(state), q) if state else lists.Wanted(text=q)
        start, everybody = _place(after, sort), await people.listed()
        total, page, end = await asyncio.to_thread(_page, everybody, wanted, sort, limit, start)
        now = await people.find(record.person_id for record in page)  # who was erased meanwhile is not shown
        shown = lists.chosen((now[record.person_id] for record in page if record.person_id in now), wanted)
        await audit.note(caller, Action.LISTED, shown=len(shown))
        return PeoplePage(
            people=[Person.of(record) for record in shown],
            total=total,
            cursor=cursor.encode({"sort": sort, "after": list(end)}) if end else None,
        )

    @routes.get("/{person_id}")
    async def get_person(caller: Reader, person_id: PersonInPath, response: Response) -> Person:
        """Answer who somebody is; of who was merged into another, `merged_into` says into whom."""
        person = await people.get(person_id)
        await audit.note(caller, Action.READ, person_id)
        return _told(person, response)

    @routes.patch("/{person_id}")
    async def change_person(
        caller: Writer,
        person_id: PersonInPath,
        change: PersonChange,
        response: Response,
        another: Annotated[bool, Query(description="Whether somebody else may be called so already.")] = False,
        if_match: Annotated[str | None, Header(description="The ETag that the change was decided by.")] = None,
    ) -> Person:
        """Change what is told of a person. Pictures follow within seconds to minutes if their name changes."""
        person = await people.get(person_id)
        version = _version(if_match, person)
        fields = _fields(change, person)
        if "name" in fields and person.state is State.UNKNOWN:  # of a time when no consent was required
            await consents.admit(person_id)
        if "name" in fields and not another:
            namesakes = [each for each in await people.named(fields["name"]) if each.person_id != person_id]
            if namesakes:
                raise NameTakenError(namesakes)
        async with audit.around(caller, Action.CHANGED, person_id):
            changed = await _change(people, person, version, fields)
            if fields.keys() & {"name", "state"}:  # also if it was so already: an earlier request may have ended here
                await told(changed)
        return _told(changed, response)

    return routes


def _page(
    people: list[PersonRecord], wanted: lists.Wanted, sort: lists.Order, limit: int, after: lists.Place | None
) -> tuple[int, list[PersonRecord], lists.Place | None]:
    """Return how many are wanted, some of them, and where the next page begins: of many that takes a while."""
    found = lists.chosen(people, wanted)
    page, end = lists.page(found, sort, limit=limit, after=after)
    return len(found), page, end


def _told(person: PersonRecord, response: Response) -> Person:
    response.headers["ETag"] = f'"{person.version}"'
    return Person.of(person)


def _version(if_match: str | None, person: PersonRecord) -> int | None:
    """Return the version that a person must still have; None if any will do."""
    if if_match is None or if_match.strip() == "*":
        return None
    if if_match.strip() != f'"{person.version}"':
        raise PreconditionFailedError(
            f'Somebody changed this person since: the ETag is "{person.version}" now. Look at them again, then decide.'
        )
    return person.version


def _fields(change: PersonChange, person: PersonRecord) -> dict[str, Any]:
    """Return what is to be changed of a person, by the registry's names."""
    if person.merged_into is not None:
        raise ConflictError(f"This person was merged into {person.merged_into}; change that one.")
    given = change.model_dump(exclude_unset=True)
    if nothing := [name for name in ("name", "attributes", "state", "cover") if name in given and given[name] is None]:
        raise UnprocessableError(f"`{nothing[0]}` cannot be null; leave it out to let it stay.")
    if "cover" in given and given["cover"] not in person.face_ids:
        raise UnprocessableError("`cover` is no face of this person; GET /people/{person_id}/faces lists those.")
    if "name" in given and person.state is State.UNKNOWN:
        given.setdefault("state", State.KNOWN)
    return given


async def _change(people: People, person: PersonRecord, version: int | None, fields: dict[str, Any]) -> PersonRecord:
    try:
        return await people.change(person.person_id, version=version, **fields)
    except ConflictError as error:
        if version is None:
            raise
        raise PreconditionFailedError(error.detail) from error


def _place(given: str | None, sort: lists.Order) -> lists.Place | None:
    """Return where a page of people begins."""
    if given is None:
        return None
    match cursor.decode(given):
        case {"sort": of, "after": [str() | float() | int() as value, str() as person_id]} if of == sort:
            return (value if isinstance(value, str) else float(value)), person_id
        case _:
            raise not_this_list()


def not_this_list() -> BadRequestError:
    """Return the error for a cursor of something else."""
    return BadRequestError("This cursor is not one of this list; start again without one.")
