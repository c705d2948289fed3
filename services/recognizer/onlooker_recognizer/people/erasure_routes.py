"""``DELETE /people/{person_id}``, and what became of it."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from onlooker_recognizer.people.callers import PersonInPath, Reader, Writer
from onlooker_recognizer.people.erasure import Erasers
from onlooker_recognizer.people.erasures import Receipt


def erasure_router(erasers: Erasers) -> APIRouter:
    """Return the routes.

    Args:
        erasers: has people erased.
    """
    routes = APIRouter(prefix="/people", tags=["people"])

    @routes.delete("/{person_id}", status_code=HTTPStatus.ACCEPTED)
    async def erase_person(caller: Writer, person_id: PersonInPath, response: Response) -> Receipt:
        """Erase a person: they are known no more at once, and what is stored of them goes within seconds to minutes.

        `Location` says where it is told what became of it. Asked for again, it is the same erasure.
        """
        receipt = await erasers.erase(person_id, caller)
        response.headers["Location"] = f"/people/erasures/{receipt.erasure_id}"
        return receipt

    @routes.get("/erasures/{person_id}")
    async def get_erasure(_: Reader, person_id: PersonInPath) -> Receipt:
        """Answer what was removed where, and what was found afterwards, of somebody who was erased."""
        return await erasers.receipt(person_id)

    return routes
