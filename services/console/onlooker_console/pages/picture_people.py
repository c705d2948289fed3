"""Who is in a picture, as somebody knows better: a name for a face, the same or not, not this person."""

from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import RedirectResponse, Response

from onlooker_console.addresses import ImageId, Name, PersonId
from onlooker_console.apis import Api, RefusedError
from onlooker_console.callers import SignedIn
from onlooker_console.pages.person_actions import asking_whether_one
from onlooker_console.pages.picture import came_from
from onlooker_console.people import asking
from onlooker_console.told import tell
from onlooker_shared.errors import NotFoundError

MOST_FACES = 10_000
"""In a picture, by number."""
Number = Annotated[int, Path(ge=1, le=MOST_FACES)]


def routes() -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/pictures/{image_id}/faces/{number}")

    @router.post("/name")
    async def name(
        request: Request, caller: SignedIn, image_id: ImageId, number: Number, name: Annotated[Name, Form()]
    ) -> Response:
        """Say by name whose a face is. A stranger's name holds for all their pictures."""
        stranger = _stranger(await _face(caller.api, image_id, number))
        whose: dict[str, str] = {"name": name}
        if stranger:
            try:
                await asking.change(caller.api, stranger, whose)
            except RefusedError as refusal:
                if not (others := asking.namesakes(refusal)):
                    raise
                return RedirectResponse(asking_whether_one(stranger, others), status_code=HTTPStatus.SEE_OTHER)
            whose = {"person_id": stranger}
        await _tell(caller.api, image_id, number, whose)
        return _back(request, image_id, number, f"This is {name} from now on.")

    @router.post("/same")
    async def same(
        request: Request, caller: SignedIn, image_id: ImageId, number: Number, person: Annotated[PersonId, Form()]
    ) -> Response:
        """Say that a face is that of somebody whom it resembles. A stranger is then one with them."""
        stranger = _stranger(await _face(caller.api, image_id, number))
        if stranger and stranger != person:
            await asking.merge(caller.api, [stranger], person)
        await _tell(caller.api, image_id, number, {"person_id": person})
        return _back(request, image_id, number, "They are the same from now on.")

    @router.post("/other")
    async def other(
        request: Request,
        caller: SignedIn,
        image_id: ImageId,
        number: Number,
        person: Annotated[PersonId, Form()],
    ) -> Response:
        """Say that a face is not that of whom it was told to be, or of somebody whom it resembles."""
        await _tell(caller.api, image_id, number, {"not_person_id": person})
        return _back(request, image_id, number, "They are told apart in this picture from now on.")

    return router


async def _face(api: Api, image_id: str, number: int) -> Any:
    """Return a face of a picture.

    Raises:
        NotFoundError: there is none of this number.
        ApiError: the recognizer says no, or does not answer.
    """
    faces = (await api.get(f"/recognitions/{image_id}"))["recognition"]["faces"]
    if number > len(faces):
        raise NotFoundError(f"The picture has no face with the number {number} (any more).")
    return faces[number - 1]


def _stranger(face: Any) -> str:
    """Return the id of the stranger whose a face is; empty if it is nobody's, or somebody's with a name."""
    person = face["person"]
    return "" if person is None or person["known"] else person["person_id"]


async def _tell(api: Api, image_id: str, number: int, whose: dict[str, str]) -> None:
    await api.send("PUT", f"/recognitions/{image_id}/faces/{number}/person", json=whose)


def _back(request: Request, image_id: str, number: int, words: str) -> Response:
    """Lead back to the picture, where the face is."""
    path = came_from(request).at(f"/console/pictures/{quote(image_id)}")
    response = RedirectResponse(f"{path}#face-{number}", status_code=HTTPStatus.SEE_OTHER)
    tell(response, request, words)
    return response
