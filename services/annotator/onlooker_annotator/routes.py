"""``/annotations``: links to annotated pictures."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from onlooker_annotator.annotations import Annotations
from onlooker_annotator.links import Links, Presigner
from onlooker_shared.errors import NotFoundError
from onlooker_shared.images import IMAGE_ID_PATTERN, ImageRef
from onlooker_shared.keys import Principal, Scope
from onlooker_shared.results import Results
from onlooker_shared.web.auth import requires


def router(annotations: Annotations, results: Results, presigner: Presigner) -> APIRouter:
    """Return the annotator's routes."""
    routes = APIRouter(prefix="/annotations", tags=["annotations"])

    @routes.get("/{image_id}")
    async def get_annotation(
        image_id: Annotated[str, Path(pattern=IMAGE_ID_PATTERN)],
        principal: Annotated[Principal, Depends(requires(Scope.ANNOTATIONS_READ))],
    ) -> Links:
        """Answer links to the annotated copy and the thumbnail of a picture, which work for a while without a key.

        404 says whether the picture is unknown, waits for its turn, or can not be annotated and why.
        """
        image = await _recognized(results, image_id, principal)
        annotation = await annotations.find(image.image_id)
        if annotation is not None:
            return await presigner.links(image_id, annotation)
        reason = await annotations.find_reason(image_id)
        if reason is not None:
            raise NotFoundError(f"The picture was recognized but can not be annotated. {reason}")
        raise NotFoundError("The picture was recognized; its annotated copy is not drawn yet. Try again in a moment.")

    return routes


async def _recognized(results: Results, image_id: str, principal: Principal) -> ImageRef:
    """Return which picture an id means.

    Raises:
        NotFoundError: none that was recognized. Of a picture that the caller's key may not touch, no more is said than
            of one that does not exist.
    """
    try:
        image = (await results.get(image_id)).image
    except NotFoundError as unknown:
        failure = await results.get_failure(image_id)
        if not principal.may_touch(failure.image.bucket, failure.image.key):
            raise
        detail = f"The picture could not be recognized, so it is not annotated. {failure.reason}"
        raise NotFoundError(detail) from unknown
    if not principal.may_touch(image.bucket, image.key):
        raise NotFoundError(f"Nothing is known about a picture with the id {image_id} (yet).")
    return image
