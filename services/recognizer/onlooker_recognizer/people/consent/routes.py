"""``/people/{person_id}/consents``: who agreed that somebody is known, and who does so no more."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from onlooker_recognizer.people.audit.callers import PersonInPath, Reader, Writer
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.consent.consents import ConsentRecord, Consents, Given
from onlooker_recognizer.people.registry.people import People

ConsentInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class ConsentsOfPerson(BaseModel):
    """All consents of a person, first given first."""

    consents: list[ConsentRecord]
    open: bool = Field(description="Whether one of them holds; when none does any more, the person is erased.")


def consents_router(people: People, consents: Consents, audit: Audit) -> APIRouter:
    """Return the routes.

    Args:
        people: who is known.
        consents: what they agreed to.
        audit: notes who asked.
    """
    routes = APIRouter(prefix="/people/{person_id}/consents", tags=["people"])

    @routes.post("", status_code=HTTPStatus.CREATED)
    async def record(caller: Writer, person_id: PersonInPath, given: Given) -> ConsentRecord:
        """Note that somebody agreed that the person is known.

        From then on they are known as long as one of their consents holds: when the last one ended, by its `until` or
        because it was withdrawn, the person is erased within minutes, whether or not consents are required here. It
        cannot be undone.
        """
        person = await people.resolve(person_id)
        consents.demand(given)
        async with audit.around(caller, Action.CONSENTED, person.person_id):
            return await consents.record(person.person_id, given, recorded_by=caller.owner)

    @routes.get("")
    async def list_consents(caller: Reader, person_id: PersonInPath) -> ConsentsOfPerson:
        """List a person's consents, also those that ended."""
        person = await people.resolve(person_id)
        found = await consents.of_person(person.person_id)
        await audit.note(caller, Action.READ, person.person_id)
        return ConsentsOfPerson(consents=found, open=await consents.any_open(person.person_id))

    @routes.delete("/{consent_id}")
    async def withdraw(caller: Writer, person_id: PersonInPath, consent_id: ConsentInPath) -> ConsentRecord:
        """End a consent. If it was the last one that held, the person is erased within minutes; it cannot be undone."""
        person = await people.resolve(person_id)
        async with audit.around(caller, Action.CONSENT_WITHDRAWN, person.person_id):
            return await consents.withdraw(person.person_id, consent_id)

    return routes
