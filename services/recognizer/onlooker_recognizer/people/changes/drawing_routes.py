"""``POST /recognitions/{image_id}/faces``: a face that was not found, drawn by hand."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from onlooker_recognizer.people.audit.callers import Writer, asking_rekognition
from onlooker_recognizer.people.changes.drawing import Drawing
from onlooker_recognizer.people.registry.records import MAX_NAME, PersonId
from onlooker_recognizer.routes import Recognized, recognized
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.recognition import BoundingBox

SLACK = 1e-6
"""By which a box may stick out of the picture: as much as calculating in ratios is off."""

Ratio = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Box(_Asked):
    """A rectangle in ratios of the upright picture's width and height."""

    left: Ratio
    top: Ratio
    width: Ratio
    height: Ratio

    @model_validator(mode="after")
    def _is_inside(self) -> "Box":
        if self.left + self.width > 1 + SLACK or self.top + self.height > 1 + SLACK:
            raise ValueError("the box sticks out of the picture; its sides are ratios of the picture's, 0 to 1")
        return self


class Drawn(_Asked):
    """A face that somebody drew."""

    bounding_box: Box
    person_id: PersonId | None = None
    name: str | None = Field(
        default=None, min_length=1, max_length=MAX_NAME, description="Of the only one called so; nobody is: a new one."
    )

    @model_validator(mode="after")
    def _is_of_one(self) -> "Drawn":
        if (self.person_id is None) == (self.name is None):
            raise ValueError("say whose face it is by one of `person_id` and `name`")
        return self


def drawing_router(drawing: Drawing) -> APIRouter:
    """Return the route.

    Args:
        drawing: adds faces to results.
    """
    routes = APIRouter(tags=["people"])

    @routes.post("/recognitions/{image_id}/faces", status_code=201, responses={200: {"model": Recognized}})
    async def draw(
        caller: Writer,
        image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)],
        drawn: Drawn,
        response: Response,
    ) -> Recognized:
        """Add a face that was not found, with whose it is; of one that is there already, say whose it is (200).

        If Rekognition sees a face there, too, the person is told by it from now on.
        """
        box = BoundingBox.model_validate(drawn.bounding_box.model_dump())
        with asking_rekognition():
            result, new = await drawing.draw(image_id, box, by=caller, person_id=drawn.person_id, name=drawn.name)
        if not new:
            response.status_code = 200
        return recognized(result)

    return routes
