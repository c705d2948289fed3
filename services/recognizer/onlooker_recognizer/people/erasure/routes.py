"""``/people/{person_id}``: everything that is stored of a person, and that nothing is any more."""

from http import HTTPStatus

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from onlooker_recognizer.people.audit.callers import Auditor, PersonInPath, Reader, Writer
from onlooker_recognizer.people.audit.log import Action, Audit
from onlooker_recognizer.people.erasure.asking import Erasers
from onlooker_recognizer.people.erasure.export import Export
from onlooker_recognizer.people.erasure.records import Receipt

ZIP = "application/zip"


def erasure_router(erasers: Erasers, export: Export, audit: Audit) -> APIRouter:
    """Return the routes.

    Args:
        erasers: has people erased.
        export: exports them.
        audit: notes that it does.
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

    @routes.get("/{person_id}/export", response_class=Response, responses={HTTPStatus.OK: {"content": {ZIP: {}}}})
    async def export_person(caller: Reader, _: Auditor, person_id: PersonInPath) -> Response:
        """Answer with everything that is stored of a person, as a zip; who read it is in there, too."""
        audit.allow(caller)
        person = await export.find(person_id)
        await audit.note(caller, Action.EXPORTED, person.person_id)
        name = f'attachment; filename="{person.person_id}.zip"'
        headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
        return StreamingResponse(export.of_person(person), media_type=ZIP, headers=headers)

    return routes
