"""``POST /recognitions/{image_id}``: have a picture recognized again, though it was recognized or refused before."""

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from onlooker_recognizer.errors import PictureGoneError
from onlooker_recognizer.events import RecognizeAgain
from onlooker_recognizer.originals import Originals
from onlooker_recognizer.routes import find
from onlooker_shared.errors import ConflictError
from onlooker_shared.images import IMAGE_ID_PATTERN
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.results import Results
from onlooker_shared.telemetry.tracing import current_traceparent
from onlooker_shared.web.auth import requires

if TYPE_CHECKING:
    from types_aiobotocore_sqs import SQSClient

Writer = Annotated[Principal, Depends(requires(Scope.RECOGNITIONS_WRITE))]


class Requested(BaseModel):
    """A picture will be recognized again."""

    image_id: str
    requested_at: datetime = Field(
        description="UTC. It is done when `recognized_at`, or `failed_at`, of what is at `recognition` is later."
    )
    recognition: str = Field(description="The path to look at.")


def requests_router(results: Results, originals: Originals, sqs: "SQSClient", queue_url: str) -> APIRouter:
    """Return the route.

    Args:
        results: where what is known is.
        originals: where the pictures are.
        sqs: the process's client.
        queue_url: the recognizer's own queue.
    """
    routes = APIRouter(prefix="/recognitions", tags=["recognitions"])

    @routes.post("/{image_id}", status_code=HTTPStatus.ACCEPTED)
    async def recognize_again(
        caller: Writer, image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)], response: Response
    ) -> Requested:
        """Have a picture recognized again: Rekognition is asked anew, with the features that are switched on now."""
        known = await find(results, caller, image_id)
        try:
            await originals.confirm(known.image)
        except PictureGoneError as gone:
            raise ConflictError(f"The picture cannot be recognized again: it was {gone}.") from gone
        request = RecognizeAgain(image=known.image, traceparent=current_traceparent())
        await sqs.send_message(QueueUrl=queue_url, MessageBody=request.model_dump_json(exclude_none=True))
        response.headers["Location"] = f"/recognitions/{image_id}"
        return Requested(image_id=image_id, requested_at=request.time, recognition=f"/recognitions/{image_id}")

    return routes
