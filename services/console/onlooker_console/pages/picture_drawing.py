"""A face that was not found: somebody draws it on the picture, and says whose it is."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from onlooker_console.addresses import ImageId, Name
from onlooker_console.callers import SignedIn
from onlooker_console.pages.person_actions import leads
from onlooker_console.pages.picture import came_from
from onlooker_console.picture.drawing import WHOLE, Place, drawn_face
from onlooker_console.told import tell
from onlooker_shared.errors import BadRequestError

STICKS_OUT = (
    "The box sticks out of the picture: left and width together are 100 % of it at most, and so are top and height."
)
Percent = Annotated[float, Form(ge=0, le=WHOLE, allow_inf_nan=False)]


def routes() -> APIRouter:
    """Return the routes."""
    router = APIRouter(prefix="/pictures/{image_id}/faces")

    @router.post("")
    async def draw(
        request: Request,
        caller: SignedIn,
        image_id: ImageId,
        name: Annotated[Name, Form()],
        left: Percent,
        top: Percent,
        width: Percent,
        height: Percent,
    ) -> Response:
        """Add a face at a place, in percent of the picture; of one that is there already, say whose it is."""
        place = Place(left, top, width, height)
        if place.sticks_out:
            raise BadRequestError(STICKS_OUT)
        box = place.ratios
        drawn = await caller.api.send(
            "POST", f"/recognitions/{image_id}/faces", json={"bounding_box": box, "name": name}
        )
        number = drawn_face(drawn["recognition"]["faces"], box)
        response = leads(request, f"{came_from(request).at(f'/console/pictures/{image_id}')}#face-{number}")
        tell(response, request, f"This is {name} from now on.")
        return response

    return router
