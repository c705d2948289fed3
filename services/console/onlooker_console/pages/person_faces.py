"""What can be done with the faces by which somebody is told: move them to whose they are, forget them, show one."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from onlooker_console.addresses import MAX_NAME, PersonId
from onlooker_console.apis import Api
from onlooker_console.callers import SignedIn
from onlooker_console.pages.person_actions import leads
from onlooker_console.people import asking
from onlooker_console.people.cards import PATH, card
from onlooker_console.people.faces import known_faces
from onlooker_console.told import tell
from onlooker_console.views import Views
from onlooker_shared.errors import BadRequestError

MOST = 100
"""Faces of one person: nobody has more."""
FaceId = Annotated[str, Form(max_length=100)]
Wish = Literal["move", "cover", "remove", "removed"]
"""Forgetting is asked for by `remove`, and done by `removed`."""


def routes(views: Views) -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/people/{person_id}/faces")

    @router.post("")
    async def change(
        request: Request,
        caller: SignedIn,
        person_id: PersonId,
        do: Annotated[Wish, Form()],
        face: Annotated[list[FaceId] | None, Form(max_length=MOST)] = None,
        name: Annotated[str, Form(max_length=MAX_NAME)] = "",
    ) -> Response:
        """Do what is wished with the faces that are chosen; of one to show, the first."""
        if not face:
            raise BadRequestError("Choose at least one face first.")
        if do == "remove":
            return await _ask(views, request, caller.api, person_id, face)
        words, target = await _done(caller.api, person_id, do, face, name.strip())
        response = leads(request, f"{PATH}/{target}")
        tell(response, request, words)
        return response

    return router


async def _ask(views: Views, request: Request, api: Api, person_id: str, face_ids: list[str]) -> Response:
    """Ask whether faces are really to go. Raises ApiError."""
    person, listed = await asking.get(api, person_id), await api.get(f"/people/{person_id}/faces")
    every = known_faces(listed["faces"], None)
    chosen = [each for each in every if each.face_id in face_ids]
    return views.page(
        request, "person_faces_remove.html", person=card(person), chosen=chosen, all_of_them=len(chosen) == len(every)
    )


async def _done(api: Api, person_id: str, do: Wish, face_ids: list[str], name: str) -> tuple[str, str]:
    """Do it; return what to say of it, and the id of the person to look at.

    Raises:
        BadRequestError: several are called so.
        ApiError: the recognizer says no, or does not answer.
    """
    if do == "move":
        person = await _move(api, person_id, face_ids, name)
        return f"Moved to {person['name']}.", person["person_id"]
    if do == "cover":
        await asking.change(api, person_id, {"cover": face_ids[0]})
        return "This face is shown for them from now on.", person_id
    for face_id in face_ids:
        await api.send("DELETE", f"/people/{person_id}/faces/{face_id}")
    return "Forgotten: nobody is told by it any more.", person_id


async def _move(api: Api, person_id: str, face_ids: list[str], name: str) -> Any:
    """Make faces those of the one who is called so, of a new person of that name, or, without one, of a stranger."""
    namesakes = await asking.called(api, name) if name else ()
    if len(namesakes) > 1:
        raise BadRequestError(f"{len(namesakes)} people are called so. Give one of them another name first.")
    whose = {"into": namesakes[0].person_id} if namesakes else {"name": name} if name else {}
    return await api.send("POST", f"/people/{person_id}/split", json={"faces": face_ids, **whose})
